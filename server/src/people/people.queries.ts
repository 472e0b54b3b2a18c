import type { GrantFields } from '../audit/audit-event.ts'
import { type Database, empty, readInScope, sql, type Transaction } from '../platform/database/database.ts'
import { hasText } from '../platform/database/like.ts'
import type { Person, SignInWay } from './person.ts'

type PersonRow = {
  id: string
  email: string
  name: string
  two_factor_enabled: boolean
  deactivated_at: Date | null
  last_signed_in_at: Date | null
  created_at: Date
  ways: SignInWay[]
  grants: GrantFields[]
}

const personColumns = sql`
  p.id, p.email, p.name, p.two_factor_enabled, p.deactivated_at, p.last_signed_in_at, p.created_at,
  array_remove(array[
    case when exists (select from person_accounts a where a.person_id = p.id and a.provider_id = 'credential' and a.password is not null)
      then 'password' end,
    case when exists (select from person_accounts a where a.person_id = p.id and a.provider_id <> 'credential') then 'single_sign_on' end,
    case when exists (select from person_passkeys k where k.person_id = p.id) then 'passkey' end], null) as ways,
  (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('role', g.role, 'reach', g.reach, 'workflows', g.workflows,
    'integrations', g.integrations)) order by g.position), '[]')
    from principal_grants g where g.principal_type = 'person' and g.principal_id = p.id::text) as grants`

function personOf(row: PersonRow): Person {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    state: row.deactivated_at ? 'deactivated' : row.ways.length > 0 ? 'active' : 'invited',
    grants: row.grants,
    signsInWith: row.ways,
    hasSecondFactor: row.two_factor_enabled,
    lastSignedInAt: row.last_signed_in_at,
    createdAt: row.created_at,
  }
}

export async function findPerson(db: Database, id: string): Promise<Person | undefined> {
  const [row] = await readInScope<PersonRow>(db, 'allOrganizations', sql`select ${personColumns} from people p where p.id = ${id}`)
  return row && personOf(row)
}

/** Holds the row until the transaction ends. */
export async function lockPerson(transaction: Transaction, id: string): Promise<Person | undefined> {
  const [row] = await transaction.query<PersonRow>(sql`select ${personColumns} from people p where p.id = ${id} for no key update of p`)
  return row && personOf(row)
}

/** By e-mail address in lower case. */
export async function findPersonByEmail(db: Database, email: string): Promise<Person | undefined> {
  const [row] = await readInScope<PersonRow>(db, 'allOrganizations', sql`select ${personColumns} from people p where p.email = ${email}`)
  return row && personOf(row)
}

/** Those who may sign in. */
export function listActivePeople(db: Database): Promise<{ id: string; name: string; email: string }[]> {
  return readInScope(db, 'allOrganizations', sql`select id, name, email from people where deactivated_at is null order by name, id`)
}

export type PeopleFilter = { search: string | undefined; after: [name: string, id: string] | undefined; limit: number }

/** By name. */
export async function listPeopleRows(db: Database, { search, after, limit }: PeopleFilter): Promise<Person[]> {
  const rows = await readInScope<PersonRow>(
    db,
    'allOrganizations',
    sql`
    select ${personColumns} from people p
    where true ${search === undefined ? empty : sql`and (${hasText(sql`p.name`, search)} or ${hasText(sql`p.email`, search)})`}
      ${after ? sql`and (p.name, p.id) > (${after[0]}, ${after[1]}::uuid)` : empty}
    order by p.name, p.id limit ${limit}`,
  )
  return rows.map(personOf)
}

export async function countPeople(db: Database, search?: string): Promise<number> {
  const [row] = await readInScope<{ total: number }>(
    db,
    'allOrganizations',
    sql`select count(*)::integer as total from people p
      where true ${search === undefined ? empty : sql`and (${hasText(sql`p.name`, search)} or ${hasText(sql`p.email`, search)})`}`,
  )
  return row?.total ?? 0
}

/** False where somebody has that address already. */
export async function insertPerson(transaction: Transaction, person: { id: string; email: string; name: string }): Promise<boolean> {
  const rows = await transaction.query(sql`
    insert into people (id, email, name) values (${person.id}, ${person.email}, ${person.name}) on conflict (email) do nothing returning id`)
  return rows.length > 0
}

export async function updatePersonRow(transaction: Transaction, id: string, wanted: { name: string; email: string }): Promise<void> {
  await transaction.query(sql`update people set name = ${wanted.name}, email = ${wanted.email}, updated_at = now() where id = ${id}`)
}

