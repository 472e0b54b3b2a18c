import { type Acting, recordAudit } from '../../audit/audit.ts'
import { type Database, inScope, type Scope, type Sql, type Transaction } from '../../platform/database/database.ts'
import { type Cancellation, cancelUnheldRows, isOne, lockUnended, markCancelling } from './cancelling.queries.ts'
import { closeOpenSteps } from './ending.queries.ts'
import { type Execution, executionError, executionOf, hasEnded } from './executions.ts'
import type { EndHandler } from './requests.ts'

const alone: Cancellation = {
  code: 'cancelled',
  before: 'The execution was cancelled before it began.',
  begun: 'The execution was cancelled.',
}

/**
 * Cancels an execution: one that no worker has at once, one that runs through its worker. Safe to repeat.
 *
 * @throws execution_finished
 */
export async function cancelExecution(
  db: Database,
  acting: Acting,
  execution: Execution,
  endHandlers: readonly EndHandler[],
): Promise<Execution> {
  if (hasEnded(execution)) throw executionError('execution_finished', { status: execution.status })
  const scope: Scope = execution.organizationId === null ? 'allOrganizations' : { organizationId: execution.organizationId }
  return inScope(db, scope, (transaction) => cancelExecutionWithin(transaction, acting, execution, endHandlers))
}

/** The same as part of what else a transaction does. @throws execution_finished */
export async function cancelExecutionWithin(
  transaction: Transaction,
  acting: Acting,
  execution: Execution,
  endHandlers: readonly EndHandler[],
): Promise<Execution> {
  const row = await cancelNow(transaction, execution.id, endHandlers)
  if (!row) throw executionError('execution_finished')
  if (execution.status !== 'cancelling') {
    await recordAudit(transaction, acting, {
      action: 'execution.cancelled',
      organizationId: execution.organizationId,
      target: { type: 'execution', id: execution.id, name: execution.name },
      changes: { status: { before: execution.status, after: row.status } },
    })
  }
  return row
}

/** Undefined where it has ended meanwhile. */
async function cancelNow(transaction: Transaction, id: string, endHandlers: readonly EndHandler[]): Promise<Execution | undefined> {
  const which = isOne(id)
  for (;;) {
    const [ended] = await cancelUnheld(transaction, which, alone, endHandlers)
    if (ended) return ended
    const [told] = await markCancelling(transaction, which)
    if (told) return executionOf(told)
    // Between the two its worker may have let it go, to wait: then the first finds it now.
    if (!(await lockUnended(transaction, id))) return undefined
  }
}

/** Ends executions that no worker has, with what their kinds' slices do with the end. */
export async function cancelUnheld(
  transaction: Transaction,
  which: Sql,
  cancellation: Cancellation,
  endHandlers: readonly EndHandler[],
): Promise<Execution[]> {
  const rows = await cancelUnheldRows(transaction, which, cancellation)
  for (const row of rows) {
    if (row.claim > 0) await closeOpenSteps(transaction, row.id)
    const outcome = { status: 'cancelled', result: null, error: row.error } as const
    for (const handler of endHandlers)
      if (handler.kind === row.kind && (!handler.isOfWaits || row.claim > 0)) await handler.onEnd(transaction, executionOf(row), outcome)
  }
  return rows.map(executionOf)
}
