import { isApiError } from '@crosswalk/client'
import { QueryCache, QueryClient } from '@tanstack/react-query'
import { isServerAway, retryAfterMs } from '../server-state.ts'
import { type AskForProof, ProvingMutations } from './proving-mutations.ts'
import { sessionKey } from './session.ts'

/** What is known of the server. Queries that failed because it was away are asked again until it is back. */
export function createQueryClient(askForProof: AskForProof): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError(error, query) {
        if (isApiError(error, 'unauthenticated') && query.queryKey[0] !== sessionKey[0])
          void client.invalidateQueries({ queryKey: sessionKey })
      },
    }),
    mutationCache: new ProvingMutations(askForProof),
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
