import type { Permission } from '../access/permissions.ts'
import { proofMinutes } from '../access/proof-rule.ts'
import { type Database, inScope, readInScope, sql, type Transaction } from '../platform/database/database.ts'
import type { SignInWay } from './person.ts'

export type PersonSessionRow = {
  id: string
  token: string
  created_at: Date
  last_used_at: Date
  expires_at: Date
  ip_address: string | null
  user_agent: string | null
}

export type SignedIn = {
  session_id: string
  person_id: string
  name: string
  /** A second factor is asked of them, and they have none yet. */
  needs_second_factor: boolean
  /** Where its last use is not of the last minute. */
  is_stale: boolean
  /** They have not proved who they are for half an hour. */
  is_proof_old: boolean
  /** Whom they look at the installation as; null: themselves. */
  viewed_id: string | null
  viewed_name: string | null
  viewed_until: Date | null
  /** Where that has ended by itself, and the audit does not say so yet. */
  is_view_over: boolean
}

/** What makes an administrator of a role of one's own: with any of them somebody says what others may do. */
const rolesOfOthers: Permission[] = ['canManageUsers', 'canManagePeople', 'canManageKeys', 'canManageRoles', 'canProvisionPeople']

/** Whose session a token is of, unless it has ended, was not used for too long, or its person has left. */
export async function findSignedIn(db: Database, token: string, idleMinutes: number): Promise<SignedIn | undefined> {
  const [row] = await readInScope<SignedIn>(
    db,
    'allOrganizations',
    sql`
    select s.id as session_id, p.id as person_id, p.name, s.last_used_at < now() - interval '1 minute' as is_stale,
      s.proved_at < now() - make_interval(mins => ${proofMinutes}) as is_proof_old,
      not p.two_factor_enabled and coalesce(s.opened_by, 'password') = 'password' and (
        settings.second_factor = 'everyone' or (settings.second_factor = 'administrators' and exists (
          select from principal_grants g left join roles r on r.name = g.role
          where g.principal_type = 'person' and g.principal_id = p.id::text
            and (g.role = 'administrator' or r.permissions && ${rolesOfOthers}::text[])))) as needs_second_factor,
      viewed.id as viewed_id, viewed.name as viewed_name, case when viewed.id is not null then v.ends_at end as viewed_until,
      v.session_id is not null and viewed.id is null as is_view_over
    from sign_in_settings settings, person_sessions s join people p on p.id = s.person_id
      left join person_views v on v.session_id = s.id
      left join people viewed on viewed.id = v.person_id and viewed.deactivated_at is null and v.ends_at > now()
    where s.token = ${token} and s.expires_at > now() and s.last_used_at > now() - make_interval(mins => ${idleMinutes})
      and p.deactivated_at is null`,
  )
  return row
}

/** Last used first. */
export function listPersonSessions(db: Database, personId: string, idleMinutes: number): Promise<PersonSessionRow[]> {
  return readInScope(
    db,
    'allOrganizations',
    sql`
    select id, token, created_at, last_used_at, expires_at, ip_address, user_agent from person_sessions
    where person_id = ${personId} and expires_at > now() and last_used_at > now() - make_interval(mins => ${idleMinutes})
    order by last_used_at desc, id limit 1000`,
  )
}

export async function touchPersonSession(db: Database, id: string): Promise<void> {
  await inScope(db, 'allOrganizations', (transaction) =>
    transaction.query(sql`update person_sessions set last_used_at = now() where id = ${id}`),
  )
}

/** Notes that the person of a session has proved who they are. Returns the session's id. */
export async function noteProof(transaction: Transaction, token: string): Promise<string | undefined> {
  const [row] = await transaction.query<{ id: string }>(
    sql`update person_sessions set proved_at = now() where token = ${token} returning id`,
  )
  return row?.id
}

/** Notes a sign-in, and forgets what has expired. Returns the session's id. */
export async function noteSignIn(
  transaction: Transaction,
  { token, way }: { token: string; way: SignInWay },
  idleMinutes: number,
): Promise<{ id: string; person_id: string; name: string; expires_at: Date } | undefined> {
  await transaction.query(sql`
    delete from person_sessions where expires_at <= now() or last_used_at <= now() - make_interval(mins => ${idleMinutes})`)
  await transaction.query(sql`delete from person_verifications where expires_at <= now()`)
  await transaction.query(sql`delete from person_links where expires_at <= now()`)
  await transaction.query(sql`delete from sign_in_attempts where since <= now() - interval '1 day'`)
  await transaction.query(sql`update person_sessions set opened_by = ${way} where token = ${token}`)
  const [row] = await transaction.query<{ id: string; person_id: string; name: string; expires_at: Date }>(sql`
    update people set last_signed_in_at = now() from person_sessions s
    where s.token = ${token} and people.id = s.person_id
    returning s.id, people.id as person_id, people.name, s.expires_at`)
  return row
}

export async function deletePersonSession(transaction: Transaction, personId: string, id: string): Promise<boolean> {
  const rows = await transaction.query(sql`delete from person_sessions where id = ${id} and person_id = ${personId} returning id`)
  return rows.length > 0
}

export async function deletePersonSessionByToken(transaction: Transaction, token: string): Promise<string | undefined> {
  const [row] = await transaction.query<{ id: string }>(sql`delete from person_sessions where token = ${token} returning id`)
  return row?.id
}

/** The other sessions of a person. */
export async function deleteOtherSessions(transaction: Transaction, personId: string, token: string | undefined): Promise<void> {
  await transaction.query(sql`delete from person_sessions where person_id = ${personId} and token is distinct from ${token ?? null}`)
}
