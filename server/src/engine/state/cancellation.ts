import { type Acting, recordAudit } from '../../audit/audit.ts'
import { type Database, inScope, type Scope } from '../../platform/database/database.ts'
import { cancelPending, type ExecutionRow, markCancelling } from './executions.queries.ts'
import { type Execution, executionError, executionOf, hasEnded } from './executions.ts'
import type { EndHandler } from './requests.ts'

/**
 * Cancels an execution: one that waits at once, one that runs through its worker. Safe to repeat.
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
  return inScope(db, scope, async (transaction) => {
    let row: ExecutionRow | undefined = await cancelPending(transaction, execution.id)
    if (row) {
      const outcome = { status: 'cancelled', result: null, error: row.error } as const
      for (const handler of endHandlers) if (handler.kind === execution.kind) await handler.onEnd(transaction, executionOf(row), outcome)
    } else row = await markCancelling(transaction, execution.id)
    if (!row) throw executionError('execution_finished')
    if (execution.status !== 'cancelling') {
      await recordAudit(transaction, acting, {
        action: 'execution.cancelled',
        organizationId: execution.organizationId,
        target: { type: 'execution', id: execution.id, name: execution.name },
        changes: { status: { before: execution.status, after: row.status } },
      })
    }
    return executionOf(row)
  })
}
