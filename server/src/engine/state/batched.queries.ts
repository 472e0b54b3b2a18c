import { sql, type Transaction } from '../../platform/database/database.ts'
import type { ExecutionRow } from './executions.queries.ts'

/** Takes what waits away from the workers. What runs goes on. The time of one that had begun and lost its worker begins anew. */
export async function holdPendingRows(transaction: Transaction, batchId: string): Promise<void> {
  await transaction.query(sql`update executions set status = 'held', started_at = null where batch_id = ${batchId} and status = 'pending'`)
}

/** Gives held executions back to the workers, who are told of it. */
export async function releaseHeldRows(transaction: Transaction, batchId: string): Promise<void> {
  const [released] = await transaction.query<{ count: number }>(sql`
    with released as (update executions set status = 'pending' where batch_id = ${batchId} and status = 'held' returning id)
    select count(*)::int as count from released`)
  if (released && released.count > 0) transaction.tell('executions.released', batchId)
}

/** @param organizations which of the batch's waiting executions: all, or those of organizations that were deactivated */
export async function cancelWaitingRows(
  transaction: Transaction,
  batchId: string,
  organizations: 'all' | 'inactive',
  error: { code: string; message: string },
): Promise<ExecutionRow[]> {
  const rows = await transaction.query<ExecutionRow>(sql`
    update executions e set status = 'cancelled', completed_at = clock_timestamp(),
      error = ${JSON.stringify({ type: 'Cancelled', message: error.message, details: { code: error.code } })}
    where batch_id = ${batchId} and status in ('pending', 'held')
      and (${organizations === 'all'} or exists (select from organizations o where o.id = e.organization_id and not o.is_active))
    returning *`)
  for (const { id } of rows) transaction.tell('execution.ended', id)
  return rows
}

/** Tells the workers that run them. */
export async function markRunningCancelling(transaction: Transaction, batchId: string): Promise<void> {
  const rows = await transaction.query<{ id: string }>(sql`
    update executions set status = 'cancelling' where batch_id = ${batchId} and status in ('running', 'cancelling') returning id`)
  for (const { id } of rows) transaction.tell('execution.cancel', id)
}
