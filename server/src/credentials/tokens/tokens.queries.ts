import { type Database, readInScope, type Sql, sql, type Transaction } from '../../platform/database/database.ts'
import type { JsonValue } from '../../protocol/json.ts'
import type { SealedValue } from '../../values/secrets/sealing.ts'
import { writingScope } from '../../values/value-scope.ts'
import type { VendorFailure } from '../vendor-failures.ts'

/** Which row: of whose secrets, and the digest of what the token is made of. */
export type TokenPlace = { owner: string | null; key: string }

export type TokenRow = {
  id: string
  organization_id: string | null
  generation: number
  key_id: string | null
  sealed_data_key: Buffer | null
  sealed_value: Buffer | null
  /** How long it is still good; null where the vendor did not say, and where there is none. */
  rest_ms: number | null
  life_ms: number | null
  age_ms: number | null
  renewer: string | null
  renewal_rest_ms: number | null
  /** Since then nobody knows whether the refresh token is used up. */
  renewal_lost_at: Date | null
  failures: number
  failing_ms: number | null
  failed_ago_ms: number | null
  next_attempt_ms: number | null
  last_error: VendorFailure | null
}

const columns = sql`
  id, organization_id, generation, key_id, sealed_data_key, sealed_value, failures, last_error, renewer, renewal_lost_at,
  extract(epoch from expires_at - now())::double precision * 1000 as rest_ms,
  extract(epoch from expires_at - obtained_at)::double precision * 1000 as life_ms,
  extract(epoch from now() - obtained_at)::double precision * 1000 as age_ms,
  extract(epoch from renewing_until - now())::double precision * 1000 as renewal_rest_ms,
  extract(epoch from now() - failing_since)::double precision * 1000 as failing_ms,
  extract(epoch from now() - failed_at)::double precision * 1000 as failed_ago_ms,
  extract(epoch from next_attempt_at - now())::double precision * 1000 as next_attempt_ms`

/** Also notes, at most once an hour, that it is in use. */
export async function findToken(db: Database, { owner, key }: TokenPlace): Promise<TokenRow | undefined> {
  const [row] = await readInScope<TokenRow>(
    db,
    writingScope(owner),
    sql`
    with used as (
      update vendor_tokens set used_at = now()
      where organization_id is not distinct from ${owner} and token_key = ${key} and used_at < now() - interval '1 hour'
    )
    select ${columns} from vendor_tokens where organization_id is not distinct from ${owner} and token_key = ${key}`,
  )
  return row
}

export type TokenDraft = TokenPlace & { id: string; integration: string | null; host: string; secretMarks: readonly string[] }

const insertDraft = ({ id, owner, key, integration, host, secretMarks }: TokenDraft) => sql`
  insert into vendor_tokens (id, organization_id, token_key, integration_name, host, secret_marks)
  values (${id}, ${owner}, ${key}, ${integration}, ${host}, ${[...secretMarks]})`

/** Of several that come first, one writes its row. */
export async function insertToken(db: Database, draft: TokenDraft): Promise<void> {
  await readInScope(
    db,
    writingScope(draft.owner),
    sql`${insertDraft(draft)} on conflict on constraint vendor_tokens_one_per_key do nothing`,
  )
}

/** The row of a token as part of what else a transaction does, there already or not. No renewal of it is stored until that ends. */
export async function holdTokenWithin(transaction: Transaction, draft: TokenDraft): Promise<{ id: string; generation: number }> {
  const [row] = await transaction.query<{ id: string; generation: number }>(sql`
    ${insertDraft(draft)} on conflict on constraint vendor_tokens_one_per_key do update set used_at = now() returning id, generation`)
  return row as { id: string; generation: number } // inserted or updated
}

/**
 * Takes the renewal of that generation, unless somebody has it who was heard of. It is written down before the vendor is asked: where somebody
 * had it and was lost, that is noted.
 *
 * @returns the row, or undefined where it is taken or has moved on
 */
export async function takeRenewal(
  db: Database,
  owner: string | null,
  { id, generation, renewer, leaseMs }: { id: string; generation: number; renewer: string; leaseMs: number },
): Promise<TokenRow | undefined> {
  const [row] = await readInScope<TokenRow>(
    db,
    writingScope(owner),
    sql`
    update vendor_tokens set renewer = ${renewer}, renewing_until = now() + ${leaseMs} * interval '1 millisecond',
      renewal_lost_at = case when renewer is null then renewal_lost_at else coalesce(renewal_lost_at, now()) end
    where id = ${id} and generation = ${generation} and (renewing_until is null or renewing_until < now())
    returning ${columns}`,
  )
  return row
}

