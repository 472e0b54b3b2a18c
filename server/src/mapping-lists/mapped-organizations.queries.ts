import { type Database, empty, readInScope, type Scope, sql } from '../platform/database/database.ts'
import { hasHostName, hasText } from '../platform/database/like.ts'
import { isWithin } from '../platform/database/scope.ts'

/** How many active organizations each integration is mapped for, of those in scope. An integration without any is not among them. */
export function countMappedOrganizations(db: Database, scope: Scope): Promise<{ integration_name: string; mapped: number }[]> {
  return readInScope(
    db,
    scope,
    sql`
    select integration_name, count(distinct organization_id)::int as mapped from organization_mappings
    where is_active and organization_id not in (select id from organizations where not is_active)
      and ${isWithin(scope, sql`organization_id`)}
    group by integration_name`,
  )
}

export async function countActiveOrganizations(db: Database, scope: Scope): Promise<number> {
  const [row] = await readInScope<{ count: number }>(
    db,
    scope,
    sql`select count(*)::int as count from organizations where is_active and ${isWithin(scope, sql`id`)}`,
  )
  return row?.count ?? 0
}

export type NamedOrganizationRow = { id: string; name: string; sort_name: string }

export type NamedOrganizationFilter = {
  integrationName: string
  isMapped: boolean | undefined
  /** Part of the name or of a domain, in any case. */
  search: string | undefined
  after: [sortName: string, id: string] | undefined
  limit: number
}

/** Active organizations by name; those with an active mapping of an integration, or those without. */
export function listNamedOrganizationRows(db: Database, scope: Scope, filter: NamedOrganizationFilter): Promise<NamedOrganizationRow[]> {
  const mapping = sql`exists (
    select from organization_mappings where organization_id = o.id and integration_name = ${filter.integrationName} and is_active)`
  return readInScope<NamedOrganizationRow>(
    db,
    scope,
    sql`
    select o.id, o.name, lower(o.name) as sort_name from organizations as o
    where o.is_active
      and ${isWithin(scope, sql`o.id`)}
      ${filter.isMapped === undefined ? empty : filter.isMapped ? sql`and ${mapping}` : sql`and not ${mapping}`}
      ${filter.search === undefined ? empty : sql`and (${hasText(sql`o.name`, filter.search)} or exists (select from unnest(o.domains) as domain where ${hasHostName(sql`domain`, filter.search)}))`}
      ${filter.after === undefined ? empty : sql`and (lower(o.name), o.id) > (${filter.after[0]}, ${filter.after[1]}::uuid)`}
    order by lower(o.name), o.id
    limit ${filter.limit}`,
  )
}
