import type { HttpRetry } from './options.ts'
import type { VendorError } from './vendor-error.ts'

const repeatableMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
/** Without a Retry-After. */
const maxDelayMs = 32_000
/** A vendor that asks for it again and again is not hurried, nor asked for ever. */
const maxRefusals = 50
const maxUnsaidRefusals = 6

/** What happened to the attempts so far. */
export type Attempts = { /** All. */ made: number /** How many ended with "not now". */; refusals: number }

export type Repeating = Required<HttpRetry> & { isLimited: boolean }

/** The rule of one call: its own, then the client's. */
export function repeatingOf(ofClient: HttpRetry | undefined, ofCall: HttpRetry | undefined): Repeating {
  const given = { ...ofClient, ...ofCall }
  return {
    maxAttempts: Math.max(1, given.maxAttempts ?? 3),
    isRepeatable: given.isRepeatable ?? false,
    initialDelayMs: given.initialDelayMs ?? 1_000,
    isLimited: given.maxAttempts !== undefined,
  }
}

/** Whether the vendor says that it did nothing, and that it may later. */
export function isRefusal({ kind, status, retryAfterMs }: VendorError): boolean {
  return (kind === 'rate_limited' && status !== undefined) || (status === 503 && retryAfterMs !== undefined)
}

/**
 * How long is waited before the next attempt; undefined where there is none: it would not help, or might do twice what was done.
 *
 * @param random from 0 up to 1
 */
export function delayBeforeNext(
  failure: VendorError,
  method: string,
  attempts: Attempts,
  rule: Repeating,
  random: () => number,
): number | undefined {
  const backoffMs = (times: number) => Math.min(maxDelayMs, rule.initialDelayMs * 2 ** Math.max(0, times - 1))
  if (isRefusal(failure)) {
    const { refusals } = attempts
    if (rule.isLimited && attempts.made >= rule.maxAttempts) return undefined
    const asked = failure.retryAfterMs
    if (refusals >= (asked === undefined ? maxUnsaidRefusals : maxRefusals)) return undefined
    return asked === undefined ? backoffMs(refusals) : Math.max(asked, refusals <= 1 ? 0 : Math.min(8_000, backoffMs(refusals - 1)))
  }
  if (attempts.made - attempts.refusals >= rule.maxAttempts || !mayPass(failure)) return undefined
  const isSafe = rule.isRepeatable || repeatableMethods.has(method) || failure.details.is_sent === false
  return isSafe ? Math.round(backoffMs(attempts.made - attempts.refusals) * (0.5 + random() / 2)) : undefined
}

/** Whether another attempt may succeed. */
function mayPass({ kind, status, details }: VendorError): boolean {
  if (status === 501 || status === 505 || status === 407) return false
  if (kind === 'unavailable')
    return !/^(CERT_|ERR_TLS_|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ENOTFOUND|ERR_INVALID_URL)/.test(String(details.reason))
  // A body that broke off may be whole the next time.
  return kind === 'timeout' || (kind === 'invalid_response' && details.is_sent === true)
}
