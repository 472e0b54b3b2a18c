import type { GrantFields } from '../../audit/audit-event.ts'
import { type Database, empty, join, readInScope, type Sql, sql, type Transaction } from '../../platform/database/database.ts'
import { nameOfPath, type Term } from './scim-path.ts'
import { scimError } from './scim-problem.ts'
import type { UserDraft } from './scim-user.ts'

/** What the identity provider said of a person that people do not have themselves. */
export type KeptAttributes = Partial<Pick<UserDraft, 'displayName' | 'name' | 'emails'>>

export type UserRow = {
  id: string
  email: string
  name: string
  deactivated_at: Date | null
  created_at: Date
  changed_at: Date
  user_name: string | null
  external_id: string | null
  attributes: KeptAttributes | null
  groups: { value: string; display: string }[]
}

/** The user name by which a person is found: where it is an address, the person's own. */
const effectiveName = sql`case when position('@' in coalesce(d.user_name, '@')) = 0 then lower(d.user_name) else p.email end`

const selectUsers = sql`
  select p.id, p.email, p.name, p.deactivated_at, p.created_at, greatest(p.updated_at, d.updated_at) as changed_at,
    d.user_name, d.external_id, d.attributes,
    (select coalesce(jsonb_agg(jsonb_build_object('value', g.id, 'display', g.display_name) order by g.display_name), '[]')
      from provisioned_members m join provisioned_groups g on g.id = m.group_id where m.person_id = p.id) as groups
  from people p left join provisioned_people d on d.person_id = p.id`

function conditionOf({ path, value }: Term): Sql {
  const low = value.toLowerCase()
  switch (nameOfPath(path)) {
    case 'id':
      return sql`p.id::text = ${low}`
    case 'username':
      return sql`${effectiveName} = ${low}`
    case 'externalid':
      return sql`d.external_id = ${value}`
    case 'emails':
    case 'emails.value':
      return sql`(p.email = ${low} or exists (
        select from jsonb_array_elements(d.attributes -> 'emails') e where lower(e ->> 'value') = ${low}))`
    case 'displayname':
      return sql`lower(p.name) = ${low}`
    case 'active':
      return sql`(p.deactivated_at is null) = ${low === 'true'}`
    default:
      throw scimError('scim_filter_refused', { attribute: nameOfPath(path) })
  }
}

const where = (terms: readonly Term[]): Sql => (terms.length > 0 ? sql`where ${join(terms.map(conditionOf), ' and ')}` : empty)

/** In the order that they were made in. */
export function listUserRows(db: Database, terms: readonly Term[], page: { offset: number; limit: number }): Promise<UserRow[]> {
  return readInScope<UserRow>(
    db,
    'allOrganizations',
    sql`${selectUsers} ${where(terms)} order by p.created_at, p.id limit ${page.limit} offset ${page.offset}`,
  )
}

export async function countUsers(db: Database, terms: readonly Term[]): Promise<number> {
  const [row] = await readInScope<{ total: number }>(
    db,
    'allOrganizations',
    sql`select count(*)::integer as total from people p left join provisioned_people d on d.person_id = p.id ${where(terms)}`,
  )
  return row?.total ?? 0
}

export async function findUserRow(db: Database, id: string): Promise<UserRow | undefined> {
  const [row] = await readInScope<UserRow>(db, 'allOrganizations', sql`${selectUsers} where p.id = ${id}`)
  return row
}

export async function findUserRowWithin(transaction: Transaction, id: string): Promise<UserRow | undefined> {
  const [row] = await transaction.query<UserRow>(sql`${selectUsers} where p.id = ${id}`)
  return row
}

/** One user name that is no address is for one person. */
export const userNameIndex = 'provisioned_people_user_name'

export async function upsertProvisionedPerson(
  transaction: Transaction,
  personId: string,
  { userName, externalId, attributes }: { userName: string; externalId: string | null; attributes: KeptAttributes },
): Promise<void> {
  await transaction.query(sql`
    insert into provisioned_people (person_id, user_name, external_id, attributes)
    values (${personId}, ${userName}, ${externalId}, ${JSON.stringify(attributes)}::jsonb)
    on conflict (person_id) do update set user_name = excluded.user_name, external_id = excluded.external_id,
      attributes = excluded.attributes, updated_at = now()`)
}

/** People who were here before the provider knew of them become its own with what they have. @returns how many of these people there are */
export async function adoptPeople(transaction: Transaction, personIds: readonly string[]): Promise<number> {
  await transaction.query(sql`
    insert into provisioned_people (person_id, user_name)
    select id, email from people where id = any(${personIds}::uuid[]) on conflict do nothing`)
  const [row] = await transaction.query<{ total: number }>(sql`
    select count(*)::integer as total from provisioned_people where person_id = any(${personIds}::uuid[])`)
  return row?.total ?? 0
}

/** What a person's groups gave them so far, and the names of these groups: what they are called here and there, and their ids. */
export type Followed = { person_id: string; given_grants: GrantFields[]; names: string[] }

/** Of these people, or of all whom the provider keeps. */
export function listFollowed(transaction: Transaction, personIds: readonly string[] | 'all'): Promise<Followed[]> {
  return transaction.query<Followed>(sql`
    select d.person_id, d.given_grants, array(
      select unnest(array_remove(array[g.id::text, g.display_name, g.external_id], null))
      from provisioned_members m join provisioned_groups g on g.id = m.group_id where m.person_id = d.person_id) as names
    from provisioned_people d ${personIds === 'all' ? empty : sql`where d.person_id = any(${personIds}::uuid[])`} order by d.person_id`)
}

export async function updateGivenGrants(transaction: Transaction, personId: string, grants: readonly GrantFields[]): Promise<void> {
  await transaction.query(sql`
    update provisioned_people set given_grants = ${JSON.stringify(grants)}::jsonb where person_id = ${personId}`)
}
