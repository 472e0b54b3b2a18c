import type { ExecutionRow } from '../executions/executions.queries.ts'
import { type Database, readInScope, sql, type Transaction } from '../platform/database.ts'
import { advisoryLocks } from '../platform/locks.ts'
import { notifyPart } from '../platform/notifications.ts'
import { type ClaimedRow, organizationColumn } from './claim.queries.ts'
import type { Claim } from './host.queries.ts'

const all = 'allOrganizations'

/** Says how many executions a worker can work on at once: so many may be given to it, and as many again while others are missing. */
export async function offerPlaces(db: Database, workerId: string, places: number): Promise<void> {
  await readInScope(db, all, sql`update worker_leases set places = ${places} where id = ${workerId}`)
}

/**
 * Closes the leases that have run out, so that none can be renewed any more, and forgets those of long ago.
 *
 * @returns false where another worker is at it
 */
export async function closeLostLeases(transaction: Transaction): Promise<boolean> {
  const locked = await transaction.query<{ is_mine: boolean }>(sql`select pg_try_advisory_xact_lock(${advisoryLocks.orphans}) as is_mine`)
  if (!locked[0]?.is_mine) return false
  await transaction.query(sql`
    with forgotten as (delete from worker_leases where renewed_at < now() - interval '7 days' and expires_at <= now())
    update worker_leases set expires_at = '-infinity' where expires_at <= now() and expires_at > '-infinity'`)
  return true
}

// A worker that stops in order takes its lease away with it: what it leaves is nobody's, and it did not die of it.
const orphans = sql`
  select o.id, o.worker_id, o.losses, lease.id is not null as is_lost
  from executions o left join worker_leases lease on lease.id = o.worker_id
  where o.status in ('running', 'cancelling') and o.worker_id is not null and (lease.id is null or lease.expires_at <= now())`

/** Takes those that one more worker died of than is tried, to be ended by this worker. */
export function takeExhausted(transaction: Transaction, workerId: string, mostLosses: number): Promise<ExecutionRow[]> {
  return transaction.query<ExecutionRow>(sql`
    update executions e set worker_id = ${workerId}, claim = e.claim + 1
    from (${orphans}) orphan
    where orphan.is_lost and orphan.losses >= ${mostLosses} and e.id = orphan.id and e.worker_id = orphan.worker_id and e.status in ('running', 'cancelling')
    returning e.*`)
}

/** So many are given away at once; the next sweep goes on. */
const mostAssigned = 1_000

/**
 * Gives what has no living worker to the living ones, the oldest first, to each by how many places it has left. A worker gets up to
 * as many again as it has places: so that what ran goes on soon, also where all are full. The rest waits until places get free.
 * From here on each is its new worker's, which is told; the claim goes up, so that the old one writes nothing more.
 */
export function assignOrphans(transaction: Transaction): Promise<{ worker_id: string; executions: number }[]> {
  return transaction.query<{ worker_id: string; executions: number }>(sql`
    with workers as materialized (
      select lease.id, lease.places,
        (select count(*) from executions e where e.worker_id = lease.id and e.status in ('running', 'cancelling'))::int as held
      from worker_leases lease where lease.expires_at > now() and lease.places > 0
    ), slots as materialized (
      select id, row_number() over (order by nth::float8 / places, id) as number
      from workers cross join lateral generate_series(held + 1, 2 * places) as nth
    ), chosen as materialized (
      select orphan.*, row_number() over (order by orphan.id) as number from (${orphans} order by o.id limit ${mostAssigned}) orphan
    ), given as (
      update executions e set worker_id = slots.id, claim = e.claim + 1, losses = e.losses + chosen.is_lost::int
      from chosen join slots using (number)
      where e.id = chosen.id and e.worker_id = chosen.worker_id and e.status in ('running', 'cancelling')
      returning e.worker_id
    )
    select counted.*, pg_notify('crosswalk', 'execution.assigned ' || worker_id) as told
    from (select worker_id, count(*)::int as executions from given group by worker_id) counted`)
}

/** What is this worker's, except for these. */
export function listAssigned(db: Database, workerId: string, except: readonly string[]): Promise<ClaimedRow[]> {
  return readInScope<ClaimedRow>(
    db,
    all,
    sql`
    select executions.*, ${organizationColumn} from executions
    where worker_id = ${workerId} and status in ('running', 'cancelling') and id <> all(${[...except]}::uuid[])`,
  )
}

/**
 * Puts an execution whose run never began back among those that a paused batch holds. False where its batch is not paused.
 * The batch is locked: nobody resumes it between the look and the change.
 */
export async function holdAgain(db: Database, held: Claim): Promise<boolean> {
  const rows = await readInScope(
    db,
    all,
    sql`
    with paused as materialized (
      select id from batches where id = (select batch_id from executions where id = ${held.executionId}) and is_paused for share
    )
    update executions e set status = 'held', worker_id = null, started_at = null
    from paused where e.id = ${held.executionId} and e.worker_id = ${held.workerId} and e.claim = ${held.claim} and e.status = 'running'
    returning e.id`,
  )
  return rows.length > 0
}

/** Gives a lease up, and tells the others. */
export async function deleteLease(db: Database, id: string): Promise<void> {
  await readInScope(
    db,
    all,
    sql`
    with deleted as (delete from worker_leases where id = ${id} returning id)
    select ${notifyPart('worker.left', id)} from deleted`,
  )
}
