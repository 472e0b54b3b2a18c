import { type Database, readInScope, type Sql, sql, type Transaction } from '../../platform/database/database.ts'
import { storableJson } from '../../protocol/storable.ts'
import { type Claim, ranMsNow } from './claiming.queries.ts'
import type { Wait } from './execution.ts'
import { backgroundPriority } from './lanes.queries.ts'
import type { BatchPauses } from './pauses.ts'
import { after, canMake } from './transitions.ts'

/**
 * Lets an execution go, if this claim still holds it: it has no worker and no place until it is woken. Nobody waits for its answer any
 * more, so it continues in the background.
 *
 * @param unlessWoken leaves it where somebody woke it before it waited
 * @returns undefined where another worker has it, or somebody wants it cancelled; `isWoken` where somebody woke it before it waited
 */
export async function letGoRow(
  transaction: Transaction,
  held: Claim,
  wait: Wait,
  progress: object | null,
  unlessWoken: boolean,
): Promise<{ isWoken: boolean } | undefined> {
  const [row] = await transaction.query<{ is_woken: boolean }>(sql`
    update executions e set status = ${after('wait', 'waiting')}, wait_until = least(${wait.until}::timestamptz, ${deadlineAt}), wait_for = ${JSON.stringify(wait.for)},
      progress = coalesce(${progress === null ? null : storableJson(JSON.stringify(progress))}::jsonb, progress),
      worker_id = null, claimed_at = null, ran_ms = ${ranMsNow}, priority = ${backgroundPriority}
    where id = ${held.executionId} and claim = ${held.claim} and worker_id = ${held.workerId} and ${canMake('wait', 'e')}
      and not (e.is_woken and ${unlessWoken})
    returning is_woken`)
  return row && { isWoken: row.is_woken }
}

// At its deadline it continues to be ended. Not given, `least` passes it by.
const deadlineAt = sql`e.started_at + make_interval(secs => e.deadline_ms / 1000)`

/** Locks an execution that has not ended, and says what it is. */
export async function lockStatus(transaction: Transaction, id: string): Promise<string | undefined> {
  const [row] = await transaction.query<{ status: string }>(
    sql`select status from executions where id = ${id} and completed_at is null for update`,
  )
  return row?.status
}

/** Locks an execution against its end. Fences that hold it at the same time are let through. False where it has ended. */
export async function lockUnended(transaction: Transaction, id: string): Promise<boolean> {
  const rows = await transaction.query(sql`select id from executions where id = ${id} and completed_at is null for no key update`)
  return rows.length > 0
}

/** It does not wait when it lets go. */
export async function markWoken(transaction: Transaction, id: string): Promise<void> {
  await transaction.query(sql`update executions set is_woken = true where id = ${id} and status = 'running'`)
}

/** Locks the batches of these executions against who would pause or resume them. Who steers a batch locks it first as well, so this goes before any of them is locked. */
export async function lockBatchesOf(transaction: Transaction, pauses: BatchPauses, ids: readonly string[]): Promise<void> {
  await transaction.query(pauses.lock(sql`select batch_id from executions where id = any (${[...ids]}::uuid[]) and batch_id is not null`))
}

/** Wakes those of these that wait and that nobody else has in hand, and returns how many workers may take now. Their batches are locked. */
export async function wakeRows(transaction: Transaction, pauses: BatchPauses, ids: readonly string[]): Promise<number> {
  const isPaused = pauses.isPaused(sql`e.batch_id`)
  const [row] = await transaction.query<{ pending: number }>(sql`
    with locked as materialized (
      select id from executions where id = any (${[...ids]}::uuid[]) and ${canMake('wake')} for update skip locked
    ), woken as (
      update executions e
      set status = case when ${isPaused} then ${after('wake', 'held')} else ${after('wake', 'pending')} end
      from locked where e.id = locked.id and e.id = any (${[...ids]}::uuid[]) and ${canMake('wake', 'e')}
      returning e.status
    )
    select count(*) filter (where status = 'pending')::int as pending from woken`)
  return row?.pending ?? 0
}

/** In how many milliseconds the next one is due: zero or less where it is. Undefined where none waits for a time. One probe of an index, however many wait. */
export async function findNextDueMs(db: Database): Promise<number | undefined> {
  const [row] = await readInScope<{ in_ms: number }>(
    db,
    'allOrganizations',
    sql`
    select (extract(epoch from wait_until - clock_timestamp()) * 1000)::float8 as in_ms from executions
    where status = 'waiting' and wait_until is not null order by wait_until limit 1`,
    'kept',
  )
  return row?.in_ms
}

/** Those that are due, the longest due first. */
export async function listDue(transaction: Transaction, limit: number): Promise<{ id: string; is_inactive: boolean }[]> {
  return transaction.query<{ id: string; is_inactive: boolean }>(sql`
    select e.id, exists (select from organizations o where o.id = e.organization_id and not o.is_active) as is_inactive
    from executions e where e.status = 'waiting' and e.wait_until <= clock_timestamp() order by e.wait_until limit ${limit}`)
}

/** The condition that the row `e` is one of these. */
export const isOneOf = (ids: readonly string[]): Sql => sql`e.id = any (${[...ids]}::uuid[])`
