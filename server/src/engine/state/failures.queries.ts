import { empty, sql, type Transaction } from '../../platform/database/database.ts'
import type { ExecutionRow } from './execution-row.ts'

/** The organizations that the asker may see. */
type Reach = 'all' | ReadonlySet<string>

/**
 * Of `executions as e`, the workflows that failed or took too long and need someone. One that was tried again is not looked at any
 * more: its retry is. Those of a deactivated organization can wait.
 */
export const isUnmendedFailure = sql`
  e.status in ('failed', 'timeout') and e.kind = 'workflow'
    and not exists (select from executions as retry where retry.retry_of = e.id)
    and not exists (select from organizations where id = e.organization_id and not is_active)`

/** Their `from` and `where`. */
export const unmendedFailures = (reach: Reach, hours: number) => sql`
  from executions as e
  where ${isUnmendedFailure}
    and e.id >= first_id_at(now() - make_interval(hours => ${hours})) ${reach === 'all' ? empty : sql`and e.organization_id = any(${[...reach]}::uuid[])`}`

/** How many workflows failed lately and were not tried again; counting ends at `most`. */
export async function countFailures(transaction: Transaction, reach: Reach, hours: number, most: number): Promise<number> {
  const [row] = await transaction.query<{ count: number }>(
    sql`select count(*)::int as count from (select ${unmendedFailures(reach, hours)} limit ${most}) as counted`,
  )
  return row?.count ?? 0
}

/** The newest of them, without inputs and results, which may be large. */
export function listNewestFailures(transaction: Transaction, reach: Reach, hours: number, limit: number): Promise<ExecutionRow[]> {
  return transaction.query<ExecutionRow>(sql`
    select e.id, e.organization_id, e.kind, e.name, e.status, e.priority, '{}'::jsonb as input, null::jsonb as result, e.error,
      e.timeout_ms, e.caller, e.progress, e.code_version, e.retry_of, e.batch_id, e.worker_id, e.claim, e.created_at, e.started_at,
      e.completed_at
    ${unmendedFailures(reach, hours)}
    order by e.id desc
    limit ${limit}`)
}
