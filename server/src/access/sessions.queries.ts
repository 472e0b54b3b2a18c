import { type Database, readInScope, sql, type Transaction } from '../platform/database/database.ts'

export type SessionRow = { id: string; created_at: Date; expires_at: Date }
type Digests = { tokenDigest: Buffer; keyDigest: Buffer }

export async function insertSession(transaction: Transaction, id: string, digests: Digests, hours: number): Promise<SessionRow> {
  const rows = await transaction.query<SessionRow>(sql`
    insert into sessions (id, token_digest, key_digest, expires_at)
    values (${id}, ${digests.tokenDigest}, ${digests.keyDigest}, now() + make_interval(hours => ${hours}))
    returning id, created_at, expires_at`)
  return rows[0] as SessionRow // an insert without a conflict clause returns its row
}

/** One that has not expired. */
export async function findSession(db: Database, digests: Digests): Promise<SessionRow | undefined> {
  const rows = await readInScope<SessionRow>(
    db,
    'allOrganizations',
    sql`
    select id, created_at, expires_at from sessions
    where token_digest = ${digests.tokenDigest} and key_digest = ${digests.keyDigest} and expires_at > now()`,
  )
  return rows[0]
}

export async function deleteSession(transaction: Transaction, tokenDigest: Buffer): Promise<string | undefined> {
  const rows = await transaction.query<{ id: string }>(sql`delete from sessions where token_digest = ${tokenDigest} returning id`)
  return rows[0]?.id
}

/** What has expired is of no use to anyone. */
export async function deleteExpired(transaction: Transaction): Promise<void> {
  await transaction.query(sql`delete from sessions where expires_at <= now()`)
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