export async function keepRenewal(db: Database, owner: string | null, id: string, renewer: string, leaseMs: number): Promise<void> {
  await readInScope(
    db,
    writingScope(owner),
    sql`update vendor_tokens set renewing_until = now() + ${leaseMs} * interval '1 millisecond' where id = ${id} and renewer = ${renewer} returning id`,
  )
}

type Renewed = { id: string; generation: number; ageMs: number; livesMs: number | null }

const renewed = ({ ageMs, livesMs }: Renewed, { keyId, sealedDataKey, sealedValue }: SealedValue) => sql`
  update vendor_tokens set generation = generation + 1, key_id = ${keyId}, sealed_data_key = ${sealedDataKey}, sealed_value = ${sealedValue},
    obtained_at = now() - ${ageMs} * interval '1 millisecond',
    expires_at = now() + (${livesMs}::double precision - ${ageMs}) * interval '1 millisecond',
    renewer = null, renewing_until = null, renewal_lost_at = null,
    failures = 0, failing_since = null, failed_at = null, next_attempt_at = null, last_error = null, used_at = now()`

/** Writes what a renewal brought. The first one of a generation counts. @returns undefined where another was first, or the row is gone */
export async function storeRenewed(transaction: Transaction, given: Renewed, sealed: SealedValue): Promise<TokenRow | undefined> {
  const { id, generation } = given
  const [row] = await transaction.query<TokenRow>(sql`
    ${renewed(given, sealed)} where id = ${id} and generation = ${generation} returning ${columns}`)
  return row
}

/** The same in one message to the database, which is done even if its sender dies right after. Undefined also where a rotation of the master key has begun. */
export async function storeRenewedAtOnce(
  db: Database,
  owner: string | null,
  given: Renewed,
  { sealed, isCurrent }: { sealed: SealedValue; isCurrent: Sql },
): Promise<TokenRow | undefined> {
  const { id, generation } = given
  const [row] = await readInScope<TokenRow>(
    db,
    writingScope(owner),
    sql`
    with held as (${isCurrent})
    ${renewed(given, sealed)} where id = ${id} and generation = ${generation} and exists (select from held) returning ${columns}`,
  )
  return row
}

type FailedRenewal = { id: string; generation: number; renewer: string; nextAttemptMs: number; isLost: boolean }

/**
 * Writes that a renewal failed, and when the next may be tried. Lets the renewal go.
 *
 * @param given `isLost`: the vendor may have used up the refresh token
 * @returns false where somebody else has renewed it meanwhile, or does
 */
export async function storeFailed(
  db: Database,
  owner: string | null,
  { id, generation, renewer, nextAttemptMs, isLost }: FailedRenewal,
  failure: VendorFailure,
): Promise<boolean> {
  const rows = await readInScope(
    db,
    writingScope(owner),
    sql`
    update vendor_tokens set renewer = null, renewing_until = null, failures = failures + 1, failed_at = now(),
      renewal_lost_at = case when ${isLost} then coalesce(renewal_lost_at, now()) else renewal_lost_at end,
      failing_since = coalesce(failing_since, now()), next_attempt_at = now() + ${nextAttemptMs} * interval '1 millisecond',
      last_error = ${JSON.stringify(failure satisfies VendorFailure as unknown as JsonValue)}::jsonb
    where id = ${id} and generation = ${generation} and renewer = ${renewer}
    returning id`,
  )
  return rows.length > 0
}

/** In the order of ids. A renewal of one of them waits until the transaction ends. */
export function lockTokensUnder(
  transaction: Transaction,
  keyId: string,
  limit: number,
): Promise<{ id: string; organization_id: string | null; sealed_data_key: Buffer }[]> {
  return transaction.query(sql`
    select id, organization_id, sealed_data_key from vendor_tokens where key_id = ${keyId} order by id limit ${limit} for no key update`)
}

export async function resealTokens(
  transaction: Transaction,
  keyId: string,
  resealed: { id: string; sealedDataKey: Buffer }[],
): Promise<void> {
  await transaction.query(sql`
    update vendor_tokens set key_id = ${keyId}, sealed_data_key = resealed.sealed_data_key
    from unnest(${resealed.map((row) => row.id)}::uuid[], ${resealed.map((row) => row.sealedDataKey)}::bytea[]) as resealed (id, sealed_data_key)
    where vendor_tokens.id = resealed.id`)
}

/** What cannot be opened is of no use to anyone: it is as if there had never been one. */
export async function emptyTokens(transaction: Transaction, ids: string[]): Promise<void> {
  await transaction.query(sql`
    update vendor_tokens set key_id = null, sealed_data_key = null, sealed_value = null, obtained_at = null, expires_at = null,
      generation = generation + 1 where id = any(${ids}::uuid[])`)
}
