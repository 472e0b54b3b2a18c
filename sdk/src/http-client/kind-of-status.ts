import { saysWrongCredentials } from '../refused-credentials.ts'
import type { VendorErrorKind } from './vendor-error.ts'

/** What kind a status is, beside what the vendor says of it. */
export function kindOfStatus(status: number, said: string): VendorErrorKind {
  if (status === 401) return 'credentials'
  if (status === 403) return saysRateLimit(said) ? 'rate_limited' : saysWrongCredentials(said) ? 'credentials' : 'permission'
  if (status === 404 || status === 410) return 'not_found'
  if (status === 408 || status === 504) return 'timeout'
  if (status === 425 || status === 429) return 'rate_limited'
  if (status === 423 || status >= 500 || status === 407) return 'unavailable'
  if (status < 400) return 'invalid_response'
  return saysWrongCredentials(said) ? 'credentials' : 'invalid_request'
}

/** In prose, or in a code such as `rate_limit_exceeded` and `userRateLimitExceeded`. */
function saysRateLimit(said: string): boolean {
  const inProse = /\b(rate limit|too many requests|throttl(ed|ing)|quota exceeded)\b/i
  const asCode =
    /(rate[_-]?limit(ed|[_-]?(exceeded|reached|error))|(?<![a-z])too[_-]many[_-]requests|toomanyrequests|quota[_-]?exceeded)(?![a-z])/i
  return inProse.test(said) || asCode.test(said)
}
