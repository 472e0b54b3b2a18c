import { type Sql, sql, type Transaction } from '../../platform/database/database.ts'
import { ranMsNow } from './claiming.queries.ts'
import type { BatchPauses } from './pauses.ts'
import { after, canMake } from './transitions.ts'

/**
 * Puts executions back among the waiting, where any worker claims them. From here on the worker that had them writes nothing more.
 * What belongs to a paused batch is held, and its time begins again when that is resumed; the batch is locked, so that nobody resumes
 * it between the look and the change.
 *
 * @param locked selects and locks them, with `id` and `batch_id`
 * @param lostWorkerIds workers that died: that counts as a loss for what they had
 * @returns how many
 */
export async function putBackLocked(
  transaction: Transaction,
  pauses: BatchPauses,
  locked: Sql,
  lostWorkerIds: readonly string[],
): Promise<number> {
  const isHeld = sql`e.batch_id in (select id from paused)`
  const rows = await transaction.query<{ id: string; status: string }>(sql`
    with chosen as materialized (${locked}), paused as materialized (${pauses.lockPaused(sql`select batch_id from chosen`)})
    update executions e
    set status = case when ${isHeld} then ${after('putBack', 'held')} else ${after('putBack', 'pending')} end, worker_id = null,
      started_at = case when ${isHeld} then null else e.started_at end, ran_ms = case when ${isHeld} then 0 else ${ranMsNow} end,
      claimed_at = null, wait_until = null, wait_for = null, is_woken = false,
      losses = e.losses + (e.worker_id = any(${[...lostWorkerIds]}::text[]))::int
    from chosen where e.id = chosen.id and ${canMake('putBack', 'e')}
    returning e.id, e.status`)
  for (const { id, status } of rows) if (status === 'pending') transaction.tell('execution.left', id)
  return rows.length
}
