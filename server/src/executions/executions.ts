import type { Acting, Actor } from '../audit/audit.ts'
import { type Database, inScope, type Scope, type Transaction } from '../platform/database.ts'
import { defineErrors } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import type { JsonObject, JsonValue } from '../platform/json.ts'
import type { Notifications } from '../platform/notifications.ts'
import { claimIdempotencyKey, type ExecutionRow, findExecution, insertExecution } from './executions.queries.ts'

/** Everything that runs author code is an execution; what it runs differs in kind only. */
export const executionKinds = ['workflow', 'discovery', 'connection_test', 'data_provider'] as const
export type ExecutionKind = (typeof executionKinds)[number]

export const executionStatuses = ['pending', 'running', 'success', 'failed', 'timeout', 'cancelling', 'cancelled'] as const
export type ExecutionStatus = (typeof executionStatuses)[number]

/** How an execution failed, as the contract shows it. `details` has `code` where the error has one, and `stack` into the author's file. */
export type ExecutionError = { type: string; message: string; details: JsonObject }

/** Who asked for an execution. */
export type Caller = { type: Actor['type']; id: string; name: string }

/** One durable run of author code. */
export type Execution = {
  id: string
  /** Null for a discovery with the global credentials. */
  organizationId: string | null
  kind: ExecutionKind
  /** The workflow's, integration's or data provider's name. */
  name: string
  status: ExecutionStatus
  input: JsonObject
  result: JsonValue
  error: ExecutionError | null
  timeoutMs: number
  caller: Caller
  progress: { done: number; total: number | null; message: string | null } | null
  createdAt: Date
  startedAt: Date | null
  completedAt: Date | null
}

/** What is asked for. Times-out are counted from the start, not from the request. */
export type Submission = {
  organizationId: string | null
  kind: ExecutionKind
  name: string
  input: JsonObject
  timeoutMs: number
  acting: Acting
  /** True where a person or program waits for the end: such executions go ahead of background ones. */
  isInteractive: boolean
  /** The same key for the same name and organization is the same execution. Needs an organization. */
  idempotencyKey?: string
}

export const executionError = defineErrors({
  execution_not_found: { status: 404, message: 'There is no such execution.' },
  execution_not_finished: { status: 409, message: 'The execution has not ended. Wait for it, or cancel it first.' },
  execution_finished: { status: 409, message: 'The execution has ended already.' },
  idempotency_key_reused: {
    status: 409,
    message: 'This idempotency key was used with other parameters. Use a new key for a new execution.',
  },
})

const endedStatuses: ReadonlySet<ExecutionStatus> = new Set<ExecutionStatus>(['success', 'failed', 'timeout', 'cancelled'])

export function hasEnded(execution: { status: ExecutionStatus }): boolean {
  return endedStatuses.has(execution.status)
}

export function executionOf(row: ExecutionRow): Execution {
  return {
    id: row.id,
    organizationId: row.organization_id,
    kind: row.kind,
    name: row.name,
    status: row.status,
    input: row.input,
    result: row.result,
    error: row.error,
    timeoutMs: row.timeout_ms,
    caller: row.caller,
    progress: row.progress,
    createdAt: row.created_at,
    startedAt: row.started_at,
    completedAt: row.completed_at,
  }
}

/**
 * Accepts an execution in the caller's transaction; workers hear of it when that commits. From then on it will end, whatever dies.
 *
 * @returns its id, and false for `isNew` where the idempotency key had been used before
 */
export async function submitExecution(transaction: Transaction, submission: Submission): Promise<{ id: string; isNew: boolean }> {
  const id = newId()
  if (submission.idempotencyKey !== undefined && submission.organizationId !== null) {
    const holder = await claimIdempotencyKey(transaction, submission.organizationId, submission.name, submission.idempotencyKey, id)
    if (holder !== id) return { id: holder, isNew: false }
  }
  await insertExecution(transaction, id, submission)
  return { id, isNew: true }
}

/** @throws execution_not_found - in this scope. */
export async function getExecution(db: Database, scope: Scope, id: string): Promise<Execution> {
  const row = await findExecution(db, scope, id)
  if (!row) throw executionError('execution_not_found')
  return executionOf(row)
}

/**
 * Waits until an execution has ended, at most so long, and returns it as it is then.
 *
 * @param waitMs 0 looks once and does not wait
 * @param signal gives up the wait early
 * @throws execution_not_found
 */
export async function waitForExecution(
  { db, notifications }: { db: Database; notifications: Notifications },
  scope: Scope,
  id: string,
  waitMs: number,
  signal?: AbortSignal,
): Promise<Execution> {
  if (waitMs <= 0) return getExecution(db, scope, id)
  // Listening begins before the first look, so that an end between the two is not missed.
  const ended = Promise.withResolvers<void>()
  const stops = [notifications.on('execution.ended', id, () => ended.resolve()), notifications.onMissed(() => ended.resolve())]
  const timer = setTimeout(() => ended.resolve(), waitMs)
  signal?.addEventListener('abort', () => ended.resolve(), { once: true })
  const until = Date.now() + waitMs
  try {
    let execution = await getExecution(db, scope, id)
    if (hasEnded(execution)) return execution
    await ended.promise
    execution = await getExecution(db, scope, id)
    // A reconnection wakes every waiter; those whose execution goes on wait for the rest of their time.
    const restMs = until - Date.now()
    return hasEnded(execution) || restMs <= 0 || signal?.aborted
      ? execution
      : await waitForExecution({ db, notifications }, scope, id, restMs, signal)
  } finally {
    clearTimeout(timer)
    for (const stop of stops) stop()
  }
}

/** Submits in a transaction of its own. */
export function submitAlone(db: Database, submission: Submission): Promise<{ id: string; isNew: boolean }> {
  const scope: Scope = submission.organizationId === null ? 'allOrganizations' : { organizationId: submission.organizationId }
  return inScope(db, scope, (transaction) => submitExecution(transaction, submission))
}
