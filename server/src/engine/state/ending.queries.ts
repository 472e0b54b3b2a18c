import { sql, type Transaction } from '../../platform/database/database.ts'
import { storableJson } from '../../protocol/storable.ts'
import { type Claim, ranMsNow } from './claiming.queries.ts'
import type { Outcome } from './requests.ts'
import { after, canMake } from './transitions.ts'

/**
 * Ends an execution, if this claim still holds it. Returns when it ended, or undefined where another has it now.
 *
 * @param progress how far it was, where that is not saved yet
 */
export async function endExecution(
  transaction: Transaction,
  held: Claim,
  outcome: Outcome,
  progress: object | null = null,
): Promise<Date | undefined> {
  const rows = await transaction.query<{ completed_at: Date }>(sql`
    update executions e set status = ${after('end', outcome.status)}, result = ${JSON.stringify(outcome.result)}, error = ${outcome.error === null ? null : JSON.stringify(outcome.error)},
      progress = coalesce(${progress === null ? null : storableJson(JSON.stringify(progress))}::jsonb, progress), completed_at = clock_timestamp(), worker_id = null,
      ran_ms = ${ranMsNow}
    where id = ${held.executionId} and claim = ${held.claim} and worker_id = ${held.workerId} and ${canMake('end', 'e')}
    returning completed_at`)
  if (rows.length > 0) transaction.tell('execution.ended', held.executionId)
  return rows[0]?.completed_at
}

/** Steps that were cut off by the end of their execution did not end well. Nothing where it has not ended: another worker continues with it. */
export async function closeOpenSteps(transaction: Transaction, executionId: string): Promise<void> {
  await transaction.query(sql`
    update execution_steps set status = 'failed', error = ${JSON.stringify({ type: 'CutOff', message: 'The execution ended before this step did.', details: {} })}
    where execution_id = ${executionId} and status = 'running'
      and exists (select from executions where id = ${executionId} and completed_at is not null)`)
}
