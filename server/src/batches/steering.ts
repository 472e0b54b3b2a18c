import { type Acting, changesBetween, recordAudit } from '../audit/audit.ts'
import type { BatchFields } from '../audit/audit-event.ts'
import { cancelExecutions, holdExecutions, releaseExecutions } from '../engine/state/batched.ts'
import type { EndHandler } from '../engine/state/requests.ts'
import { type Database, inScope, type Scope, type Transaction } from '../platform/database/database.ts'
import { type BatchRow, lockBatchRow, reopenFailedItems, skipItemsOf, updateBatchRow } from './batches.queries.ts'
import { batchError, targetOf } from './batches.ts'

type Steering = {
  db: Database
  /** What the slices do when one of a batch's executions ends. */
  endHandlers: readonly EndHandler[]
  /** Of the one who steers: all of the batch is in it. */
  scope: Scope
}

/** One change of a batch at a time, and none while a chunk of it is submitted. @throws batch_not_found */
async function lockBatch(transaction: Transaction, id: string): Promise<BatchRow> {
  const batch = await lockBatchRow(transaction, id)
  if (!batch) throw batchError('batch_not_found')
  return batch
}

function requireOpen(batch: BatchRow): void {
  if (batch.state === 'cancelled') throw batchError('batch_cancelled')
  if (batch.completed_at !== null) throw batchError('batch_finished')
}

const auditedFields = ({ is_paused, state }: BatchRow): BatchFields => ({ is_paused, is_cancelled: state === 'cancelled' })

async function change(
  transaction: Transaction,
  acting: Acting,
  action: 'batch.paused' | 'batch.resumed' | 'batch.cancelled',
  before: BatchRow,
  after: BatchRow,
): Promise<void> {
  await updateBatchRow(transaction, after)
  const changes = changesBetween(auditedFields(before), auditedFields(after))
  await recordAudit(transaction, acting, { action, organizationId: null, target: targetOf(before), changes })
}

/**
 * Lets no worker take another execution of the batch; what runs continues to its end. Safe to repeat.
 *
 * @throws batch_not_found, batch_finished, batch_cancelled
 */
export function pauseBatch({ db, scope }: Steering, acting: Acting, id: string): Promise<void> {
  return inScope(db, scope, (transaction) => pauseBatchWithin(transaction, acting, id))
}

/** The same as part of what else a transaction does, in whose scope all of the batch is; so are those below. */
export async function pauseBatchWithin(transaction: Transaction, acting: Acting, id: string): Promise<void> {
  const batch = await lockBatch(transaction, id)
  requireOpen(batch)
  if (batch.is_paused) return
  await change(transaction, acting, 'batch.paused', batch, { ...batch, is_paused: true })
  await holdExecutions(transaction, id)
}

/**
 * Resumes a paused batch. Organizations that were deactivated meanwhile are skipped. Safe to repeat.
 *
 * @throws batch_not_found, batch_finished, batch_cancelled
 */
export function resumeBatch({ db, scope, endHandlers }: Steering, acting: Acting, id: string): Promise<void> {
  return inScope(db, scope, (transaction) => resumeBatchWithin(transaction, endHandlers, acting, id))
}

export async function resumeBatchWithin(
  transaction: Transaction,
  endHandlers: readonly EndHandler[],
  acting: Acting,
  id: string,
): Promise<void> {
  const batch = await lockBatch(transaction, id)
  requireOpen(batch)
  if (!batch.is_paused) return
  await change(transaction, acting, 'batch.resumed', batch, { ...batch, is_paused: false })
  await skipItemsOf(transaction, id, await releaseExecutions(transaction, id, endHandlers))
  transaction.tell('batch.expanding', id)
}

/**
 * Ends what has not ended: what waits at once, what runs through its workers. Safe to repeat.
 *
 * @throws batch_not_found, batch_finished
 */
export function cancelBatch({ db, scope, endHandlers }: Steering, acting: Acting, id: string): Promise<void> {
  return inScope(db, scope, (transaction) => cancelBatchWithin(transaction, endHandlers, acting, id))
}

export async function cancelBatchWithin(
  transaction: Transaction,
  endHandlers: readonly EndHandler[],
  acting: Acting,
  id: string,
): Promise<void> {
  const batch = await lockBatch(transaction, id)
  if (batch.state === 'cancelled') return
  requireOpen(batch)
  await change(transaction, acting, 'batch.cancelled', batch, { ...batch, state: 'cancelled', is_paused: false })
  await cancelExecutions(transaction, id, endHandlers)
}

/**
 * Runs again, as new executions, what failed or took too long, and nothing else. They take the places of the failed ones, and continue
 * from their failed steps as any retry does; connection tests begin again, with their mappings as they are now.
 *
 * @param cause only what failed for it
 * @returns how many
 * @throws batch_not_found, batch_cancelled
 */
export function retryFailed({ db, scope }: Steering, acting: Acting, id: string, cause?: string): Promise<number> {
  return inScope(db, scope, (transaction) => retryFailedWithin(transaction, acting, id, cause))
}

export async function retryFailedWithin(transaction: Transaction, acting: Acting, id: string, cause?: string): Promise<number> {
  const batch = await lockBatch(transaction, id)
  if (batch.state === 'cancelled') throw batchError('batch_cancelled')
  const reopened = await reopenFailedItems(transaction, id, cause)
  if (reopened === 0) return 0
  await updateBatchRow(transaction, { ...batch, state: 'expanding' })
  const target = { ...targetOf(batch), executions: reopened }
  await recordAudit(transaction, acting, { action: 'batch.retried', organizationId: null, target, changes: {} })
  transaction.tell('batch.expanding', id)
  return reopened
}
