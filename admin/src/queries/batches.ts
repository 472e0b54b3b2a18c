import {
  type Batch,
  getBatch,
  type ListBatchExecutionsParams,
  type ListBatchesParams,
  listBatchExecutions,
  listBatches,
} from '@crosswalk/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { pollEvery } from '../server-state.ts'

export const batchesKey = ['batches'] as const

/** True while something of it runs or begins by itself. A paused batch waits for a person. */
export function isBatchLive({ status, counts }: Pick<Batch, 'status' | 'counts'>): boolean {
  return status === 'expanding' || status === 'running' || counts.running + counts.cancelling > 0
}

/** A page of batches, newest first. Asked for again, quickly while one of them runs. */
export const batchesPage = (parameters: ListBatchesParams) =>
  queryOptions({
    queryKey: [...batchesKey, 'page', parameters],
    queryFn: ({ signal }) => listBatches(parameters, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => pollEvery(query, (page) => (page?.batches.some(isBatchLive) ? 1_500 : 10_000)),
  })

export const batchOf = (id: string) =>
  queryOptions({
    queryKey: [...batchesKey, 'one', id],
    queryFn: ({ signal }) => getBatch(id, { signal }),
    refetchInterval: (query) => pollEvery(query, (batch) => (batch && isBatchLive(batch) ? 1_000 : batch?.is_paused ? 5_000 : false)),
  })

export const batchItemsKey = (id: string) => [...batchesKey, 'items', id] as const

/** A page of what a batch came to, for each organization. */
export const batchItemsPage = (id: string, parameters: ListBatchExecutionsParams, isLive: boolean) =>
  queryOptions({
    queryKey: [...batchItemsKey(id), parameters],
    queryFn: ({ signal }) => listBatchExecutions(id, parameters, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => pollEvery(query, () => (isLive ? 1_500 : false)),
  })

/** True where it tests mappings: whose items are not organizations, and whose success says something of its own. */
export function isOfTests({ kind }: Pick<Batch, 'kind'>): boolean {
  return kind === 'connection_test'
}
