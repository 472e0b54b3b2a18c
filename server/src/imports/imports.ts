import { requireMayTagWithin } from '../access/granting.ts'
import { asFor, type Principal, scopeOf } from '../access/principal.ts'
import { canReach, reachesAll } from '../access/reach.ts'
import { type Acting, recordAudit } from '../audit/audit.ts'
import { definitionNotFound, holdDefinition, type IntegrationDefinition, listDefinitions } from '../definitions/definitions.ts'
import { createMappings } from '../mappings/mapping-many.ts'
import { requireMappingSupport } from '../mappings/mapping-rules.ts'
import { contentOf } from '../mappings/mappings.ts'
import { holdFields } from '../organizations/organization-fields.ts'
import { createOrganizationWithin, updateOrganizationWithin } from '../organizations/organizations.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { DomainError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { type ColumnTarget, guessColumns } from './columns.ts'
import { type Csv, importError } from './csv-text.ts'
import { holdKnownOrganizations, listHolders, listKnownOrganizations } from './imports.queries.ts'
import { type Known, type PlannedRow, planRows } from './plan.ts'
import { type RowValues, valuesOf } from './row-values.ts'

export type Import = { columns: ColumnTarget[]; rows: PlannedRow[] }

const maxShownRows = 100

/**
 * Imports a file, or says what importing it would do. One transaction: all of it or nothing.
 *
 * @param wanted what its columns are; not given, by their headings
 * @throws import_columns_unclear, integration_not_found, mapping_not_supported
 * @throws import_refused - some rows cannot be imported, and it is not a dry run. `details.rows` has the first hundred.
 */
export function importOrganizations(
  db: Database,
  acting: Acting,
  principal: Principal,
  { csv, columns: wanted, isDryRun }: { csv: Csv; columns: ColumnTarget[] | undefined; isDryRun: boolean },
): Promise<Import> {
  return inScope(db, scopeOf(principal), async (transaction) => {
    const organizations = await (isDryRun ? listKnownOrganizations : holdKnownOrganizations)(transaction)
    const fields = await holdFields(transaction)
    const columns = wanted ?? guessColumns(csv.header, fields, await mappable(transaction))
    requireClear(columns, csv)
    const rows = csv.rows.map((row) => valuesOf(row, csv.header, columns, fields))
    const integrations = await integrationsOf(transaction, columns)
    const planned = planRows(rows, await knownFor(transaction, principal, { organizations, fields, integrations, rows }))
    if (!isDryRun) await write(transaction, acting, principal, planned, integrations)
    return { columns, rows: planned }
  })
}

async function mappable(transaction: Transaction) {
  return (await listDefinitions(transaction, 'integration')).filter(({ supportsOrgMapping }) => supportsOrgMapping)
}

function requireClear(columns: readonly ColumnTarget[], { header }: Csv): void {
  const given = columns.filter((target) => target !== '')
  const twice = given.find((target, index) => given.indexOf(target) !== index)
  if (twice !== undefined)
    throw importError('import_columns_unclear', { column: twice }, `Two columns are read as ${twice}. Leave one of them out.`)
  if (columns.length > header.length)
    throw importError('import_columns_unclear', {}, `The file has ${header.length} columns, and ${columns.length} are named.`)
  if (given.some((target) => target === 'name' || target === 'id' || target.startsWith('external:'))) return
  throw importError('import_columns_unclear', { columns: header })
}

async function integrationsOf(transaction: Transaction, columns: readonly ColumnTarget[]): Promise<Map<string, IntegrationDefinition>> {
  const found = new Map<string, IntegrationDefinition>()
  for (const target of columns) {
    if (!target.startsWith('external:')) continue
    const name = target.slice('external:'.length)
    const integration = await holdDefinition(transaction, 'integration', name)
    if (!integration) throw await definitionNotFound(transaction, 'integration', name)
    requireMappingSupport(integration)
    found.set(name, integration)
  }
  return found
}

type Given = Pick<Known, 'organizations' | 'fields'> & {
  integrations: ReadonlyMap<string, IntegrationDefinition>
  rows: readonly RowValues[]
}

