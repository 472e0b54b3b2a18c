import { type Database, empty, readInScope, sql, type Transaction } from '../platform/database/database.ts'

/** The organizations that the asker may see. */
export type Reach = 'all' | ReadonlySet<string>

export type UnmappedFilter = {
  integrationName: string
  reach: Reach
  /** Only this one is asked for. */
  organizationId: string | undefined
  /** Part of the name or of a domain, in any case. */
  search: string | undefined
  after: [sortName: string, id: string] | undefined
}

export type UnmappedRow = { id: string; name: string; sort_name: string; domains: string[]; is_asked: boolean }

/**
 * The active organizations without an active mapping of an integration, by name. All of them, because each may want what another wants;
 * `is_asked` says which ones the filter is about.
 */
export function listUnmappedRows(db: Database, filter: UnmappedFilter): Promise<UnmappedRow[]> {
  const pattern = filter.search === undefined ? undefined : `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`
  return readInScope<UnmappedRow>(
    db,
    'allOrganizations',
    sql`
    select o.id, o.name, lower(o.name) as sort_name, o.domains, (
      true
      ${filter.reach === 'all' ? empty : sql`and o.id = any(${[...filter.reach]}::uuid[])`}
      ${filter.organizationId === undefined ? empty : sql`and o.id = ${filter.organizationId}`}
      ${pattern === undefined ? empty : sql`and (o.name ilike ${pattern} or exists (select from unnest(o.domains) as domain where domain ilike ${pattern}))`}
      ${filter.after === undefined ? empty : sql`and (lower(o.name), o.id) > (${filter.after[0]}, ${filter.after[1]}::uuid)`}
    ) as is_asked
    from organizations as o
    where o.is_active and not exists (
      select from organization_mappings where organization_id = o.id and integration_name = ${filter.integrationName} and is_active)
    order by lower(o.name), o.id`,
  )
}

/** The external organizations of an integration that some organization is mapped to. */
export async function listHeldIds(db: Database, integrationName: string): Promise<string[]> {
  const rows = await readInScope<{ external_org_id: string }>(
    db,
    'allOrganizations',
    sql`select distinct external_org_id from organization_mappings where integration_name = ${integrationName} and is_active`,
  )
  return rows.map((row) => row.external_org_id)
}

export type KnownOrganizationRow = { id: string; name: string; is_active: boolean }

export function listKnownOrganizationRows(transaction: Transaction, ids: readonly string[]): Promise<KnownOrganizationRow[]> {
  return transaction.query<KnownOrganizationRow>(sql`select id, name, is_active from organizations where id = any(${ids}::uuid[])`)
}
