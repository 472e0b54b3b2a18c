import type { Acting } from '../audit/audit.ts'
import { cancelExecutions, holdExecutions, releaseExecutions } from '../engine/state/batched.ts'
import type { EndHandler } from '../engine/state/requests.ts'
import { type Database, inScope, type Scope, type Transaction } from '../platform/database/database.ts'
import { type BatchRow, lockBatchRow, reopenFailedItems, skipItemsOf, updateBatchRow } from './batches.queries.ts'
import { batchError, recordBatch } from './batches.ts'

type Steering = {
  db: Database
  /** What the slices do when one of a batch's executions ends. */
  endHandlers: readonly EndHandler[]
  /** Of whoever steers: all of the batch is in it. */
  scope: Scope
}

/** One change of a batch at a time, and none while a chunk of it is submitted. */
function change<T>({ db, scope }: Steering, id: string, work: (transaction: Transaction, batch: BatchRow) => Promise<T>): Promise<T> {
  return inScope(db, scope, async (transaction) => {
    const batch = await lockBatchRow(transaction, id)
    if (!batch) throw batchError('batch_not_found')
    return work(transaction, batch)
  })
}

function requireOpen(batch: BatchRow): void {
  if (batch.state === 'cancelled') throw batchError('batch_cancelled')
  if (batch.completed_at !== null) throw batchError('batch_finished')
}

/**
 * Lets no worker take another execution of the batch; what runs goes on to its end. Safe to repeat.
 *
 * @throws batch_finished, batch_cancelled
 */
export function pauseBatch(steering: Steering, acting: Acting, id: string): Promise<void> {
  return change(steering, id, async (transaction, batch) => {
    requireOpen(batch)
    if (batch.is_paused) return
    await updateBatchRow(transaction, { ...batch, is_paused: true })
    await holdExecutions(transaction, id)
    await recordBatch(transaction, acting, 'batch.paused', batch)
  })
}

/**
 * Goes on with a paused batch. Organizations that were deactivated meanwhile are skipped. Safe to repeat.
 *
 * @throws batch_finished, batch_cancelled
 */
export function resumeBatch(steering: Steering, acting: Acting, id: string): Promise<void> {
  return change(steering, id, async (transaction, batch) => {
    requireOpen(batch)
    if (!batch.is_paused) return
    await updateBatchRow(transaction, { ...batch, is_paused: false })
    await skipItemsOf(transaction, id, await releaseExecutions(transaction, id, steering.endHandlers))
    transaction.tell('batch.expanding', id)
    await recordBatch(transaction, acting, 'batch.resumed', batch)
  })
}

/**
 * Ends what has not ended: what waits at once, what runs through its workers. Safe to repeat.
 *
 * @throws batch_finished
 */
export function cancelBatch(steering: Steering, acting: Acting, id: string): Promise<void> {
  return change(steering, id, async (transaction, batch) => {
    if (batch.state === 'cancelled') return
    requireOpen(batch)
    await updateBatchRow(transaction, { ...batch, state: 'cancelled', is_paused: false })
    await cancelExecutions(transaction, id, steering.endHandlers)
    await recordBatch(transaction, acting, 'batch.cancelled', batch)
  })
}

/**
 * Runs again, as new executions, what failed or took too long, and nothing else. They take the places of the failed ones, and go on
 * from their failed steps as any retry does; connection tests begin anew, with their mappings as they are now.
 *
 * @param cause only what failed for it
 * @returns how many
 * @throws batch_cancelled
 */
export function retryFailed(steering: Steering, acting: Acting, id: string, cause?: string): Promise<number> {
  return change(steering, id, async (transaction, batch) => {
    if (batch.state === 'cancelled') throw batchError('batch_cancelled')
    const reopened = await reopenFailedItems(transaction, id, cause)
    if (reopened === 0) return 0
    await updateBatchRow(transaction, { ...batch, state: 'expanding' })
    await recordBatch(transaction, acting, 'batch.retried', batch, { executions: reopened })
    transaction.tell('batch.expanding', id)
    return reopened
  })
}
