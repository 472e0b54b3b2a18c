import { type Database, empty, readInScope, type Scope, sql, type Transaction } from '../platform/database/database.ts'
import { hasHostName, hasText } from '../platform/database/like.ts'
import { isWithin } from '../platform/database/scope.ts'
import type { JsonValue } from '../protocol/json.ts'

export type UnmappedFilter = {
  integrationName: string
  /** Only this one is asked for. */
  organizationId: string | undefined
  /** Part of the name or of a domain, in any case. */
  search: string | undefined
  after: [sortName: string, id: string] | undefined
}

export type UnmappedRow = { id: string; name: string; sort_name: string; domains: string[]; is_asked: boolean }

const isUnmapped = (integrationName: string) => sql`
  o.is_active and not exists (
    select from organization_mappings where organization_id = o.id and integration_name = ${integrationName} and is_active)`

/**
 * The active organizations in scope without an active mapping of an integration, by name. All of them, because each may want what
 * another wants; `is_asked` says which ones the filter is about.
 */
export function listUnmappedRows(db: Database, scope: Scope, filter: UnmappedFilter): Promise<UnmappedRow[]> {
  return readInScope<UnmappedRow>(
    db,
    scope,
    sql`
    select o.id, o.name, lower(o.name) as sort_name, o.domains, (
      true
      ${filter.organizationId === undefined ? empty : sql`and o.id = ${filter.organizationId}`}
      ${filter.search === undefined ? empty : sql`and (${hasText(sql`o.name`, filter.search)} or exists (select from unnest(o.domains) as domain where ${hasHostName(sql`domain`, filter.search)}))`}
      ${filter.after === undefined ? empty : sql`and (lower(o.name), o.id) > (${filter.after[0]}, ${filter.after[1]}::uuid)`}
    ) as is_asked
    from organizations as o
    where ${isUnmapped(filter.integrationName)} and ${isWithin(scope, sql`o.id`)}
    order by lower(o.name), o.id`,
  )
}

export type RivalRow = Pick<UnmappedRow, 'id' | 'name' | 'domains'>

/** Those out of scope, which may want the same. They are compared, and never shown. */
export async function listRivalRows(db: Database, scope: Scope, integrationName: string): Promise<RivalRow[]> {
  if (scope === 'allOrganizations') return []
  return readInScope<RivalRow>(
    db,
    'allOrganizations',
    sql`select o.id, o.name, o.domains from organizations as o where ${isUnmapped(integrationName)} and not (${isWithin(scope, sql`o.id`)})`,
  )
}

export type KnownInRow = {
  organization_id: string
  integration_name: string
  external_org_id: string
  tenant_ids: JsonValue
  other_ids: JsonValue
}

/**
 * Who the organizations without a mapping of an integration are in other systems, with what these say of tenants and other systems. All
 * organizations, whatever the scope: what is not shown is compared too.
 */
export function listKnownInRows(db: Database, integrationName: string): Promise<KnownInRow[]> {
  return readInScope<KnownInRow>(
    db,
    'allOrganizations',
    sql`
    select mapping.organization_id, mapping.integration_name, mapping.external_org_id,
      listed.metadata -> 'tenant_ids' as tenant_ids, listed.metadata -> 'other_ids' as other_ids
    from organization_mappings as mapping
    join organizations as o on o.id = mapping.organization_id
    left join external_organizations as listed
      on listed.integration_name = mapping.integration_name and listed.external_org_id = mapping.external_org_id
      and (listed.organization_id is null or listed.organization_id = mapping.organization_id)
    where mapping.is_active and ${isUnmapped(integrationName)}`,
  )
}

/** The external organizations of an integration that some organization is mapped to, in whatever scope: none of them is proposed. */
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
