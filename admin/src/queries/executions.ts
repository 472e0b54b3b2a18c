import { getExecution, getExecutionStatistics, type ListExecutionsParams, listExecutions } from '@crosswalk/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { pollEvery } from '../server-state.ts'

export const executionsKey = ['executions'] as const
const liveStatuses = new Set(['pending', 'running', 'cancelling'])

/** True while something of it happens, or is about to. */
function isLive(status: string): boolean {
  return liveStatuses.has(status)
}

/** True until nothing more will happen to it. */
export function isUnderWay(status: string): boolean {
  return isLive(status) || status === 'waiting'
}

/** A page of executions, newest first. Asked for again, quickly while one of them runs. */
export const executionsPage = (parameters: ListExecutionsParams) =>
  queryOptions({
    queryKey: [...executionsKey, 'page', parameters],
    queryFn: ({ signal }) => listExecutions(parameters, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => pollEvery(query, (page) => (page?.executions.some(({ status }) => isLive(status)) ? 1_500 : 10_000)),
  })

export const executionOf = (id: string) =>
  queryOptions({
    queryKey: [...executionsKey, 'one', id],
    queryFn: ({ signal }) => getExecution(id, { signal }),
    refetchInterval: (query) =>
      pollEvery(query, (execution) => {
        if (!execution || !isUnderWay(execution.status)) return false
        return isLive(execution.status) ? 1_000 : 5_000
      }),
  })

/** How workflows went in the last hours, by hour and by workflow. */
export const executionStatistics = (hours: number) =>
  queryOptions({
    queryKey: [...executionsKey, 'statistics', hours],
    queryFn: ({ signal }) => getExecutionStatistics({ hours }, { signal }),
    // A person who comes back to the page has just run something.
    staleTime: 0,
    refetchInterval: (query) => pollEvery(query, () => 30_000),
  })
