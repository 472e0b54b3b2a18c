/** So many requests in any span of time of this length. */
export type SlidingLimit = { requests: number; perMs: number }

/** Counts requests against sliding limits. A refused request does not count. */
export function createSlidingLimits(limits: readonly SlidingLimit[], now: () => Date): { waitMs(): number; take(): void } {
  const taken: number[] = []
  const maxPerMs = Math.max(0, ...limits.map(({ perMs }) => perMs))
  return {
    /** Until one more is admitted; 0 when it is now. */
    waitMs() {
      const nowMs = now().getTime()
      const waits = limits.map(({ requests, perMs }) => {
        const oldest = taken[taken.length - requests]
        return oldest === undefined ? 0 : oldest + perMs - nowMs
      })
      return Math.max(0, ...waits)
    },
    take() {
      if (limits.length === 0) return
      const nowMs = now().getTime()
      taken.push(nowMs)
      while (taken.length > 0 && (taken[0] ?? nowMs) <= nowMs - maxPerMs) taken.shift()
    },
  }
}
