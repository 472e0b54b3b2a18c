import type { JsonValue } from '../json.ts'
import type { VendorRequest } from './vendor-routes.ts'

/** Something that goes wrong with one request. */
export type VendorFault =
  /** Answers this instead of what the route would. */
  | { kind: 'status'; status: number; retryAfterSeconds?: number; body?: JsonValue }
  /** Answers as always, later: after this time, or when the faults are cleared. */
  | { kind: 'delay'; ms: number }
  /** Closes the connection: before a byte was sent, or in the middle of the body. */
  | { kind: 'cut'; when: 'before' | 'midway' }

/** Which requests a fault is for. Default: all. */
export type FaultFilter = (request: VendorRequest) => boolean

/** Breaks a vendor on demand. */
export type FaultControl = {
  /** For the next `times` requests that pass the filter (default: one). Faults queue; each request takes the oldest that fits. */
  next(fault: VendorFault, times?: number, filter?: FaultFilter): void
  /** For every request that passes the filter, until {@link FaultControl.clear}. Queued ones come first. */
  hold(fault: VendorFault, filter?: FaultFilter): void
  /** Ends all faults. What is delayed is answered now. */
  clear(): void
}

type Armed = { fault: VendorFault; filter: FaultFilter; left: number }

/** Makes a control, the function that takes the fault for a request, and the signal that aborts when the faults of now are cleared. */
export function createFaults(): {
  control: FaultControl
  take: (request: VendorRequest) => VendorFault | undefined
  cleared: () => AbortSignal
} {
  let clearing = new AbortController()
  const queued: Armed[] = []
  const held: Armed[] = []
  const everything = () => true
  return {
    control: {
      next: (fault, times = 1, filter = everything) => void queued.push({ fault, filter, left: times }),
      hold: (fault, filter = everything) => void held.push({ fault, filter, left: Number.POSITIVE_INFINITY }),
      clear: () => {
        queued.length = 0
        held.length = 0
        clearing.abort()
        clearing = new AbortController()
      },
    },
    cleared: () => clearing.signal,
    take(request) {
      const next = queued.find((armed) => armed.left > 0 && armed.filter(request))
      if (next) {
        next.left -= 1
        return next.fault
      }
      return held.findLast((armed) => armed.filter(request))?.fault
    },
  }
}
