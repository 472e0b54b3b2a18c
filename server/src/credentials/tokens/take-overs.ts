import type { TokenRow } from './tokens.queries.ts'

/** A worker that was cut off from the database alone has what the vendor answered, and stores it as soon as it can. */
const patienceMs = 2_000
const maxSeen = 1_000

/** Decides when the renewal of a refresh token is taken over from a worker that is not heard of: not in the moment when the database is back. */
export class TakeOvers {
  /** When the renewals that seem to be abandoned were first found so. */
  readonly #seen = new Map<string, number>()

  /** True while it is too early. */
  isEarly({ renewer, renewal_rest_ms: restMs }: TokenRow, nowMs: number): boolean {
    if (renewer === null || (restMs ?? 0) > 0) return false
    if (this.#seen.size >= maxSeen) this.#seen.clear()
    const since = this.#seen.get(renewer) ?? nowMs
    this.#seen.set(renewer, since)
    return nowMs - since < patienceMs
  }
}
