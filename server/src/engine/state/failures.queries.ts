import { type Scope, sql, type Transaction } from '../../platform/database/database.ts'
import { type Among, andAmong, isWithin } from '../../platform/database/scope.ts'
import type { ExecutionRow } from './execution-row.ts'
import { shortErrorColumn } from './short-error.ts'

/** Of `executions as e`, what a list shows: without inputs and results, which may be large. */
export const listedColumns = sql`
  e.id, e.organization_id, e.kind, e.name, e.status, e.priority, '{}'::json as input, null::json as result, ${shortErrorColumn} as error,
  e.timeout_ms, e.deadline_ms, e.ran_ms, e.claimed_at, e.wait_until, e.wait_for, e.caller, e.progress, e.code_version, e.retry_of, e.batch_id, e.worker_id, e.claim, e.created_at, e.started_at,
  e.completed_at`

/**
 * Of `executions as e`, the workflows that failed or took too long and need someone. One that was tried again is not looked at any
 * more: its retry is. Those of a deactivated organization can wait.
 */
export const isUnmendedFailure = sql`
  e.status in ('failed', 'timeout') and e.kind = 'workflow'
    and not exists (select from executions as retry where retry.retry_of = e.id)
    and not exists (select from organizations where id = e.organization_id and not is_active)`

/** Whose workflows, and where grants are limited, which. */
export type SeenOfWorkflows = { scope: Scope; among?: Among }

/** Their `from` and `where`. */
export const unmendedFailures = ({ scope, among }: SeenOfWorkflows, hours: number) => sql`
  from executions as e
  where ${isUnmendedFailure}
    and e.id >= first_id_at(now() - make_interval(hours => ${hours})) and ${isWithin(scope, sql`e.organization_id`)}
    ${andAmong(among, sql`e.organization_id`, sql`e.name`)}`

/** How many workflows failed lately and were not tried again; counting ends at `max`. */
export async function countFailures(transaction: Transaction, seen: SeenOfWorkflows, hours: number, max: number): Promise<number> {
  const [row] = await transaction.query<{ count: number }>(
    sql`select count(*)::int as count from (select ${unmendedFailures(seen, hours)} limit ${max}) as counted`,
  )
  return row?.count ?? 0
}

/** The newest of them, without inputs and results, which may be large. */
export function listNewestFailures(transaction: Transaction, seen: SeenOfWorkflows, hours: number, limit: number): Promise<ExecutionRow[]> {
  return transaction.query<ExecutionRow>(sql`
    select ${listedColumns}
    ${unmendedFailures(seen, hours)}
    order by e.id desc
    limit ${limit}`)
}
