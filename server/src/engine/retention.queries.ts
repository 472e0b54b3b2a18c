import { sql, type Transaction } from '../platform/database/database.ts'

/** A retry still continues from it. */
const isRetried = sql`exists (select from executions retry where retry.retry_of = e.id and retry.status in ('pending', 'held', 'running', 'waiting', 'cancelling'))`

/** Executions that have ended and were asked for before a time, oldest first; without those that a retry still continues from. */
export async function findExpired(transaction: Transaction, before: Date, limit: number): Promise<string[]> {
  const rows = await transaction.query<{ id: string }>(sql`
    select id from executions e
    where id < first_id_at(${before}) and status in ('success', 'failed', 'timeout', 'cancelled') and not ${isRetried}
    order by id limit ${limit}`)
  return rows.map((row) => row.id)
}

/** Deletes executions with all that belongs to them, except those that have been retried since they were found. Returns how many. */
export async function deleteExecutions(transaction: Transaction, ids: readonly string[]): Promise<number> {
  // A retry locks it as well: either it is seen below, or it finds nothing to retry.
  await transaction.query(sql`select from executions where id = any (${ids}) order by id for update`)
  const deleted = await transaction.query<{ id: string }>(
    sql`delete from executions e where id = any (${ids}) and not ${isRetried} returning id`,
  )
  const gone = deleted.map(({ id }) => id)
  await Promise.all([
    transaction.query(sql`delete from execution_logs where execution_id = any (${gone})`),
    transaction.query(sql`delete from execution_steps where execution_id = any (${gone})`),
    transaction.query(sql`delete from step_records where execution_id = any (${gone})`),
  ])
  return gone.length
}

/** Forgets idempotency keys whose execution is gone. Returns how many. */
export async function deleteKeys(transaction: Transaction, before: Date, limit: number): Promise<number> {
  const rows = await transaction.query(sql`
    delete from execution_keys where (organization_id, name, idempotency_key) in (
      select organization_id, name, idempotency_key from execution_keys k
      where created_at < ${before} and not exists (select from executions where id = k.execution_id)
      limit ${limit}
    ) returning name`)
  return rows.length
}

/** Makes the partitions of the weeks to come. */
export async function makePartitions(transaction: Transaction): Promise<void> {
  await transaction.query(sql`select ensure_execution_partitions(8)`)
}

/** Drops the partitions that ended before a time and are empty. Returns how many. */
export async function dropPartitions(transaction: Transaction, before: Date): Promise<number> {
  const rows = await transaction.query<{ dropped: number }>(sql`select drop_execution_partitions(${before}) as dropped`)
  return rows[0]?.dropped ?? 0
}
