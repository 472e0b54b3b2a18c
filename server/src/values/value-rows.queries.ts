import { type Database, empty, raw, readInScope, sql } from '../platform/database/database.ts'
import { isWithin } from '../platform/database/scope.ts'
import { isOwnedBy, type ValuesPage, type ValueTable, writingScope } from './value-scope.ts'

// In the order the global value stands where this id would: no organization has it.
const beforeAllIds = '00000000-0000-0000-0000-000000000000'
const valueOrder = sql`key, coalesce(organization_id, ${beforeAllIds}::uuid)`

/** One row more than the page has room for. */
export function listValueRows<Row extends object>(
  db: Database,
  table: ValueTable,
  columns: readonly (keyof Row & string)[],
  page: ValuesPage,
): Promise<Row[]> {
  const { scope, owner, after } = page
  return readInScope<Row>(
    db,
    scope,
    sql`
    select ${raw(columns.join(', '))} from ${raw(table)}
    where ${isWithin(scope, sql`organization_id`)}
      ${owner === undefined ? empty : sql`and ${isOwnedBy(owner)}`}
      ${page.isOfOrganizations ? sql`and organization_id is not null` : empty}
      ${after ? sql`and (${valueOrder}) > (${after.key}, ${after.organizationId ?? beforeAllIds}::uuid)` : empty}
    order by ${valueOrder} limit ${page.limit + 1}`,
  )
}

/** Those of the keys that have a value for an organization: its own or a global one. With null, a global one. */
export async function listSetKeys(
  db: Database,
  table: ValueTable,
  keys: readonly string[],
  organizationId: string | null,
): Promise<string[]> {
  const rows = await readInScope<{ key: string }>(
    db,
    writingScope(organizationId),
    sql`
    select distinct key from ${raw(table)}
    where key = any(${keys}) and (organization_id = ${organizationId} or organization_id is null)`,
  )
  return rows.map((row) => row.key)
}
