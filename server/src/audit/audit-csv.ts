import type { Database, Scope } from '../platform/database/database.ts'
import { type AuditFilter, type AuditRow, listAuditEvents } from './audit.queries.ts'
import { wordsOfAction } from './audit-words.ts'
import { type FindOrganizationNames, organizationNamesOf, type SelectOrganizationsNamed } from './organization-names.ts'

const rowsPerRead = 1_000
/** Spreadsheets take a file without it for one of an older encoding. */
const byteOrderMark = '\ufeff'
const columns = [
  'time',
  'who',
  'who_type',
  'who_id',
  'what',
  'action',
  'organization',
  'org_id',
  'target_type',
  'target_id',
  'target_name',
  'changes',
  'request_id',
  'address',
]

// A spreadsheet runs what begins so, whatever quotes stand around it. An apostrophe before it makes it text.
const runsAsFormula = /^[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/

// Where a list is parted by semicolons, as in much of Europe, a spreadsheet begins a cell behind each of them, and a row behind each line end: the
// quotes around our cell are not at the beginning of its own, and hold nothing together.
const runsFurtherOn = /([;\t\r\n])(?=[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20])/g

/** One cell: quoted where it must be, and never a formula. */
export function csvCell(text: string): string {
  const safe = (runsAsFormula.test(text) ? `'${text}` : text).replace(runsFurtherOn, "$1'")
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const csvLine = (cells: readonly string[]) => `${cells.map(csvCell).join(',')}\r\n`

function changesText({ changes }: AuditRow): string {
  const fields = Object.entries(changes).map(([field, { before, after }]) => [field, { before, after }])
  // A semicolon in this form is the same JSON, and parts nothing.
  return fields.length === 0 ? '' : JSON.stringify(Object.fromEntries(fields)).replaceAll(';', '\\u003b')
}

function cellsOf(row: AuditRow, organizationNames: ReadonlyMap<string, string>): string[] {
  const { target, organization_id: orgId } = row
  const name = 'name' in target && typeof target.name === 'string' ? target.name : ''
  return [
    row.at.toISOString(),
    row.actor_name,
    row.actor_type,
    row.actor_id,
    wordsOfAction(row.action),
    row.action,
    (orgId !== null && organizationNames.get(orgId)) || '',
    orgId ?? '',
    target.type,
    target.id,
    name,
    changesText(row),
    row.request_id ?? '',
    row.address ?? '',
  ]
}

type Source = { db: Database; findOrganizationNames: FindOrganizationNames; selectOrganizationsNamed: SelectOrganizationsNamed }

/** The events as CSV, newest first, read as fast as it is taken: no length of the audit fills the memory. */
export async function* auditCsv(source: Source, scope: Scope, filter: AuditFilter): AsyncGenerator<string> {
  yield byteOrderMark + csvLine(columns)
  for (let beforeId: string | undefined, isMore = true; isMore; ) {
    const rows = await listAuditEvents(source, scope, filter, { beforeId, limit: rowsPerRead })
    const names = await organizationNamesOf(
      source.findOrganizationNames,
      scope,
      rows.map(({ organization_id }) => ({ organizationId: organization_id })),
    )
    if (rows.length > 0) yield rows.map((row) => csvLine(cellsOf(row, names))).join('')
    beforeId = rows.at(-1)?.id
    isMore = rows.length === rowsPerRead
  }
}
