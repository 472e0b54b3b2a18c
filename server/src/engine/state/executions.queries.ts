import { type Database, empty, readInScope, type Scope, sql, type Transaction } from '../../platform/database/database.ts'
import { isWithin } from '../../platform/database/scope.ts'
import type { ExecutionError, ExecutionKind, ExecutionStatus, Submission } from './execution.ts'
import type { ExecutionRow } from './execution-row.ts'
import { isUnmendedFailure } from './failures.queries.ts'

export type { ExecutionRow } from './execution-row.ts'

const interactivePriority = 1
const backgroundPriority = 10

/** Inserts a pending execution, of which the workers are told. */
export async function insertExecution(transaction: Transaction, id: string, submission: Submission): Promise<void> {
  const { acting, ...given } = submission
  await transaction.query(sql`
    insert into executions (id, organization_id, kind, name, priority, input, timeout_ms, caller, batch_id, status, retry_of, code_version)
    values (${id}, ${given.organizationId}, ${given.kind}, ${given.name}, ${given.isInteractive ? interactivePriority : backgroundPriority},
      ${JSON.stringify(given.input)}, ${given.timeoutMs}, ${JSON.stringify(acting.actor)}, ${given.batch?.id ?? null},
      ${given.batch?.isPaused ? 'held' : 'pending'}, ${given.retryOf?.id ?? null}, ${given.retryOf?.codeVersion ?? null})`)
  transaction.tell('execution.pending', id)
}

/** Takes an idempotency key for an execution, and returns the execution that holds it: of simultaneous calls one wins. */
export async function claimIdempotencyKey(
  transaction: Transaction,
  organizationId: string,
  name: string,
  key: string,
  id: string,
): Promise<string> {
  const rows = await transaction.query<{ execution_id: string }>(sql`
    insert into execution_keys (organization_id, name, idempotency_key, execution_id)
    values (${organizationId}, ${name}, ${key}, ${id})
    on conflict (organization_id, name, idempotency_key) do update set execution_id = execution_keys.execution_id
    returning execution_id`)
  return rows[0]?.execution_id ?? id
}

export async function findExecution(db: Database, scope: Scope, id: string): Promise<ExecutionRow | undefined> {
  const organization = isWithin(scope, sql`organization_id`)
  const rows = await readInScope<ExecutionRow>(db, scope, sql`select * from executions where id = ${id} and ${organization}`, 'kept')
  return rows[0]
}

/** Nobody else locks the execution until the transaction has ended. */
export async function lockExecution(transaction: Transaction, id: string): Promise<Pick<ExecutionRow, 'code_version'> | undefined> {
  const rows = await transaction.query<Pick<ExecutionRow, 'code_version'>>(
    sql`select code_version from executions where id = ${id} for update`,
  )
  return rows[0]
}

const retryOf = (id: string) => sql`select id from executions where retry_of = ${id}`

/** The execution that tries this one again. */
export async function findRetry(transaction: Transaction, id: string): Promise<string | undefined> {
  const rows = await transaction.query<{ id: string }>(retryOf(id))
  return rows[0]?.id
}

/** The same, for showing it. */
export async function findRetryOf(db: Database, scope: Scope, id: string): Promise<string | undefined> {
  const [row] = await readInScope<{ id: string }>(db, scope, retryOf(id))
  return row?.id
}

export type ExecutionFilter = {
  name: string | undefined
  status: ExecutionStatus | undefined
  kind: ExecutionKind | undefined
  /** Only workflows that failed or took too long and were not tried again. */
  isUnmendedFailure: boolean
  since: string | undefined
  until: string | undefined
  beforeId: string | undefined
  limit: number
}

/** Newest first: ids grow with time, so times are bounds of ids too and whole partitions are passed over. Without inputs and results, which may be large. */
export function listExecutions(db: Database, scope: Scope, filter: ExecutionFilter): Promise<ExecutionRow[]> {
  return readInScope<ExecutionRow>(
    db,
    scope,
    sql`
    select e.id, e.organization_id, e.kind, e.name, e.status, e.priority, '{}'::jsonb as input, null::jsonb as result, e.error,
      e.timeout_ms, e.caller, e.progress, e.code_version, e.retry_of, e.batch_id, e.worker_id, e.claim, e.created_at, e.started_at,
      e.completed_at
    from executions as e
    where ${filter.isUnmendedFailure ? isUnmendedFailure : sql`true`}
      and ${isWithin(scope, sql`e.organization_id`)}
      ${filter.name ? sql`and e.name = ${filter.name}` : empty}
      ${filter.status === 'pending' ? sql`and e.status in ('pending', 'held')` : filter.status ? sql`and e.status = ${filter.status}` : empty}
      ${filter.kind ? sql`and e.kind = ${filter.kind}` : empty}
      ${filter.since ? sql`and e.id >= first_id_at(${filter.since}::timestamptz)` : empty}
      ${filter.until ? sql`and e.id < first_id_at(${filter.until}::timestamptz)` : empty}
      ${filter.beforeId ? sql`and e.id < ${filter.beforeId}` : empty}
    order by e.id desc
    limit ${filter.limit}`,
  )
}

export type StepRow = {
  name: string
  status: 'running' | 'success' | 'failed'
  attempt: number
  started_at: Date
  duration_ms: number | null
  error: ExecutionError | null
}

/** The steps of one execution, in the order they began in. */
export function listSteps(db: Database, scope: Scope, executionId: string): Promise<StepRow[]> {
  return readInScope<StepRow>(
    db,
    scope,
    sql`
    select name, status, attempt, started_at, duration_ms, error from execution_steps
    where execution_id = ${executionId} and ${isWithin(scope, sql`organization_id`)} order by position limit 10000`,
  )
}

/** Steps that were cut off by the end of their execution did not end well. Nothing where it has not ended: another worker goes on with it. */
export async function closeOpenSteps(transaction: Transaction, executionId: string): Promise<void> {
  await transaction.query(sql`
    update execution_steps set status = 'failed', error = ${JSON.stringify({ type: 'CutOff', message: 'The execution ended before this step did.', details: {} })}
    where execution_id = ${executionId} and status = 'running'
      and exists (select from executions where id = ${executionId} and completed_at is not null)`)
}

/** Ends an execution that no worker has. Undefined where one has it. */
export async function cancelPending(transaction: Transaction, id: string): Promise<ExecutionRow | undefined> {
  const error = (message: string) => JSON.stringify({ type: 'Cancelled', message, details: { code: 'cancelled' } })
  const rows = await transaction.query<ExecutionRow>(sql`
    update executions set status = 'cancelled', completed_at = clock_timestamp(),
      error = case when claim = 0 then ${error('The execution was cancelled before it began.')}::jsonb else ${error('The execution was cancelled.')}::jsonb end
    where id = ${id} and status in ('pending', 'held') returning *`)
  if (rows[0] && rows[0].claim > 0) await closeOpenSteps(transaction, id)
  if (rows.length > 0) transaction.tell('execution.ended', id)
  return rows[0]
}

/** Tells the worker that runs it. Undefined where it has ended meanwhile. */
export async function markCancelling(transaction: Transaction, id: string): Promise<ExecutionRow | undefined> {
  const rows = await transaction.query<ExecutionRow>(sql`
    update executions set status = 'cancelling' where id = ${id} and status in ('running', 'cancelling') returning *`)
  if (rows.length > 0) transaction.tell('execution.cancel', id)
  return rows[0]
}
