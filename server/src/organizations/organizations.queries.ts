import { type Database, empty, readInScope, sql, type Transaction } from '../platform/database/database.ts'
import type { Organization, OrganizationDraft } from './organization.ts'

export type OrganizationRow = {
  id: string
  name: string
  domains: string[]
  tenant_id: string | null
  is_active: boolean
  created_at: Date
  updated_at: Date
}

export async function insertOrganization(transaction: Transaction, id: string, draft: OrganizationDraft): Promise<OrganizationRow> {
  const [row] = await transaction.query<OrganizationRow>(sql`
    insert into organizations (id, name, domains, tenant_id)
    values (${id}, ${draft.name}, ${draft.domains}, ${draft.tenantId})
    returning *`)
  return row as OrganizationRow // an insert returns its row
}

export async function findOrganizationRow(db: Database, id: string): Promise<OrganizationRow | undefined> {
  const [row] = await readInScope<OrganizationRow>(db, { organizationId: id }, sql`select * from organizations where id = ${id}`)
  return row
}

/** The names of organizations by their ids, for those who may see what is of these organizations. */
export async function findOrganizationNames(db: Database, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await readInScope<{ id: string; name: string }>(
    db,
    'allOrganizations',
    sql`select id, name from organizations where id = any(${ids}::uuid[])`,
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}

export async function lockOrganizationRow(transaction: Transaction, id: string): Promise<OrganizationRow | undefined> {
  const [row] = await transaction.query<OrganizationRow>(sql`select * from organizations where id = ${id} for no key update`)
  return row
}

export async function updateOrganizationRow(
  transaction: Transaction,
  id: string,
  wanted: Pick<Organization, 'name' | 'domains' | 'tenantId' | 'isActive'>,
): Promise<OrganizationRow> {
  const [row] = await transaction.query<OrganizationRow>(sql`
    update organizations
    set name = ${wanted.name}, domains = ${wanted.domains}, tenant_id = ${wanted.tenantId}, is_active = ${wanted.isActive}, updated_at = now()
    where id = ${id}
    returning *`)
  return row as OrganizationRow // the row is locked by this transaction
}

export type OrganizationFilter = {
  /** The ids that the asker may see. */
  reach: 'all' | ReadonlySet<string>
  /** Part of the name or of a domain, in any case. */
  search: string | undefined
  isActive: boolean | undefined
  afterId: string | undefined
  limit: number
}

/** Oldest first, by id. */
export function listOrganizationRows(db: Database, filter: OrganizationFilter): Promise<OrganizationRow[]> {
  const pattern = filter.search === undefined ? undefined : `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`
  return readInScope<OrganizationRow>(
    db,
    'allOrganizations',
    sql`
    select * from organizations
    where true
      ${filter.reach === 'all' ? empty : sql`and id = any(${[...filter.reach]}::uuid[])`}
      ${pattern === undefined ? empty : sql`and (name ilike ${pattern} or exists (select from unnest(domains) as domain where domain ilike ${pattern}))`}
      ${filter.isActive === undefined ? empty : sql`and is_active = ${filter.isActive}`}
      ${filter.afterId === undefined ? empty : sql`and id > ${filter.afterId}`}
    order by id
    limit ${filter.limit}`,
  )
}
