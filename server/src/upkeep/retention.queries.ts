import { type Database, inScope, readInScope, sql } from '../platform/database/database.ts'

const all = 'allOrganizations'

/** Begins a work that is done once in so many hours, by whoever asks first. False where it was begun already. */
export async function beginUpkeep(db: Database, name: string, now: Date, everyHours: number): Promise<boolean> {
  const rows = await readInScope(
    db,
    all,
    sql`
    insert into upkeep (name, began_at) values (${name}, ${now})
    on conflict (name) do update set began_at = excluded.began_at where upkeep.began_at <= excluded.began_at - make_interval(hours => ${everyHours})
    returning name`,
  )
  return rows.length > 0
}

/** A retry still goes on from it. */
const isRetried = sql`exists (select from executions retry where retry.retry_of = e.id and retry.status in ('pending', 'held', 'running', 'waiting', 'cancelling'))`

/** Executions that have ended and were asked for before a time, oldest first; without those that a retry still goes on from. */
export async function findExpired(db: Database, before: Date, limit: number): Promise<string[]> {
  const rows = await readInScope<{ id: string }>(
    db,
    all,
    sql`
    select id from executions e
    where id < first_id_at(${before}) and status in ('success', 'failed', 'timeout', 'cancelled') and not ${isRetried}
    order by id limit ${limit}`,
  )
  return rows.map((row) => row.id)
}

/** Deletes executions with all that belongs to them, except those that have been retried since they were found. Returns how many. */
export function deleteExecutions(db: Database, ids: readonly string[]): Promise<number> {
  return inScope(db, all, async (transaction) => {
    // Whoever retries one locks it as well: either it is seen below, or it finds nothing to retry.
    await transaction.query(sql`select from executions where id = any (${ids}) order by id for update`)
    const deleted = await transaction.query<{ id: string }>(
      sql`delete from executions e where id = any (${ids}) and not ${isRetried} returning id`,
    )
    const gone = deleted.map(({ id }) => id)
    await Promise.all([
      transaction.query(sql`delete from execution_logs where execution_id = any (${gone})`),
      transaction.query(sql`delete from execution_steps where execution_id = any (${gone})`),
      transaction.query(sql`delete from step_records where execution_id = any (${gone})`),
      transaction.query(sql`delete from secret_reads where execution_id = any (${gone})`),
    ])
    return gone.length
  })
}

/** Forgets idempotency keys whose execution is gone. Returns how many. */
export async function deleteKeys(db: Database, before: Date, limit: number): Promise<number> {
  const rows = await readInScope(
    db,
    all,
    sql`
    delete from execution_keys where (organization_id, name, idempotency_key) in (
      select organization_id, name, idempotency_key from execution_keys k
      where created_at < ${before} and not exists (select from executions where id = k.execution_id)
      limit ${limit}
    ) returning name`,
  )
  return rows.length
}

/** Forgets batches that ended before a time, with what they were for. Returns how many. */
export async function deleteBatches(db: Database, before: Date, limit: number): Promise<number> {
  const rows = await readInScope(
    db,
    all,
    sql`delete from batches where id in (select id from batches where completed_at < ${before} limit ${limit}) returning id`,
  )
  return rows.length
}

/** Forgets runs of discovery beyond the newest of each list, but never the last good one, which says how old the list is. */
export async function deleteOldDiscoveryRuns(db: Database, kept: number, limit: number): Promise<number> {
  const rows = await readInScope(
    db,
    all,
    sql`
    delete from discovery_runs where id in (
      select id from (
        select id, ended_at, row_number() over newest as nth,
          id = max(id::text) filter (where is_success) over (partition by integration_name, organization_id)::uuid as is_last_good
        from discovery_runs window newest as (partition by integration_name, organization_id order by id desc)
      ) ranked
      where nth > ${kept} and ended_at is not null and not coalesce(is_last_good, false)
      limit ${limit}
    ) returning id`,
  )
  return rows.length
}

export async function deleteExpiredOptions(db: Database, now: Date, limit: number): Promise<number> {
  const rows = await readInScope(
    db,
    all,
    sql`
    delete from data_provider_cache where (provider_name, organization_id, parameters_hash) in (
      select provider_name, organization_id, parameters_hash from data_provider_cache where expires_at <= ${now} limit ${limit}
    ) returning provider_name`,
  )
  return rows.length
}

/** Makes the partitions of the weeks to come, and drops those that ended before a time and are empty. Returns how many were dropped. */
export async function keepPartitions(db: Database, before: Date): Promise<number> {
  await readInScope(db, all, sql`select ensure_execution_partitions(8)`)
  const rows = await readInScope<{ dropped: number }>(db, all, sql`select drop_execution_partitions(${before}) as dropped`)
  return rows[0]?.dropped ?? 0
}
