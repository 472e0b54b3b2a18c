import type { SimulatedVendor } from '@crosswalk/sdk/testing'

/** What can go wrong with this vendor. Each stays until `clear()`, or for a number of requests where it says so. */
export type MyIntegrationFaults = {
  /** Everything is 503. */
  down(): void
  /** Everything answers this much later, in milliseconds, or when all is cleared. */
  slow(ms: number): void
  /** The next `times` requests (default 1) are 429 with `Retry-After` in seconds (default 1). */
  tooManyRequests(options?: { times?: number; retryAfterSeconds?: number }): void
  /** Connections close: before an answer (default), or in the middle of its body. For `times` requests, else until cleared. */
  cut(options?: { when?: 'before' | 'midway'; times?: number }): void
  /** Listing breaks at this page, 1 for the first, with this status (default 500). Other pages work. */
  failPage(page: number, status?: number): void
  /** The API key that worked is refused with 401, as after it was revoked. */
  rejectCredentials(): void
  /** All is well again. */
  clear(): void
}

/** Puts the faults of this vendor on top of the general ones. `isRejecting` tells the authentication what was asked for. */
export function createMyIntegrationFaults(vendorFaults: () => SimulatedVendor['faults']): {
  faults: MyIntegrationFaults
  isRejecting: () => boolean
} {
  let rejecting = false
  return {
    isRejecting: () => rejecting,
    faults: {
      down: () => vendorFaults().hold({ kind: 'status', status: 503, body: { error: 'unavailable', message: 'Down for maintenance.' } }),
      slow: (ms) => vendorFaults().hold({ kind: 'delay', ms }),
      tooManyRequests: ({ times = 1, retryAfterSeconds = 1 } = {}) =>
        vendorFaults().next(
          { kind: 'status', status: 429, retryAfterSeconds, body: { error: 'rate_limited', message: 'Too many requests.' } },
          times,
        ),
      cut({ when = 'before', times } = {}) {
        if (times === undefined) vendorFaults().hold({ kind: 'cut', when })
        else vendorFaults().next({ kind: 'cut', when }, times)
      },
      failPage: (page, status = 500) =>
        vendorFaults().hold(
          { kind: 'status', status, body: { error: 'internal', message: `Page ${page} cannot be read.` } },
          ({ path, query }) => path === '/organizations' && Number(query.get('page') ?? 1) === page,
        ),
      rejectCredentials: () => {
        rejecting = true
      },
      clear: () => {
        rejecting = false
        vendorFaults().clear()
      },
    },
  }
}
