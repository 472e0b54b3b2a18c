import { type Execution, executionError } from '../engine/state/executions.ts'
import type { Transaction } from '../platform/database/database.ts'
import { findItemExecution, lockBatchRow, replaceItemExecution, updateBatchRow } from './batches.queries.ts'
import { batchError } from './batches.ts'

/** The place that an execution has in a batch, and that its retry takes. */
type Place = { batch: { id: string; isPaused: boolean }; giveTo(executionId: string): Promise<void> }

/**
 * Locks the place of a workflow's execution in its batch, for another attempt that continues from it. The batch is open again with it.
 *
 * @param transaction across all organizations where the execution is of a batch
 * @returns undefined where it is of no batch, or of one that is not kept any more
 * @throws batch_cancelled
 * @throws execution_retried - the batch has another attempt in that place; `details.execution_id` is null where that waits to be submitted.
 */
export async function takePlace(transaction: Transaction, { id, batchId, organizationId }: Execution): Promise<Place | undefined> {
  const batch = batchId === null ? undefined : await lockBatchRow(transaction, batchId)
  if (!batch || organizationId === null) return undefined
  if (batch.state === 'cancelled') throw batchError('batch_cancelled')
  const current = await findItemExecution(transaction, batch.id, organizationId)
  if (current !== id) throw executionError('execution_retried', { execution_id: current ?? null, batch_id: batch.id })
  return {
    batch: { id: batch.id, isPaused: batch.is_paused },
    async giveTo(executionId) {
      await replaceItemExecution(transaction, batch.id, organizationId, executionId)
      await updateBatchRow(transaction, batch)
    },
  }
}
