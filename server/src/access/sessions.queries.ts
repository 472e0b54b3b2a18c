import { type Database, inScope, readInScope, sql, type Transaction } from '../platform/database/database.ts'
import { proofMinutes } from './proof-rule.ts'

export type SessionRow = {
  id: string
  created_at: Date
  last_used_at: Date
  expires_at: Date
  address: string | null
  browser: string | null
}
type Digests = { tokenDigest: Buffer; keyDigest: Buffer }
/** Where a session is, as far as its browser says. */
export type SessionPlace = { address: string | null; browser: string | null }

export async function insertSession(
  transaction: Transaction,
  id: string,
  digests: Digests,
  place: SessionPlace,
  hours: number,
): Promise<SessionRow> {
  const rows = await transaction.query<SessionRow>(sql`
    insert into sessions (id, token_digest, key_digest, expires_at, address, browser)
    values (${id}, ${digests.tokenDigest}, ${digests.keyDigest}, now() + make_interval(hours => ${hours}), ${place.address}, ${place.browser})
    returning id, created_at, last_used_at, expires_at, address, browser`)
  return rows[0] as SessionRow // an insert without a conflict clause returns its row
}

/**
 * One that has not expired, and was used in the last so many minutes. `is_stale` where its last use is not of the last minute;
 * `is_proof_old` where the key was given longer ago than a proof lasts.
 */
export async function findSession(
  db: Database,
  digests: Digests,
  idleMinutes: number,
): Promise<{ id: string; is_stale: boolean; is_proof_old: boolean } | undefined> {
  const rows = await readInScope<{ id: string; is_stale: boolean; is_proof_old: boolean }>(
    db,
    'allOrganizations',
    sql`
    select id, last_used_at < now() - interval '1 minute' as is_stale,
      created_at < now() - make_interval(mins => ${proofMinutes}) as is_proof_old
    from sessions
    where token_digest = ${digests.tokenDigest} and key_digest = ${digests.keyDigest} and expires_at > now()
      and last_used_at > now() - make_interval(mins => ${idleMinutes})`,
  )
  return rows[0]
}

/** Newest use first. */
export function listSessionRows(db: Database, keyDigest: Buffer, idleMinutes: number): Promise<(SessionRow & { token_digest: Buffer })[]> {
  return readInScope(
    db,
    'allOrganizations',
    sql`
    select id, created_at, last_used_at, expires_at, address, browser, token_digest from sessions
    where key_digest = ${keyDigest} and expires_at > now() and last_used_at > now() - make_interval(mins => ${idleMinutes})
    order by last_used_at desc, id limit 1000`,
  )
}

export async function touchSession(db: Database, id: string): Promise<void> {
  await inScope(db, 'allOrganizations', (transaction) => transaction.query(sql`update sessions set last_used_at = now() where id = ${id}`))
}

export async function deleteSession(transaction: Transaction, tokenDigest: Buffer): Promise<string | undefined> {
  const rows = await transaction.query<{ id: string }>(sql`delete from sessions where token_digest = ${tokenDigest} returning id`)
  return rows[0]?.id
}

export async function deleteSessionById(transaction: Transaction, id: string, keyDigest: Buffer): Promise<boolean> {
  const rows = await transaction.query(sql`delete from sessions where id = ${id} and key_digest = ${keyDigest} returning id`)
  return rows.length > 0
}

/** What has expired is of no use to anyone. */
export async function deleteExpired(transaction: Transaction, idleMinutes: number): Promise<void> {
  await transaction.query(sql`
    delete from sessions where expires_at <= now() or last_used_at <= now() - make_interval(mins => ${idleMinutes})`)
  await transaction.query(sql`delete from sign_in_tokens where expires_at <= now()`)
}

export async function insertSignInToken(transaction: Transaction, id: string, digests: Digests, minutes: number): Promise<Date> {
  const rows = await transaction.query<{ expires_at: Date }>(sql`
    insert into sign_in_tokens (id, token_digest, key_digest, expires_at)
    values (${id}, ${digests.tokenDigest}, ${digests.keyDigest}, now() + make_interval(mins => ${minutes}))
    returning expires_at`)
  return (rows[0] as { expires_at: Date }).expires_at // as above
}

/** Takes the token away, so that of two who come with it one is served. */
export async function takeSignInToken(
  transaction: Transaction,
  tokenDigest: Buffer,
): Promise<{ id: string; key_digest: Buffer } | undefined> {
  const rows = await transaction.query<{ id: string; key_digest: Buffer }>(sql`
    delete from sign_in_tokens where token_digest = ${tokenDigest} and expires_at > now() returning id, key_digest`)
  return rows[0]
}
