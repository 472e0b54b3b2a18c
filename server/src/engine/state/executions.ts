import { type Database, inScope, type Scope, type Transaction } from '../../platform/database/database.ts'
import type { Notifications } from '../../platform/database/notifications.ts'
import { outlastOutages } from '../../platform/database/outages.ts'
import { defineErrors } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Execution, ExecutionStatus, Submission } from './execution.ts'
import { type ExecutionRow, findExecution, findRetry, lockExecution } from './executions.queries.ts'
import { claimIdempotencyKey, insertExecution } from './submitting.queries.ts'
import { endStatuses } from './transitions.ts'

export type { Caller, Execution, ExecutionError, ExecutionStatus, Submission } from './execution.ts'
export {
  type AttemptRow,
  type ExecutionFilter,
  findCallersWithin,
  findKeyHolder,
  findRetryOf,
  listExecutions,
  listSteps,
  type StepRow,
} from './executions.queries.ts'

export const executionError = defineErrors({
  execution_not_found: { status: 404, message: 'There is no such execution.', hidesOthers: true },
  step_not_found: { status: 404, message: 'The execution has no such step. Count its steps from 0, as they are listed.' },
  execution_not_finished: { status: 409, message: 'The execution has not ended. Wait for it, or cancel it first.' },
  queue_full: { status: 429, message: 'Too many executions are waiting. Come again after as many seconds as Retry-After says.' },
  execution_not_retryable: {
    status: 409,
    message: 'Only the execution of a workflow can be tried again from its failed step. Ask for this one again.',
  },
  execution_succeeded: { status: 409, message: 'The execution succeeded: there is nothing to try again.' },
  execution_retried: {
    status: 409,
    message: 'The execution was tried again already. See details for the execution that continues it, and retry that one.',
  },
  execution_finished: { status: 409, message: 'The execution has ended already.' },
  idempotency_key_reused: {
    status: 409,
    message: 'This idempotency key was used with other parameters. Use a new key for a new execution.',
  },
})

const endedStatuses: ReadonlySet<ExecutionStatus> = new Set<ExecutionStatus>(endStatuses)

export function hasEnded(execution: { status: ExecutionStatus }): boolean {
  return endedStatuses.has(execution.status)
}

export function executionOf(row: ExecutionRow): Execution {
  return {
    id: row.id,
    organizationId: row.organization_id,
    kind: row.kind,
    name: row.name,
    status: row.status === 'held' ? 'pending' : row.status,
    input: row.input,
    effectiveParameters: row.effective_parameters ?? null,
    result: row.result,
    error: row.error,
    timeoutMs: row.timeout_ms,
    deadlineMs: row.deadline_ms,
    ranMs: row.ran_ms,
    wait: row.status === 'waiting' && row.wait_for !== null ? { until: row.wait_until, for: row.wait_for } : null,
    caller: row.caller,
    retryOf: row.retry_of,
    batchId: row.batch_id,
    progress: row.progress,
    createdAt: row.created_at,
    startedAt: row.started_at,
    completedAt: row.completed_at,
  }
}

/**
 * Accepts an execution in the caller's transaction; workers hear of it when that commits. From then on it will end, whatever dies.
 *
 * @param id the new execution's, where the caller needs it before
 * @returns its id, and false for `isNew` where the idempotency key had been used before
 */
export async function submitExecution(
  transaction: Transaction,
  submission: Submission,
  id = newId(),
): Promise<{ id: string; isNew: boolean }> {
  if (submission.idempotencyKey !== undefined && submission.organizationId !== null) {
    const holder = await claimIdempotencyKey(transaction, submission.organizationId, submission.name, submission.idempotencyKey, id)
    if (holder !== id) return { id: holder, isNew: false }
  }
  await insertExecution(transaction, id, submission)
  return { id, isNew: true }
}

/** When a waiter for a new execution first looks by itself, should its end have come before it listened. */
const lateLookMs = 250
/** How often a waiter looks, should what it waits to be told be lost with the process that would have told it. */
const lookMs = 2_000

/** @throws execution_not_found - in this scope. */
export async function getExecution(db: Database, scope: Scope, id: string): Promise<Execution> {
  const row = await findExecution(db, scope, id)
  if (!row) throw executionError('execution_not_found')
  return executionOf(row)
}

/**
 * Waits until an execution has ended, at most this long, and returns it as it is then.
 *
 * @param waitMs 0 looks once and does not wait
 * @param signal gives up the wait early
 * @param isNew it was submitted just now: its end will be told, so the first look is for the rare case that this was too late
 * @throws execution_not_found
 */
export async function waitForExecution(
  { db, notifications }: { db: Database; notifications: Notifications },
  scope: Scope,
  id: string,
  waitMs: number,
  signal?: AbortSignal,
  isNew = false,
): Promise<Execution> {
  if (waitMs <= 0) return getExecution(db, scope, id)
  const until = Date.now() + waitMs
  let news = Promise.withResolvers<void>()
  const wake = () => news.resolve()
  // Listening begins before the first look, so that an end between the two is not missed.
  const stops = [notifications.on('execution.ended', id, wake), notifications.onMissed(wake)]
  signal?.addEventListener('abort', wake, { once: true })
  try {
    for (let patienceMs = isNew ? lateLookMs : 0; ; patienceMs = lookMs) {
      if (patienceMs > 0) {
        const timer = setTimeout(wake, Math.min(patienceMs, Math.max(0, until - Date.now())))
        await news.promise
        clearTimeout(timer)
      }
      news = Promise.withResolvers()
      // The waiter also waits for a database that is away, as long as there is time.
      const execution = await outlastOutages(
        () => getExecution(db, scope, id),
        () => Date.now() >= until || signal?.aborted === true,
      )
      if (hasEnded(execution) || Date.now() >= until || signal?.aborted) return execution
    }
  } finally {
    for (const stop of stops) stop()
  }
}

/**
 * Locks an execution that is to be tried again: of simultaneous retries the second finds the first one's.
 *
 * @returns the code that asked for what it recorded
 * @throws execution_not_found - retention was quicker.
 * @throws execution_retried - `details.execution_id` continues it.
 */
export async function lockFirst(transaction: Transaction, id: string): Promise<{ codeVersion: string | null }> {
  const row = await lockExecution(transaction, id)
  if (!row) throw executionError('execution_not_found')
  const retried = await findRetry(transaction, id)
  if (retried !== undefined) throw executionError('execution_retried', { execution_id: retried })
  return { codeVersion: row.code_version }
}

/** Submits in a transaction of its own. */
export function submitAlone(db: Database, submission: Submission): Promise<{ id: string; isNew: boolean }> {
  const scope: Scope = submission.organizationId === null ? 'allOrganizations' : { organizationId: submission.organizationId }
  return inScope(db, scope, (transaction) => submitExecution(transaction, submission))
}
