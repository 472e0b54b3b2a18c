import { listExecutionExchanges, listVendors } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'
import { pollEvery } from '../server-state.ts'
import { everyPage, given } from './every-page.ts'

/** So many calls of one execution are shown. */
export const maxExchanges = 1_000

/** What an execution asked of vendors. Asked for again while it runs, and once more after its end: the last ones are written then. */
export const exchangesOf = (executionId: string, isUnderWay: boolean) =>
  queryOptions({
    queryKey: ['exchanges', executionId, isUnderWay],
    queryFn: ({ signal }) => {
      const read = (cursor: string | undefined) => listExecutionExchanges(executionId, given({ limit: 200, cursor }), { signal })
      return everyPage(read, (page) => page.exchanges, maxExchanges)
    },
    refetchInterval: (query) => pollEvery(query, () => (isUnderWay ? 2_000 : query.state.dataUpdateCount < 2 && 1_000)),
  })

/** The hosts that an integration calls, and how their budgets are. */
export const vendorsOf = (integration: string) =>
  queryOptions({
    queryKey: ['vendors', integration],
    queryFn: async ({ signal }) => (await listVendors({ integration, limit: 200 }, { signal })).vendors,
    refetchInterval: (query) => pollEvery(query, () => 5_000),
  })
