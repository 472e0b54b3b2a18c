import { isApiError } from '@crosswalk/client'
import { QueryCache, QueryClient } from '@tanstack/react-query'
import { sessionKey } from './queries/session.ts'

/** True where the server may answer the same question in a moment: it restarts, or something in between does. */
export function isServerAway(error: unknown): boolean {
  return (
    isApiError(error) &&
    (error.status === 0 || error.status === 502 || error.status === 503 || error.status === 504) &&
    error.code !== 'discovery_failed'
  )
}

const retryAfterMs = 2_000

/** What is known of the server. Queries that failed because it was away are asked again until it is back. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError(error, query) {
        if (isApiError(error, 'unauthenticated') && query.queryKey[0] !== sessionKey[0])
          void client.invalidateQueries({ queryKey: sessionKey })
      },
    }),
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 5_000,
        retry: (failures, error) => isServerAway(error) && failures < 1,
        retryDelay: 300,
        refetchInterval: (query) => (query.state.status === 'error' && isServerAway(query.state.error) ? retryAfterMs : false),
        refetchIntervalInBackground: true,
      },
      mutations: { networkMode: 'always' },
    },
  })
  return client
}

/** For queries that ask again and again: as often as wanted while all is well, and steadily until the server is back. */
export function pollEvery<Data>(
  query: { state: { data: Data | undefined; error: unknown; status: string } },
  interval: (data: Data | undefined) => number | false,
): number | false {
  if (query.state.status !== 'error') return interval(query.state.data)
  return isServerAway(query.state.error) ? retryAfterMs : false
}
