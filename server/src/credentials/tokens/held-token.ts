import type { Keyring } from '../../values/secrets/keyring.ts'
import { openValue } from '../../values/secrets/sealing.ts'
import type { TokenRow } from './tokens.queries.ts'

/** A token in the memory of a worker. */
export type HeldToken = {
  id: string
  /** One more with each renewal. */
  generation: number
  /** Names this token among all. */
  version: string
  token: string
  refreshToken: string | null
  /** What else the vendor answered, as text. */
  fields: Record<string, string>
  /** By `performance.now()`; infinite where the vendor did not say. */
  goodUntil: number
  /** From then on it is renewed, while it is still used. */
  renewFrom: number
  /** When it was asked for, by `performance.now()`; long ago where the vendor did not say how long it lives. */
  askedAt: number
  /** The last renewal failed, of a token that was refused or due. From when on the next is tried while it is good, by `performance.now()`. */
  triedAgainFrom: { background: number; person: number } | undefined
}

/** What is sealed. */
type Kept = Pick<HeldToken, 'token' | 'refreshToken' | 'fields'>

const renewBeforeMs = 120_000
const renewBeforeShare = 0.1
/** A token is not used when it has less left: it may expire on the way. */
const spareMs = 10_000

export const placeOfToken = (id: string, organizationId: string | null) => ({ key: `vendor token ${id}`, organizationId })

export function keptText({ token, refreshToken, fields }: Kept): string {
  return JSON.stringify({ token, refreshToken, fields } satisfies Kept)
}

/**
 * @returns undefined where the row has none, or was changed from outside
 * @throws master_key_unavailable
 */
export async function openToken(keyring: Keyring, row: TokenRow): Promise<HeldToken | undefined> {
  const { id, organization_id: organizationId, key_id: keyId, sealed_data_key: sealedDataKey, sealed_value: sealedValue } = row
  if (keyId === null || sealedDataKey === null || sealedValue === null) return undefined
  const opened = openValue(await keyring.get(keyId), placeOfToken(id, organizationId), { keyId, sealedDataKey, sealedValue })
  if (!opened) return undefined
  const kept = JSON.parse(opened.reveal()) as Kept // sealed by a worker
  return heldToken(kept, row)
}

type Renewed = Pick<TokenRow, 'id' | 'generation' | 'rest_ms' | 'life_ms'>
type Failing = Pick<TokenRow, 'last_error' | 'next_attempt_ms' | 'failed_ago_ms'>

export function heldToken(kept: Kept, row: Renewed & Partial<Failing>): HeldToken {
  const { id, generation, rest_ms, life_ms } = row
  const rest = rest_ms ?? Number.POSITIVE_INFINITY
  const part = (life_ms ?? Number.POSITIVE_INFINITY) * renewBeforeShare
  const now = performance.now()
  return {
    ...{ id, generation, version: `${id}.${generation}`, token: kept.token, refreshToken: kept.refreshToken, fields: kept.fields },
    goodUntil: now + rest - Math.min(spareMs, part),
    askedAt: rest_ms === null || life_ms === null ? Number.NEGATIVE_INFINITY : now - (life_ms - rest_ms),
    triedAgainFrom: triedAgainFrom(row, now),
    renewFrom: rest_ms === null ? Number.POSITIVE_INFINITY : now + rest - Math.min(renewBeforeMs, part),
  }
}

/** A person who asks does not wait for a pause to end; what fails by the credentials fails until a person does something. */
export const personAfterMs = 5_000

/** Whether it is good still says nothing of the next renewal: until that is tried, nobody knows whether what was wrong has passed. */
function triedAgainFrom({ last_error: last, next_attempt_ms, failed_ago_ms }: Partial<Failing>, now: number): HeldToken['triedAgainFrom'] {
  // A vendor may take a further try for theft.
  if (!last || last.reason === 'renewal_lost') return undefined
  const background = last.kind === 'credentials' ? Number.POSITIVE_INFINITY : now + Math.max(0, next_attempt_ms ?? 0)
  return { background, person: now + Math.max(0, personAfterMs - (failed_ago_ms ?? 0)) }
}

export const isGood = ({ goodUntil }: HeldToken): boolean => performance.now() < goodUntil
/** Whether it is no older than that. */
export const isYoung = ({ askedAt }: HeldToken, maxAgeMs: number): boolean => performance.now() - askedAt <= maxAgeMs
export function isDue({ renewFrom, triedAgainFrom: again }: HeldToken, isPerson: boolean): boolean {
  const now = performance.now()
  if (now >= renewFrom) return true
  return again !== undefined && (now >= again.background || (isPerson && now >= again.person))
}
