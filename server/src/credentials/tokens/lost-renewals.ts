import type { VendorFailure } from '../vendor-failures.ts'
import type { TokenRow } from './tokens.queries.ts'

/** Of the client, and not of its refresh token. */
const ofClient = new Set(['invalid_client', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope'])

/**
 * A refusal after a renewal that was cut off: the vendor may have replaced the refresh token then, and what it put in its place came to nobody.
 * The old one is tried all the same, since many vendors take it for some time. Where it is refused, only a person can help.
 *
 * @param lostAt since when nobody knows
 * @param remedy what a person does, as a sentence
 */
export function asLost(failure: VendorFailure, lostAt: Date, host: string, remedy: string): VendorFailure {
  if (failure.kind !== 'credentials' || ofClient.has(failure.vendorCode ?? '')) return failure
  const said = [...new Set([failure.vendorCode, failure.vendorMessage])].filter((part) => part !== undefined).join(': ')
  return {
    ...failure,
    reason: 'renewal_lost',
    message: `A renewal at ${host} was cut off around ${shown(lostAt)}. The vendor seems to have replaced the refresh token then, and refuses the one that is kept${said === '' ? '' : ` (${said.replace(/[\s.]+$/, '')})`}. ${remedy}`,
  }
}

const shown = (time: Date) => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** A worker that was cut off from the database alone has what the vendor answered, and stores it as soon as it can. */
const patienceMs = 2_000

/** Decides when the renewal of a refresh token is taken over from a worker that is not heard of: not in the moment when the database is back. */
export class TakeOver {
  #seen: { renewer: string; atMs: number } | undefined

  /** True while it is too early. */
  isEarly({ renewer, renewal_rest_ms: restMs }: TokenRow, nowMs: number): boolean {
    if (renewer === null || (restMs ?? 0) > 0) return false
    if (this.#seen?.renewer !== renewer) this.#seen = { renewer, atMs: nowMs }
    return nowMs - this.#seen.atMs < patienceMs
  }
}