async function knownFor(
  transaction: Transaction,
  principal: Principal,
  { organizations, fields, integrations, rows }: Given,
): Promise<Known> {
  const holders = new Map<string, Map<string, string[]>>()
  for (const name of integrations.keys()) {
    const ids = rows.flatMap(({ external }) => external.get(name) ?? [])
    const held = new Map<string, string[]>()
    for (const { external_org_id, organization_id } of await listHolders(transaction, name, ids))
      held.set(external_org_id, [...(held.get(external_org_id) ?? []), organization_id])
    holders.set(name, held)
  }
  return {
    organizations,
    fields,
    holders,
    shared: new Set([...integrations.values()].filter(({ sharedExternalOrgs }) => sharedExternalOrgs).map(({ name }) => name)),
    newProblem: reachesAll(principal)
      ? undefined
      : 'It is not one of your organizations, and adding one needs canManageOrganizations for all.',
    changeProblem: (id) => (canReach(principal, id, 'canManageOrganizations') ? undefined : 'You may not change this organization.'),
    mappingProblem: (id, name) => mappingProblem(principal, id, integrations.get(name) as IntegrationDefinition), // its column named it
  }
}

function mappingProblem(principal: Principal, organizationId: string | undefined, integration: IntegrationDefinition): string | undefined {
  const as = asFor(principal, { integration: integration.name })
  const may = organizationId === undefined ? reachesAll(as, 'canManageMappings') : canReach(as, organizationId, 'canManageMappings')
  if (!may) return 'Mapping it needs canManageMappings for it.'
  try {
    contentOf(integration, { integrationName: integration.name, externalOrgId: 'x' })
    return undefined
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return `${integration.name} needs mapping data, which a file does not have: ${error.message}`
  }
}

function refusal(rows: readonly { line: number; problems: string[] }[], total: number) {
  const are = rows.length === 1 ? '1 row' : `${rows.length} rows`
  return importError(
    'import_refused',
    { refused: rows.length, rows: rows.slice(0, maxShownRows).map(({ line, problems }) => ({ line, problems })) },
    `${are} of ${total} cannot be imported, so nothing was. The first is line ${rows[0]?.line}: ${rows[0]?.problems.join(' ')}`,
  )
}

async function write(
  transaction: Transaction,
  acting: Acting,
  principal: Principal,
  planned: readonly PlannedRow[],
  integrations: ReadonlyMap<string, IntegrationDefinition>,
): Promise<void> {
  const refused = planned.filter(({ outcome }) => outcome === 'refused')
  if (refused.length > 0) throw refusal(refused, planned.length)
  const wanted = planned.filter(({ outcome }) => outcome !== 'same')
  const ids = new Map(wanted.map((row) => [row, row.organizationId ?? newId()]))
  for (const [row, id] of ids) {
    const { name = row.name, domains = [], tenantId = null, tags = [], fields = {} } = row.patch
    if (row.outcome === 'changed') {
      if (Object.keys(row.patch).length > 0) await updateOrganizationWithin(transaction, acting, id, row.patch, undefined, principal)
      continue
    }
    await requireMayTagWithin(transaction, principal, id, tags)
    const given = Object.fromEntries(Object.entries(fields).flatMap(([key, value]) => (value === null ? [] : [[key, value]])))
    await createOrganizationWithin(transaction, acting, id, { name, domains, tenantId, tags, fields: given })
  }
  for (const integration of integrations.values()) {
    const lines = [...ids].flatMap(([row, organizationId]) =>
      row.mappings
        .filter(({ integrationName }) => integrationName === integration.name)
        .map((mapping) => ({ row, organizationId, content: contentOf(integration, mapping) })),
    )
    if (lines.length === 0) continue
    const { conflicts } = await createMappings(transaction, acting, integration, lines)
    const problems = [...conflicts].flatMap(([index, { message }]) => {
      const line = lines[index]?.row.line
      return line === undefined ? [] : [{ line, problems: [message] }]
    })
    if (problems.length > 0) throw refusal(problems, planned.length)
  }
  const count = (outcome: string) => planned.filter((row) => row.outcome === outcome).length
  await recordAudit(transaction, acting, {
    action: 'organizations.imported',
    organizationId: null,
    target: { type: 'import', id: newId(), rows: planned.length, added: count('new'), changed: count('changed') },
    changes: {},
  })
}
