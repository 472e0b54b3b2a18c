import type { GrantFields } from '../audit/audit-event.ts'
import { type Database, readInScope, type Sql, sql, type Transaction } from '../platform/database/database.ts'

/** A grant with its role's permissions, where the role is one's own; null where it comes along, or is gone. */
export type GrantRow = Pick<GrantFields, 'role' | 'reach'> & {
  workflows?: string[] | null
  integrations?: string[] | null
  permissions: string[] | null
}

/** Selects the grants that a principal has now as JSON, in order: none of one that is suspended. @param type, id SQL of its type and id */
export const selectGrants = (type: Sql, id: Sql): Sql => sql`(
  select coalesce(jsonb_agg(jsonb_build_object('role', g.role, 'reach', g.reach, 'workflows', g.workflows,
    'integrations', g.integrations, 'permissions', r.permissions) order by g.position), '[]')
  from principal_grants g left join roles r on r.name = g.role
  where g.principal_type = ${type} and g.principal_id = ${id}
    and not exists (select from suspended_principals s where s.principal_type = g.principal_type and s.principal_id = g.principal_id))`

const grantsOfOne = ({ type, id }: { type: string; id: string }): Sql => sql`select ${selectGrants(sql`${type}`, sql`${id}`)} as grants`

export async function findGrantRows(db: Database, principal: { type: string; id: string }): Promise<GrantRow[]> {
  const [row] = await readInScope<{ grants: GrantRow[] }>(db, 'allOrganizations', grantsOfOne(principal))
  return row?.grants ?? []
}

export async function findGrantRowsWithin(transaction: Transaction, principal: { type: string; id: string }): Promise<GrantRow[]> {
  const [row] = await transaction.query<{ grants: GrantRow[] }>(grantsOfOne(principal))
  return row?.grants ?? []
}

/** Of every person with grants, what they have now. */
export function listGrantRowsOfPeople(db: Database): Promise<{ id: string; grants: GrantRow[] }[]> {
  return readInScope<{ id: string; grants: GrantRow[] }>(
    db,
    'allOrganizations',
    sql`
    select p.id, ${selectGrants(sql`'person'`, sql`p.id`)} as grants
    from (select distinct principal_id as id from principal_grants where principal_type = 'person') p`,
  )
}

export async function findGrantFieldsWithin(transaction: Transaction, principal: { type: string; id: string }): Promise<GrantFields[]> {
  const rows = await transaction.query<{ fields: GrantFields }>(sql`
    select jsonb_strip_nulls(jsonb_build_object('role', role, 'reach', reach, 'workflows', workflows, 'integrations', integrations)) as fields
    from principal_grants where principal_type = ${principal.type} and principal_id = ${principal.id} order by position`)
  return rows.map(({ fields }) => fields)
}

export async function replaceGrantRows(
  transaction: Transaction,
  principal: { type: string; id: string },
  grants: readonly GrantFields[],
): Promise<void> {
  await transaction.query(sql`
    delete from principal_grants where principal_type = ${principal.type} and principal_id = ${principal.id}`)
  await transaction.query(sql`
    insert into principal_grants (principal_type, principal_id, position, role, reach, workflows, integrations)
    select ${principal.type}, ${principal.id}, given.position, given.grant ->> 'role', given.grant -> 'reach',
      case when given.grant ? 'workflows' then array(select jsonb_array_elements_text(given.grant -> 'workflows')) end,
      case when given.grant ? 'integrations' then array(select jsonb_array_elements_text(given.grant -> 'integrations')) end
    from jsonb_array_elements(${JSON.stringify(grants)}::jsonb) with ordinality as given ("grant", position)`)
}

/** What anyone has by one of these tags, each once: with its role's permissions, as for a principal. Keys that have ended have nothing. */
export function findGrantRowsByTags(transaction: Transaction, tags: readonly string[]): Promise<GrantRow[]> {
  return transaction.query<GrantRow>(sql`
    select distinct g.role, g.reach, g.workflows, g.integrations, r.permissions from principal_grants g left join roles r on r.name = g.role
    left join api_keys k on g.principal_type = 'api_key' and k.id::text = g.principal_id
    where g.reach -> 'tags' ?| ${tags}::text[] and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())`)
}

export async function insertSuspended(transaction: Transaction, { type, id }: { type: string; id: string }): Promise<void> {
  await transaction.query(sql`
    insert into suspended_principals (principal_type, principal_id) values (${type}, ${id}) on conflict do nothing`)
}

export async function deleteSuspended(transaction: Transaction, { type, id }: { type: string; id: string }): Promise<void> {
  await transaction.query(sql`delete from suspended_principals where principal_type = ${type} and principal_id = ${id}`)
}

/** Tells every process, with the commit itself, that what it has remembered of principals may be old; and this one before it answers. */
export async function tellAccessChanged(transaction: Transaction): Promise<void> {
  transaction.tell('access', 'changed')
  await transaction.query(sql`select pg_notify('crosswalk', 'access changed')`)
}
