import { type Batch, retryFailedOfBatch } from '@crosswalk/client'
import { Divider, Stack } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Fragment } from 'react'
import { LoadState } from '../elements/load-state.tsx'
import { notifyFailure } from '../elements/notify.tsx'
import { Panel } from '../elements/panel.tsx'
import { causeOfExecutions } from '../parts/causes/cause.ts'
import { CauseItem } from '../parts/causes/cause-item.tsx'
import { batchesKey, batchOf, isOfTests } from '../queries/batches.ts'
import { causesOfBatch } from '../queries/causes.ts'
import { failedOf } from './batch-progress.tsx'

/** Why executions of a batch failed: each reason once, whom it hit, and what to do about all of them. */
export function BatchCauses({ batch, onRetried }: { batch: Batch; onRetried: () => void }) {
  const id = batch.batch_id
  const { data, error, refetch, isFetching } = useQuery(causesOfBatch(id, failedOf(batch)))
  const queries = useQueryClient()
  const retrying = useMutation({
    mutationFn: (cause: string) => retryFailedOfBatch(id, { cause }),
    onSuccess(next) {
      queries.setQueryData(batchOf(id).queryKey, next)
      onRetried()
    },
    onError: (failure) => notifyFailure('Nothing was retried', failure),
    onSettled: () => queries.invalidateQueries({ queryKey: batchesKey }),
  })
  if (data?.length === 0) return null
  return (
    <Panel title="Why it failed">
      <LoadState query={{ data, error, refetch, isFetching }} label="Loading the causes" failed="The causes could not be loaded" rows={2} />
      <Stack gap="md">
        {data?.map((cause, index) => (
          <Fragment key={cause.cause}>
            {index > 0 && <Divider />}
            <CauseItem
              isOfTests={isOfTests(batch)}
              cause={causeOfExecutions(cause)}
              onRetry={() => retrying.mutate(cause.cause)}
              isRetrying={retrying.isPending && retrying.variables === cause.cause}
              retryReason={batch.status === 'cancelled' ? 'The batch was cancelled. Start a new one.' : undefined}
            />
          </Fragment>
        ))}
      </Stack>
    </Panel>
  )
}