export async function setDeactivated(transaction: Transaction, id: string, isDeactivated: boolean): Promise<void> {
  await transaction.query(sql`
    update people set deactivated_at = case when ${isDeactivated} then now() end, updated_at = now() where id = ${id}`)
}

/** With all that they sign in with, their sessions and their links. */
export async function deletePersonRow(transaction: Transaction, id: string): Promise<void> {
  await transaction.query(sql`delete from people where id = ${id}`)
}

export async function deleteSessionsOf(transaction: Transaction, personId: string): Promise<string[]> {
  const rows = await transaction.query<{ id: string }>(sql`delete from person_sessions where person_id = ${personId} returning id`)
  return rows.map(({ id }) => id)
}

/** What a person had under way: a second factor that was asked for, and the like. The value is their id, or names it. */
export async function deleteUnderWayOf(transaction: Transaction, personId: string): Promise<void> {
  await transaction.query(sql`delete from person_verifications where value = ${personId}`)
}

/** One at a time where the number of administrators may become less. */
export async function lockAdministrators(transaction: Transaction): Promise<void> {
  await transaction.query(sql`select pg_advisory_xact_lock(hashtext('administrators of crosswalk'))`)
}

/** People who may do everything, everywhere, have not left, and have something to sign in with: who was only invited may never come. */
export async function countAdministrators(transaction: Transaction): Promise<number> {
  const [row] = await transaction.query<{ total: number }>(sql`
    select count(*)::integer as total from people p
    where p.deactivated_at is null
      and (exists (select from person_accounts a where a.person_id = p.id) or exists (select from person_passkeys k where k.person_id = p.id))
      and exists (
      select from principal_grants g where g.principal_type = 'person' and g.principal_id = p.id::text
        and g.role = 'administrator' and g.reach = '{"all": true}'::jsonb)`)
  return row?.total ?? 0
}

/** Sets the password, in place of an earlier one. @param hash as the library makes it */
export async function upsertPassword(transaction: Transaction, id: string, personId: string, hash: string): Promise<void> {
  await transaction.query(sql`
    insert into person_accounts (id, person_id, provider_id, account_id, password)
    values (${id}, ${personId}, 'credential', ${personId}, ${hash})
    on conflict (provider_id, account_id) do update set password = excluded.password, updated_at = now()`)
}

/** Takes away what a person proves themselves by beside the password, so that a reset helps who has lost it, or had it set by a thief. */
export async function deleteSecondFactor(transaction: Transaction, personId: string): Promise<void> {
  await transaction.query(sql`delete from person_passkeys where person_id = ${personId}`)
  await transaction.query(sql`delete from person_two_factors where person_id = ${personId}`)
  await transaction.query(sql`update people set two_factor_enabled = false, updated_at = now() where id = ${personId}`)
}

/** Whose second factor is asked for, until it is too late. */
export async function findPersonUnderWay(db: Database, identifier: string): Promise<string | undefined> {
  const [row] = await readInScope<{ value: string }>(
    db,
    'allOrganizations',
    sql`select value from person_verifications where identifier = ${identifier} and expires_at > now()`,
  )
  return row?.value
}

/** Uses up a code. False where it was used in the last minutes. */
export async function useCode(transaction: Transaction, personId: string, digest: Buffer): Promise<boolean> {
  await transaction.query(sql`delete from person_used_codes where person_id = ${personId} and used_at < now() - interval '5 minutes'`)
  const rows = await transaction.query(sql`
    insert into person_used_codes (person_id, code_digest) values (${personId}, ${digest}) on conflict do nothing returning person_id`)
  return rows.length > 0
}

/** The hash that the library made of a person's password. */
export async function findPasswordHash(db: Database, personId: string): Promise<string | undefined> {
  const [row] = await readInScope<{ password: string | null }>(
    db,
    'allOrganizations',
    sql`select password from person_accounts where person_id = ${personId} and provider_id = 'credential'`,
  )
  return row?.password ?? undefined
}

/** False of who is deactivated or gone. */
export async function mayOpenSession(db: Database, personId: string): Promise<boolean> {
  const rows = await readInScope(db, 'allOrganizations', sql`select id from people where id = ${personId} and deactivated_at is null`)
  return rows.length > 0
}

export async function countPeopleWithin(transaction: Transaction): Promise<number> {
  const [row] = await transaction.query<{ total: number }>(sql`select count(*)::integer as total from people`)
  return row?.total ?? 0
}
