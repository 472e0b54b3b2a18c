import { isApiError } from '@crosswalk/client'

/** True where the server may answer the same question in a moment: it restarts, or something in between does. */
export function isServerAway(error: unknown): boolean {
  return (
    isApiError(error) &&
    (error.status === 0 || error.status === 502 || error.status === 503 || error.status === 504) &&
    error.code !== 'discovery_failed'
  )
}

export const retryAfterMs = 2_000

/** For queries that ask again and again: as often as wanted while all is well, and steadily until the server is back. */
export function pollEvery<Data>(
  query: { state: { data: Data | undefined; error: unknown; status: string } },
  interval: (data: Data | undefined) => number | false,
): number | false {
  if (query.state.status !== 'error') return interval(query.state.data)
  return isServerAway(query.state.error) ? retryAfterMs : false
}
