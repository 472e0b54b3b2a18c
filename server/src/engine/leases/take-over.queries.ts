import { type Database, inScope, type Sql, sql, type Transaction } from '../../platform/database/database.ts'
import { advisoryLocks } from '../../platform/database/locks.ts'
import type { ExecutionRow } from '../state/execution-row.ts'
import type { BatchPauses } from '../state/pauses.ts'
import { type Losses, noLosses, putBackLocked } from '../state/putting-back.queries.ts'

/** Executions in the hands of a worker, which has them in its hands no more once they are chosen. */
type Chosen = Sql

/** Those of workers that have no lease any more. */
export const orphans: Chosen = sql`not exists (select from worker_leases lease where lease.id = o.worker_id)`

/** These, of one worker. */
export const theseOf = (workerId: string, ids: readonly string[]): Chosen =>
  sql`o.worker_id = ${workerId} and o.id = any(${[...ids]}::uuid[])`

/** All of one worker. */
export const allOf = (workerId: string): Chosen => sql`o.worker_id = ${workerId}`

const isClaimed = sql`o.status in ('running', 'cancelling') and o.worker_id is not null`

/**
 * Locks the batches of these executions, before any of them is locked. Returns the same without those whose batch came only afterwards:
 * they are found the next time.
 */
export async function lockBatchesOfChosen(transaction: Transaction, pauses: BatchPauses, chosen: Chosen): Promise<Chosen> {
  const rows = await transaction.query<{ batch_id: string }>(
    sql`select distinct o.batch_id from executions o where ${isClaimed} and o.batch_id is not null and ${chosen}`,
  )
  const batchIds = rows.map(({ batch_id }) => batch_id)
  if (batchIds.length > 0) await transaction.query(pauses.lock(sql`select unnest(${batchIds}::uuid[])`))
  return sql`${chosen} and (o.batch_id is null or o.batch_id = any(${batchIds}::uuid[]))`
}

// What its worker is just writing is left to it, and is found the next time. The writer holds a lock that conflicts with this one.
const lockedOf = (chosen: Chosen) => sql`
  select o.id, o.losses, o.shared_losses, o.is_suspect, o.worker_id, o.status from executions o
  where ${isClaimed} and ${chosen}
  for update skip locked`

/**
 * Of which executions these workers died: of the one that was on trial, or of the only one that a worker had. Else nobody can tell, and
 * what they had is tried apart.
 */
export async function listCharged(transaction: Transaction, chosen: Chosen, lostWorkerIds: readonly string[]): Promise<string[]> {
  if (lostWorkerIds.length === 0) return []
  const rows = await transaction.query<{ id: string }>(sql`
    with chosen as materialized (${lockedOf(chosen)}), counted as (
      select id, worker_id, is_suspect, count(*) over company as count, count(*) filter (where is_suspect) over company as suspects
      from chosen window company as (partition by worker_id)
    )
    select id from counted
    where worker_id = any(${[...lostWorkerIds]}::text[]) and (count = 1 or (is_suspect and suspects = 1))`)
  return rows.map(({ id }) => id)
}

/** How many deaths an execution may be the cause of, and how many it may have a share in. */
export type LossLimits = { maxLosses: number; maxSharedLosses: number }

/**
 * Takes those that nobody is to continue, to be ended by this worker: someone wanted them cancelled, or too many workers died of them.
 */
export function takeOverToEnd(
  transaction: Transaction,
  workerId: string,
  chosen: Chosen,
  losses: Losses,
  { maxLosses, maxSharedLosses }: LossLimits,
): Promise<ExecutionRow[]> {
  return transaction.query<ExecutionRow>(sql`
    with chosen as materialized (${lockedOf(chosen)})
    update executions e set worker_id = ${workerId}, claim = e.claim + 1
    from chosen
    where e.id = chosen.id and (
      chosen.status = 'cancelling'
      or (chosen.losses >= ${maxLosses} and chosen.id = any(${[...losses.chargedIds]}::uuid[]))
      or (chosen.shared_losses >= ${maxSharedLosses} and chosen.worker_id = any(${[...losses.workerIds]}::text[]))
    )
    returning e.*`)
}

/** Puts those that run back among the waiting, where any worker claims them. Their batches are locked. Returns how many. */
export function putBack(transaction: Transaction, pauses: BatchPauses, chosen: Chosen, losses: Losses = noLosses): Promise<number> {
  return putBackLocked(transaction, pauses, lockedOf(chosen), losses)
}

/**
 * Ends the leases that have run out. What their workers held is nobody's from here on.
 *
 * @param isSure this worker has been in touch for long enough to know that it is the others who are gone
 * @returns their workers; undefined where another worker is at it
 */
export async function endLostLeases(transaction: Transaction, workerId: string, isSure: boolean): Promise<string[] | undefined> {
  const locked = await transaction.query<{ is_mine: boolean }>(sql`select pg_try_advisory_xact_lock(${advisoryLocks.orphans}) as is_mine`)
  if (!locked[0]?.is_mine) return undefined
  if (!isSure) return []
  // A worker that renews its lease at this moment keeps it or loses it: the row decides.
  const rows = await transaction.query<{ id: string }>(
    sql`delete from worker_leases where expires_at < now() and id <> ${workerId} returning id`,
  )
  return rows.map(({ id }) => id)
}

/** Gives a lease up, with all that its worker still held. */
export async function leave(db: Database, pauses: BatchPauses, workerId: string): Promise<void> {
  await inScope(db, 'allOrganizations', async (transaction) => {
    await putBack(transaction, pauses, await lockBatchesOfChosen(transaction, pauses, allOf(workerId)))
    await transaction.query(sql`delete from worker_leases where id = ${workerId}`)
  })
}
