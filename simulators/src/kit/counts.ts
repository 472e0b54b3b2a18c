/** What a simulator did since its start. */
export type Counts = {
  requests: number
  /** Tokens that were given out. */
  tokens: number
  /** Refused by the vendor's own limits; faults do not count here. */
  overLimit: number
  /** Most requests that were open at the same time. */
  maxParallel: number
  byStatus: Record<string, number>
}

export function createCounts(): Counts {
  return { requests: 0, tokens: 0, overLimit: 0, maxParallel: 0, byStatus: {} }
}
