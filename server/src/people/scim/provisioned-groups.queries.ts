import { type Database, empty, join, readInScope, type Sql, sql, type Transaction } from '../../platform/database/database.ts'
import { nameOfPath, type Term } from './scim-path.ts'
import { scimError } from './scim-problem.ts'

export type GroupRow = { id: string; display_name: string; external_id: string | null; created_at: Date; updated_at: Date }
export type Member = { value: string; display: string }

const selectGroups = sql`select g.id, g.display_name, g.external_id, g.created_at, g.updated_at from provisioned_groups g`

function conditionOf({ path, value }: Term): Sql {
  const low = value.toLowerCase()
  switch (nameOfPath(path)) {
    case 'id':
      return sql`g.id::text = ${low}`
    case 'displayname':
      return sql`lower(g.display_name) = ${low}`
    case 'externalid':
      return sql`g.external_id = ${value}`
    case 'members':
    case 'members.value':
      return sql`exists (select from provisioned_members m where m.group_id = g.id and m.person_id::text = ${low})`
    default:
      throw scimError('scim_filter_refused', { attribute: nameOfPath(path) })
  }
}

const where = (terms: readonly Term[]): Sql => (terms.length > 0 ? sql`where ${join(terms.map(conditionOf), ' and ')}` : empty)

/** In the order that they were made in. */
export function listGroupRows(db: Database, terms: readonly Term[], page: { offset: number; limit: number }): Promise<GroupRow[]> {
  return readInScope<GroupRow>(
    db,
    'allOrganizations',
    sql`${selectGroups} ${where(terms)} order by g.created_at, g.id limit ${page.limit} offset ${page.offset}`,
  )
}

export async function countGroups(db: Database, terms: readonly Term[]): Promise<number> {
  const [row] = await readInScope<{ total: number }>(
    db,
    'allOrganizations',
    sql`select count(*)::integer as total from provisioned_groups g ${where(terms)}`,
  )
  return row?.total ?? 0
}

export async function findGroupRow(db: Database, id: string): Promise<GroupRow | undefined> {
  const [row] = await readInScope<GroupRow>(db, 'allOrganizations', sql`${selectGroups} where g.id = ${id}`)
  return row
}

/** Holds it until the transaction ends. */
export async function lockGroupRow(transaction: Transaction, id: string): Promise<GroupRow | undefined> {
  const [row] = await transaction.query<GroupRow>(sql`${selectGroups} where g.id = ${id} for update`)
  return row
}

/** The members of these groups, by group, in the order of their names. */
export async function listMembers(db: Database, groupIds: readonly string[]): Promise<Map<string, Member[]>> {
  const rows = await readInScope<Member & { group_id: string }>(
    db,
    'allOrganizations',
    sql`select m.group_id, m.person_id as value, p.name as display from provisioned_members m join people p on p.id = m.person_id
      where m.group_id = any(${groupIds}::uuid[]) order by p.name, p.id`,
  )
  const byGroup = Map.groupBy(rows, ({ group_id }) => group_id)
  return new Map(groupIds.map((id) => [id, (byGroup.get(id) ?? []).map(({ value, display }) => ({ value, display }))]))
}

export async function listMemberIdsWithin(transaction: Transaction, groupId: string): Promise<string[]> {
  const rows = await transaction.query<{ person_id: string }>(sql`
    select person_id from provisioned_members where group_id = ${groupId} order by person_id`)
  return rows.map(({ person_id }) => person_id)
}

export const groupNameIndex = 'provisioned_groups_name'

export async function insertGroup(transaction: Transaction, group: Pick<GroupRow, 'id' | 'display_name' | 'external_id'>): Promise<void> {
  await transaction.query(sql`
    insert into provisioned_groups (id, display_name, external_id) values (${group.id}, ${group.display_name}, ${group.external_id})`)
}

export async function updateGroup(transaction: Transaction, group: Pick<GroupRow, 'id' | 'display_name' | 'external_id'>): Promise<void> {
  await transaction.query(sql`
    update provisioned_groups set display_name = ${group.display_name}, external_id = ${group.external_id}, updated_at = now()
    where id = ${group.id}`)
}

export async function deleteGroup(transaction: Transaction, id: string): Promise<void> {
  await transaction.query(sql`delete from provisioned_groups where id = ${id}`)
}

export async function insertMembers(transaction: Transaction, groupId: string, personIds: readonly string[]): Promise<void> {
  await transaction.query(sql`
    insert into provisioned_members (group_id, person_id) select ${groupId}, unnest(${personIds}::uuid[]) on conflict do nothing`)
}

export async function deleteMembers(transaction: Transaction, groupId: string, personIds: readonly string[]): Promise<void> {
  await transaction.query(sql`
    delete from provisioned_members where group_id = ${groupId} and person_id = any(${personIds}::uuid[])`)
}

/** The groups that the provider put a person into: what they are called here and there, and their ids. */
export async function groupNamesOfPerson(transaction: Transaction, personId: string): Promise<string[]> {
  const rows = await transaction.query<{ name: string }>(sql`
    select unnest(array_remove(array[g.id::text, g.display_name, g.external_id], null)) as name
    from provisioned_members m join provisioned_groups g on g.id = m.group_id where m.person_id = ${personId}`)
  return rows.map(({ name }) => name)
}
