import { empty, sql, type Transaction } from '../platform/database.ts'
import type { ExecutionRow } from './executions.queries.ts'

/** The organizations that the asker may see. */
type Reach = 'all' | ReadonlySet<string>

// One that was tried again is not looked at any more: its retry is. Those of a deactivated organization can wait.
const unmendedFailures = (reach: Reach, hours: number) => sql`
  from executions as failed
  where failed.status in ('failed', 'timeout') and failed.kind = 'workflow'
    and failed.id >= first_id_at(now() - make_interval(hours => ${hours})) ${reach === 'all' ? empty : sql`and failed.organization_id = any(${[...reach]}::uuid[])`}
    and not exists (select from executions as retry where retry.retry_of = failed.id)
    and not exists (select from organizations where id = failed.organization_id and not is_active)`

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
    select failed.id, failed.organization_id, failed.kind, failed.name, failed.status, failed.priority, '{}'::jsonb as input,
      null::jsonb as result, failed.error, failed.timeout_ms, failed.caller, failed.progress, failed.code_version, failed.retry_of,
      failed.worker_id, failed.claim, failed.created_at, failed.started_at, failed.completed_at
    ${unmendedFailures(reach, hours)}
    order by failed.id desc
    limit ${limit}`)
}
