import { isRecord } from '../../definition-checks.ts'
import type { TokenOptions } from '../auth-options.ts'
import { memberAt } from '../next-page.ts'

/** A token as a vendor gave it. */
export type GivenToken = {
  token: string
  /** In how many milliseconds it ends; undefined where the vendor does not say: it is used until it is refused. */
  lifetimeMs: number | undefined
  /** In place of the one that was used. */
  refreshToken: string | undefined
}

/** @returns undefined where the JSON of an answer has no token. */
export function givenToken(json: unknown, at: TokenOptions['answer'] | undefined, nowMs: number): GivenToken | undefined {
  if (!isRecord(json)) return undefined
  const token = memberAt(json, at?.token ?? 'access_token')
  if (typeof token !== 'string' || token === '') return undefined
  const { refresh_token: refreshToken } = json
  return {
    token,
    lifetimeMs: lifetimeOf(json, at, nowMs),
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : undefined,
  }
}

function lifetimeOf(json: unknown, at: TokenOptions['answer'] | undefined, nowMs: number): number | undefined {
  const inAt = at ? at.expiresIn : 'expires_in'
  const given = inAt === undefined ? undefined : memberAt(json, inAt)
  const seconds = typeof given === 'number' || typeof given === 'string' ? Number(given) : undefined
  if (seconds !== undefined && Number.isFinite(seconds) && seconds > 0) return seconds * 1_000
  const end = at?.expiresAt === undefined ? undefined : memberAt(json, at.expiresAt)
  // Seconds since 1970 have ten digits, milliseconds thirteen.
  const endMs = typeof end === 'number' ? (end < 1e11 ? end * 1_000 : end) : typeof end === 'string' ? Date.parse(end) : Number.NaN
  return Number.isFinite(endMs) ? Math.max(0, endMs - nowMs) : undefined
}
