import { getExecution, getExecutionStatistics, type ListExecutionsParams, listExecutions } from '@crosswalk/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { pollEvery } from '../server-state.ts'

export const executionsKey = ['executions'] as const
const runningStatuses = new Set(['pending', 'running', 'cancelling'])

/** True until nothing more will happen to it. */
export function isUnderWay(status: string): boolean {
  return runningStatuses.has(status)
}

/** A page of executions, newest first. Asked for again, quickly while one of them runs. */
export const executionsPage = (parameters: ListExecutionsParams) =>
  queryOptions({
    queryKey: [...executionsKey, 'page', parameters],
    queryFn: ({ signal }) => listExecutions(parameters, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => pollEvery(query, (page) => (page?.executions.some(({ status }) => isUnderWay(status)) ? 1_500 : 10_000)),
  })

export const executionOf = (id: string) =>
  queryOptions({
    queryKey: [...executionsKey, 'one', id],
    queryFn: ({ signal }) => getExecution(id, { signal }),
    refetchInterval: (query) => pollEvery(query, (execution) => (execution && isUnderWay(execution.status) ? 1_000 : false)),
  })

/** How workflows went in the last hours, by hour and by workflow. */
export const executionStatistics = (hours: number) =>
  queryOptions({
    queryKey: [...executionsKey, 'statistics', hours],
    queryFn: ({ signal }) => getExecutionStatistics({ hours }, { signal }),
    // Whoever comes back to the page has just run something.
    staleTime: 0,
    refetchInterval: (query) => pollEvery(query, () => 30_000),
  })
