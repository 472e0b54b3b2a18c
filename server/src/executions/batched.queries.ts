import { sql, type Transaction } from '../platform/database.ts'
import { notifyPart } from '../platform/notifications.ts'
import type { ExecutionRow } from './executions.queries.ts'

/** Takes what waits away from the workers. What runs goes on. */
export async function holdPendingRows(transaction: Transaction, batchId: string): Promise<void> {
  await transaction.query(sql`update executions set status = 'held' where batch_id = ${batchId} and status = 'pending'`)
}

/** Gives held executions back to the workers, who hear of it at commit. */
export async function releaseHeldRows(transaction: Transaction, batchId: string): Promise<void> {
  await transaction.query(sql`
    with released as (update executions set status = 'pending' where batch_id = ${batchId} and status = 'held' returning id)
    select ${notifyPart('execution.pending', batchId)} from released limit 1`)
}

/** @param organizations which of the batch's waiting executions: all, or those of organizations that were deactivated */
export function cancelWaitingRows(
  transaction: Transaction,
  batchId: string,
  organizations: 'all' | 'inactive',
  error: { code: string; message: string },
): Promise<ExecutionRow[]> {
  return transaction.query<ExecutionRow>(sql`
    with cancelled as (
      update executions e set status = 'cancelled', completed_at = clock_timestamp(),
        error = ${JSON.stringify({ type: 'Cancelled', message: error.message, details: { code: error.code } })}
      where batch_id = ${batchId} and status in ('pending', 'held')
        and (${organizations === 'all'} or exists (select from organizations o where o.id = e.organization_id and not o.is_active))
      returning *
    )
    select cancelled.*, pg_notify('crosswalk', 'execution.ended ' || id) from cancelled`)
}

/** Tells the workers that run them. */
export async function markRunningCancelling(transaction: Transaction, batchId: string): Promise<void> {
  await transaction.query(sql`
    with marked as (update executions set status = 'cancelling' where batch_id = ${batchId} and status in ('running', 'cancelling') returning id)
    select pg_notify('crosswalk', 'execution.cancel ' || id) from marked`)
}
