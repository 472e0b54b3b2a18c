import { type Database, empty, readInScope, type Scope, sql, type Transaction } from '../platform/database/database.ts'
import { isWithin } from '../platform/database/scope.ts'
import type { Organization, OrganizationDraft } from './organization.ts'

export type OrganizationRow = {
  id: string
  name: string
  domains: string[]
  tenant_id: string | null
  tags: string[]
  is_active: boolean
  created_at: Date
  updated_at: Date
}

export async function insertOrganization(transaction: Transaction, id: string, draft: OrganizationDraft): Promise<OrganizationRow> {
  const [row] = await transaction.query<OrganizationRow>(sql`
    insert into organizations (id, name, domains, tenant_id, tags)
    values (${id}, ${draft.name}, ${draft.domains}, ${draft.tenantId}, ${draft.tags ?? []})
    returning *`)
  return row as OrganizationRow // an insert returns its row
}

export async function findOrganizationRow(db: Database, id: string): Promise<OrganizationRow | undefined> {
  const [row] = await readInScope<OrganizationRow>(db, { organizationId: id }, sql`select * from organizations where id = ${id}`)
  return row
}

/** The names of those of these organizations that are in scope, by their ids. */
export async function findOrganizationNames(db: Database, scope: Scope, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await readInScope<{ id: string; name: string }>(
    db,
    scope,
    sql`select id, name from organizations where id = any(${ids}::uuid[])`,
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** The ids of the organizations with at least one of these tags. */
export async function findTaggedOrganizations(db: Database, tags: readonly string[]): Promise<string[]> {
  const rows = await readInScope<{ id: string }>(db, 'allOrganizations', sql`select id from organizations where tags && ${tags}::text[]`)
  return rows.map(({ id }) => id)
}

export async function lockOrganizationRow(transaction: Transaction, id: string): Promise<OrganizationRow | undefined> {
  const [row] = await transaction.query<OrganizationRow>(sql`select * from organizations where id = ${id} for no key update`)
  return row
}

export async function updateOrganizationRow(
  transaction: Transaction,
  id: string,
  wanted: Pick<Organization, 'name' | 'domains' | 'tenantId' | 'tags' | 'isActive'>,
): Promise<OrganizationRow> {
  const [row] = await transaction.query<OrganizationRow>(sql`
    update organizations
    set name = ${wanted.name}, domains = ${wanted.domains}, tenant_id = ${wanted.tenantId}, tags = ${wanted.tags},
      is_active = ${wanted.isActive}, updated_at = now()
    where id = ${id}
    returning *`)
  return row as OrganizationRow // the row is locked by this transaction
}

export type OrganizationFilter = {
  /** Part of the name or of a domain, in any case. */
  search: string | undefined
  /** Only those that have it. */
  tag: string | undefined
  isActive: boolean | undefined
  afterId: string | undefined
  limit: number
}

/** Oldest first, by id. */
export function listOrganizationRows(db: Database, scope: Scope, filter: OrganizationFilter): Promise<OrganizationRow[]> {
  const pattern = filter.search === undefined ? undefined : `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`
  return readInScope<OrganizationRow>(
    db,
    scope,
    sql`
    select * from organizations
    where ${isWithin(scope, sql`id`)}
      ${pattern === undefined ? empty : sql`and (name ilike ${pattern} or exists (select from unnest(domains) as domain where domain ilike ${pattern}))`}
      ${filter.tag === undefined ? empty : sql`and tags @> ${[filter.tag]}::text[]`}
      ${filter.isActive === undefined ? empty : sql`and is_active = ${filter.isActive}`}
      ${filter.afterId === undefined ? empty : sql`and id > ${filter.afterId}`}
    order by id
    limit ${filter.limit}`,
  )
}
