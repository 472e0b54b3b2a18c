import { type Sql, sql, type Transaction } from '../../platform/database/database.ts'
import { ranMsNow } from './claiming.queries.ts'
import type { BatchPauses } from './pauses.ts'
import { after, canMake } from './transitions.ts'

/** What died, and of what. */
export type Losses = {
  /** Workers that died: what they had is tried apart from now on. */
  workerIds: readonly string[]
  /** The executions that were the cause. */
  chargedIds: readonly string[]
}

export const noLosses: Losses = { workerIds: [], chargedIds: [] }

/**
 * Puts executions back among the waiting, where any worker claims them. From here on the worker that had them writes nothing more.
 * What belongs to a paused batch is held, and its time begins again when that is resumed; so their batches must be locked, before any of
 * them is: who steers a batch locks in that order, and nobody is to pause or resume one between the look and the change.
 *
 * @param locked selects and locks them, with `id`
 * @param losses see `Losses`
 * @returns how many
 */
export async function putBackLocked(transaction: Transaction, pauses: BatchPauses, locked: Sql, losses: Losses): Promise<number> {
  const isLost = sql`e.worker_id = any(${[...losses.workerIds]}::text[])`
  const isCharged = sql`e.id = any(${[...losses.chargedIds]}::uuid[])`
  const isPaused = pauses.isPaused(sql`e.batch_id`)
  const rows = await transaction.query<{ id: string; status: string }>(sql`
    with chosen as materialized (${locked})
    update executions e
    set status = case when ${isPaused} then ${after('putBack', 'held')} else ${after('putBack', 'pending')} end, worker_id = null,
      started_at = case when ${isPaused} then null else e.started_at end, ran_ms = case when ${isPaused} then 0 else ${ranMsNow} end,
      claimed_at = null, wait_until = null, wait_for = null, is_woken = false,
      losses = e.losses + (${isCharged})::int, shared_losses = e.shared_losses + (${isLost} and not ${isCharged})::int,
      is_suspect = e.is_suspect or ${isLost}
    from chosen where e.id = chosen.id and ${canMake('putBack', 'e')}
    returning e.id, e.status`)
  for (const { id, status } of rows) if (status === 'pending') transaction.tell('execution.left', id)
  return rows.length
}
