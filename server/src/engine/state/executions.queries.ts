import { type Database, empty, join, readInScope, type Scope, type Sql, sql, type Transaction } from '../../platform/database/database.ts'
import { isWithin } from '../../platform/database/scope.ts'
import type { ExecutionKind } from '../../protocol/kinds.ts'
import type { Caller, ExecutionError, ExecutionStatus } from './execution.ts'
import type { ExecutionRow } from './execution-row.ts'
import { isUnmendedFailure, listedColumns } from './failures.queries.ts'

export type { ExecutionRow } from './execution-row.ts'

/** The execution that a key was used for. */
export async function findKeyHolder(db: Database, organizationId: string, name: string, key: string): Promise<string | undefined> {
  const rows = await readInScope<{ execution_id: string }>(
    db,
    { organizationId },
    sql`
    select execution_id from execution_keys
    where organization_id = ${organizationId} and name = ${name} and idempotency_key = ${key}`,
  )
  return rows[0]?.execution_id
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

/** Who started the executions that this one continues and when, the last first. */
export async function findCallersWithin(transaction: Transaction, id: string): Promise<{ caller: Caller; createdAt: Date }[]> {
  const rows = await transaction.query<{ caller: Caller; created_at: Date }>(sql`
    with recursive chain (retry_of, caller, created_at, distance) as (
      select retry_of, caller, created_at, 0 from executions where id = ${id}
      union all
      select before.retry_of, before.caller, before.created_at, chain.distance + 1 from executions before join chain on before.id = chain.retry_of)
    select caller, created_at from chain where distance > 0 order by distance`)
  return rows.map(({ caller, created_at }) => ({ caller, createdAt: created_at }))
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
  /** Only those that this one started. */
  caller?: { type: string; id: string } | undefined
  /** Where only some of the scope is meant: all in that scope, and of these workflows those in theirs. */
  among?: { scope: Scope; workflows: readonly { names: readonly string[]; scope: Scope }[] } | undefined
}

function isAmong({ scope, workflows }: NonNullable<ExecutionFilter['among']>): Sql {
  const ofWorkflows = workflows.map(
    (one) => sql`(e.kind = 'workflow' and e.name = any(${[...one.names]}::text[]) and ${isWithin(one.scope, sql`e.organization_id`)})`,
  )
  return sql`(${join([isWithin(scope, sql`e.organization_id`), ...ofWorkflows], ' or ')})`
}

/** Newest first: ids grow with time, so times are bounds of ids too and whole partitions are passed over. Without inputs and results, which may be large. */
export function listExecutions(db: Database, scope: Scope, filter: ExecutionFilter): Promise<ExecutionRow[]> {
  return readInScope<ExecutionRow>(
    db,
    scope,
    sql`
    select ${listedColumns}
    from executions as e
    where ${filter.isUnmendedFailure ? isUnmendedFailure : sql`true`}
      and ${isWithin(scope, sql`e.organization_id`)}
      ${filter.among ? sql`and ${isAmong(filter.among)}` : empty}
      ${filter.caller ? sql`and e.caller->>'type' = ${filter.caller.type} and e.caller->>'id' = ${filter.caller.id}` : empty}
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
  /** Null where an earlier version showed it. */
  idempotency_key: string | null
  attempts: AttemptRow[]
  /** JSON text, where the step is a call of a client. */
  arguments: string | null
}

export type CallRow = Pick<AttemptRow, 'status' | 'started_at' | 'duration_ms' | 'error'> & { name: string }

/** As the worker wrote it. */
export type AttemptRow = {
  attempt: number
  status: 'running' | 'success' | 'failed' | 'cut_off'
  started_at: string
  duration_ms: number | null
  error: ExecutionError | null
  calls: CallRow[]
  more_calls: number
}

/** The steps of one execution, in the order they began in. */
export function listSteps(db: Database, scope: Scope, executionId: string): Promise<StepRow[]> {
  return readInScope<StepRow>(
    db,
    scope,
    sql`
    select name, status, attempt, started_at, duration_ms, error, idempotency_key, attempts, arguments from execution_steps
    where execution_id = ${executionId} and ${isWithin(scope, sql`organization_id`)} order by position limit 10000`,
  )
}
