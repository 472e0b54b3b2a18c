import type { Database, Scope } from '../platform/database/database.ts'
import { type AuditFilter, type AuditRow, conditionOf } from './audit.queries.ts'
import { listInChain } from './audit-chain.queries.ts'
import { type FindOrganizationNames, organizationNamesOf, type SelectOrganizationsNamed } from './organization-names.ts'

const rowsPerRead = 1_000

type Source = { db: Database; findOrganizationNames: FindOrganizationNames; selectOrganizationsNamed: SelectOrganizationsNamed }

/**
 * The events as JSON lines in the order of the chain, each with its sequence: who continues behind the last one misses nothing. Those of
 * the last seconds are not in the chain yet.
 */
export async function* auditJsonLines(
  source: Source,
  scope: Scope,
  filter: AuditFilter,
  after: number,
  viewOf: (row: AuditRow, organizationNames: ReadonlyMap<string, string>) => object,
): AsyncGenerator<string> {
  const condition = conditionOf(source.selectOrganizationsNamed, scope, filter)
  for (let behind = after, isMore = true; isMore; ) {
    const rows = await listInChain(source.db, scope, { condition, after: behind, limit: rowsPerRead })
    const names = await organizationNamesOf(
      source.findOrganizationNames,
      scope,
      rows.map(({ organization_id }) => ({ organizationId: organization_id })),
    )
    const lines = rows.map((row) => JSON.stringify({ sequence: row.sequence, hash: row.hash.toString('hex'), ...viewOf(row, names) }))
    if (lines.length > 0) yield `${lines.join('\n')}\n`
    behind = rows.at(-1)?.sequence ?? behind
    isMore = rows.length === rowsPerRead
  }
}
