import { listBatchFailureCauses, listFailureCauses, listTestCauses } from '@crosswalk/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { pollEvery } from '../server-state.ts'
import { batchesKey } from './batches.ts'
import { executionsKey } from './executions.ts'
import { mappingsKey } from './mappings.ts'

/** Why workflows failed in the last day, the most frequent cause first. */
export const recentCauses = queryOptions({
  queryKey: [...executionsKey, 'causes'],
  queryFn: async ({ signal }) => (await listFailureCauses({ hours: 24 }, { signal })).causes,
  refetchInterval: (query) => pollEvery(query, () => 30_000),
})

/** Why connection tests of mappings fail, the most frequent cause first. */
export const testCauses = queryOptions({
  queryKey: [...mappingsKey, 'causes'],
  queryFn: async ({ signal }) => (await listTestCauses({ signal })).causes,
  refetchInterval: (query) => pollEvery(query, () => 30_000),
})

/**
 * Why executions of a batch failed, the most frequent cause first. The number of failures is part of the key: each new
 * one asks again, the last one of a batch that ends too.
 */
export const causesOfBatch = (id: string, failures: number) =>
  queryOptions({
    queryKey: [...batchesKey, 'causes', id, failures],
    queryFn: async ({ signal }) => (await listBatchFailureCauses(id, { signal })).causes,
    placeholderData: keepPreviousData,
  })
