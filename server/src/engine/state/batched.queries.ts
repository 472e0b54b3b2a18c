import { sql, type Transaction } from '../../platform/database/database.ts'
import { after, canMake } from './transitions.ts'

/**
 * Takes what waits for a worker away from the workers. What runs continues, and what waits for something else keeps waiting. The time
 * of one that had begun and lost its worker begins again.
 */
export async function holdPendingRows(transaction: Transaction, batchId: string): Promise<void> {
  await transaction.query(sql`
    update executions set status = ${after('hold', 'held')}, started_at = case when wait_for is not null then started_at end,
      ran_ms = case when wait_for is null then 0 else ran_ms end
    where batch_id = ${batchId} and ${canMake('hold')}`)
}

/** Gives held executions back to the workers, who are told of it. */
export async function releaseHeldRows(transaction: Transaction, batchId: string): Promise<void> {
  const [released] = await transaction.query<{ count: number }>(sql`
    with released as (update executions set status = ${after('release', 'pending')} where batch_id = ${batchId} and ${canMake('release')} returning id)
    select count(*)::int as count from released`)
  if (released && released.count > 0) transaction.tell('executions.released', batchId)
}
