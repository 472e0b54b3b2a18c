import { type Database, empty, join, readInScope, type Scope, type Sql, sql, type Transaction } from '../platform/database/database.ts'
import { hasHostName, hasText } from '../platform/database/like.ts'
import { isWithin } from '../platform/database/scope.ts'
import type { Organization, OrganizationDraft } from './organization.ts'
import type { FieldValues } from './organization-field.ts'
import { hasFieldValue } from './organization-fields.queries.ts'

export type OrganizationRow = {
  id: string
  name: string
  domains: string[]
  tenant_id: string | null
  tags: string[]
  fields: FieldValues
  is_active: boolean
  created_at: Date
  updated_at: Date
}

export async function insertOrganization(transaction: Transaction, id: string, draft: OrganizationDraft): Promise<OrganizationRow> {
  const [row] = await transaction.query<OrganizationRow>(sql`
    insert into organizations (id, name, domains, tenant_id, tags, fields)
    values (${id}, ${draft.name}, ${draft.domains}, ${draft.tenantId}, ${draft.tags ?? []}, ${JSON.stringify(draft.fields ?? {})})
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

/** Selects the ids of those with this text in their names. */
export const selectOrganizationsNamed = (text: string): Sql => sql`select id from organizations where ${hasText(sql`name`, text)}`

/** The ids of the organizations with at least one of these tags. */
export async function findTaggedOrganizations(db: Database, tags: readonly string[]): Promise<string[]> {
  const rows = await readInScope<{ id: string }>(db, 'allOrganizations', sql`select id from organizations where tags && ${tags}::text[]`)
  return rows.map(({ id }) => id)
}

/** Tells every process, with the commit itself, that another set of organizations has some tag. */
export async function tellTagsChanged(transaction: Transaction): Promise<void> {
  transaction.tell('tags', 'changed')
  await transaction.query(sql`select pg_notify('crosswalk', 'tags changed')`)
}

export async function holdOrganizationRow(transaction: Transaction, id: string): Promise<OrganizationRow | undefined> {
  const [row] = await transaction.query<OrganizationRow>(sql`select * from organizations where id = ${id} for share`)
  return row
}

export async function lockOrganizationRow(transaction: Transaction, id: string): Promise<OrganizationRow | undefined> {
  const [row] = await transaction.query<OrganizationRow>(sql`select * from organizations where id = ${id} for no key update`)
  return row
}

export async function updateOrganizationRow(
  transaction: Transaction,
  id: string,
  wanted: Pick<Organization, 'name' | 'domains' | 'tenantId' | 'tags' | 'fields' | 'isActive'>,
): Promise<OrganizationRow> {
  const [row] = await transaction.query<OrganizationRow>(sql`
    update organizations
    set name = ${wanted.name}, domains = ${wanted.domains}, tenant_id = ${wanted.tenantId}, tags = ${wanted.tags},
      fields = ${JSON.stringify(wanted.fields)},
      is_active = ${wanted.isActive}, updated_at = now()
    where id = ${id}
    returning *`)
  return row as OrganizationRow // the row is locked by this transaction
}

export type OrganizationFilter = {
  /** Part of the name, of a domain or of a custom field's value, in any case. */
  search: string | undefined
  /** Only those that have it. */
  tag: string | undefined
  /** Only those with each of these values of custom fields. */
  fields: readonly { name: string; text: string }[]
  isActive: boolean | undefined
}

export const organizationSorts = ['created_at', 'name', 'is_active'] as const
export type OrganizationSort = (typeof organizationSorts)[number]

export type OrganizationPage = {
  sort: OrganizationSort
  isDescending: boolean
  /** The sort values and the id of the last row of the page before. */
  after: OrganizationPlace | undefined
  limit: number
}

/** Where a row stands in an order. By time it is the id alone: ids grow with it. */
export type OrganizationPlace = [key: string, id: string]

function conditionsOf(scope: Scope, { search, tag, fields, isActive }: OrganizationFilter): Sql {
  return sql`${isWithin(scope, sql`id`)}
      ${
        search === undefined
          ? empty
          : sql`and (${hasText(sql`name`, search)} or exists (select from unnest(domains) as domain where ${hasHostName(sql`domain`, search)})
        or exists (select from jsonb_each_text(fields) as field where ${hasText(sql`field.value`, search)}))`
      }
      ${tag === undefined ? empty : sql`and tags @> ${[tag]}::text[]`}
      ${join([empty, ...fields.map((condition) => sql`and ${hasFieldValue(sql`fields`, condition)}`)], ' ')}
      ${isActive === undefined ? empty : sql`and is_active = ${isActive}`}`
}

const sortKeys: Record<OrganizationSort, Sql> = {
  created_at: sql`''`,
  name: sql`lower(name)`,
  is_active: sql`(case when is_active then '0 ' else '1 ' end || lower(name))`,
}

/** In the order that is asked for, with the key that each row has in it. */
export function listOrganizationRows(
  db: Database,
  scope: Scope,
  filter: OrganizationFilter,
  { sort, isDescending, after, limit }: OrganizationPage,
): Promise<(OrganizationRow & { sort_key: string })[]> {
  const key = sortKeys[sort]
  const direction = isDescending ? sql`desc` : sql`asc`
  const beyond = isDescending ? sql`<` : sql`>`
  const isByTime = sort === 'created_at'
  return readInScope(
    db,
    scope,
    sql`
    select *, ${key} as sort_key from organizations
    where ${conditionsOf(scope, filter)}
      ${after === undefined ? empty : isByTime ? sql`and id ${beyond} ${after[1]}` : sql`and (${key}, id) ${beyond} (${after[0]}, ${after[1]}::uuid)`}
    order by ${isByTime ? empty : sql`${key} ${direction},`} id ${direction}
    limit ${limit}`,
  )
}

export async function countOrganizations(db: Database, scope: Scope, filter: OrganizationFilter): Promise<number> {
  const counted = sql`select count(*)::int as count from organizations where ${conditionsOf(scope, filter)}`
  const [row] = await readInScope<{ count: number }>(db, scope, counted)
  return row?.count ?? 0
}
