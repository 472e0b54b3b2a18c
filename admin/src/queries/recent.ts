import { type ExecutionSummary, listExecutions } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'
import { everyPage } from './every-page.ts'
import { executionsKey } from './executions.ts'

/** At most so many are read for a chart. */
export const mostRecent = 2_000

/** The workflows that ran within the last hours, newest first. */
export const recentWorkflows = (hours: number) =>
  queryOptions({
    queryKey: [...executionsKey, 'recent', hours],
    queryFn: ({ signal }): Promise<{ items: ExecutionSummary[]; isComplete: boolean }> => {
      const since = new Date(Date.now() - hours * 3_600_000).toISOString()
      const read = (cursor: string | undefined) =>
        listExecutions({ kind: 'workflow', since, limit: 200, ...(cursor ? { cursor } : {}) }, { signal })
      return everyPage(read, (page) => page.executions, mostRecent)
    },
    refetchInterval: 30_000,
  })

/** What failed last, of all kinds. */
export const recentFailures = queryOptions({
  queryKey: [...executionsKey, 'failures'],
  queryFn: async ({ signal }) => (await listExecutions({ status: 'failed', limit: 8 }, { signal })).executions,
  refetchInterval: 30_000,
})
