import { type Batch, cancelBatch, pauseBatch, resumeBatch, retryFailedOfBatch } from '@crosswalk/client'
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconRefresh } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ActionButton } from '../elements/action-button.tsx'
import { askToConfirm } from '../elements/confirm.tsx'
import { notifyFailure } from '../elements/notify.tsx'
import { useLack } from '../parts/grants/use-may.ts'
import { batchesKey, batchOf, isOfTests } from '../queries/batches.ts'
import { failedOf } from './batch-progress.tsx'

/** Changes a batch, and shows at once how it is then; where someone else was faster, too. */
function useSteering(id: string, steer: (id: string) => Promise<Batch>, failure: string, onDone?: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => steer(id),
    async onSuccess(batch) {
      queries.setQueryData(batchOf(id).queryKey, batch)
      onDone?.()
      await queries.invalidateQueries({ queryKey: batchesKey })
    },
    async onError(error) {
      notifyFailure(failure, error)
      await queries.invalidateQueries({ queryKey: batchesKey })
    },
  })
}

/** Why nothing of the batch can be held or ended any more. */
function whyOver({ status }: Batch): string | undefined {
  if (status === 'finished') return 'It has ended.'
  return status === 'cancelled' ? 'It was cancelled.' : undefined
}

function whyNoRetry(batch: Batch): string | undefined {
  if (batch.status === 'cancelled') return 'It was cancelled. Start a new one.'
  return failedOf(batch) === 0 ? 'Nothing of it has failed.' : undefined
}

/** Pausing a batch, resuming it, ending it, and running again what failed. */
export function BatchActions({ batch, onRetried }: { batch: Batch; onRetried: () => void }) {
  const id = batch.batch_id
  const pausing = useSteering(id, pauseBatch, 'It was not paused')
  const resuming = useSteering(id, resumeBatch, 'It was not resumed')
  const cancelling = useSteering(id, cancelBatch, 'It was not cancelled')
  const retrying = useSteering(id, retryFailedOfBatch, 'Nothing was run again', onRetried)
  const lack = useLack('canRunWorkflows', undefined, batch.kind === 'workflow' ? { workflow: batch.workflow_name } : {})
  const over = whyOver(batch)
  const failed = failedOf(batch)
  const cancel = async () => {
    const open = (batch.total - batch.done).toLocaleString()
    const text = `${open} of ${batch.total.toLocaleString()} have not ended. Those that wait will not run, and those that are running end within seconds. What is done stays done. A cancelled batch cannot be resumed.`
    if (await askToConfirm({ title: 'Cancel this batch?', text, confirm: 'Cancel it', cancel: 'Let it run', isDangerous: true }))
      cancelling.mutate()
  }
  return (
    <>
      {batch.is_paused && over === undefined ? (
        <ActionButton
          leftSection={<IconPlayerPlay size={16} />}
          reason={lack}
          onClick={() => resuming.mutate()}
          loading={resuming.isPending}
        >
          Resume
        </ActionButton>
      ) : (
        <ActionButton
          variant="default"
          leftSection={<IconPlayerPause size={16} />}
          reason={lack ?? over}
          onClick={() => pausing.mutate()}
          loading={pausing.isPending}
        >
          Pause
        </ActionButton>
      )}
      <ActionButton
        variant="default"
        leftSection={<IconPlayerStop size={16} />}
        reason={lack ?? over}
        onClick={cancel}
        loading={cancelling.isPending}
      >
        Cancel
      </ActionButton>
      <ActionButton
        variant={failed > 0 && over !== undefined ? 'filled' : 'default'}
        leftSection={<IconRefresh size={16} />}
        reason={lack ?? whyNoRetry(batch)}
        onClick={() => retrying.mutate()}
        loading={retrying.isPending}
      >
        {isOfTests(batch) ? 'Test the failed ones again' : 'Retry the failed ones'}
      </ActionButton>
    </>
  )
}
