import { type Acting, recordAudit } from '../../audit/audit.ts'
import { type Database, inScope, type Transaction } from '../../platform/database/database.ts'
import { findRetry, lockExecution } from './executions.queries.ts'
import { type Execution, executionError, getExecution, hasEnded, submitExecution } from './executions.ts'

/** The place that an execution has in a batch, and that its retry takes. */
export type Place = { batch: { id: string; isPaused: boolean }; giveTo(executionId: string): Promise<void> }

/** Locks the place of an execution in its batch. Undefined where it is of none. */
export type TakePlace = (transaction: Transaction, execution: Execution) => Promise<Place | undefined>

/**
 * Starts a new execution that goes on from the failed step of one that ended badly, with what that one recorded before it.
 * It has the same parameters and time, waits in the background, and can be tried again in its turn; the first one cannot any more,
 * because that would do again what its retry did. Of a batch, it takes the place of the first one.
 *
 * @throws execution_not_found, execution_not_finished, execution_succeeded
 * @throws execution_not_retryable - it is not of a workflow.
 * @throws execution_retried - `details.execution_id` goes on from it.
 * @throws batch_cancelled
 */
export async function retryExecution(db: Database, acting: Acting, first: Execution, takePlace: TakePlace): Promise<Execution> {
  const { organizationId } = first
  if (first.kind !== 'workflow' || organizationId === null) throw executionError('execution_not_retryable', { kind: first.kind })
  if (!hasEnded(first)) throw executionError('execution_not_finished', { status: first.status })
  if (first.status === 'success') throw executionError('execution_succeeded')
  // A batch is of no single organization.
  const id = await inScope(db, first.batchId === null ? { organizationId } : 'allOrganizations', async (transaction) => {
    const place = await takePlace(transaction, first)
    // Of simultaneous retries the second finds the first one's.
    const row = await lockExecution(transaction, first.id)
    // Retention was quicker.
    if (!row) throw executionError('execution_not_found')
    const retried = await findRetry(transaction, first.id)
    if (retried !== undefined) throw executionError('execution_retried', { execution_id: retried })
    const submitted = await submitExecution(transaction, {
      organizationId,
      kind: first.kind,
      name: first.name,
      input: first.input,
      timeoutMs: first.timeoutMs,
      acting,
      isInteractive: false,
      retryOf: { id: first.id, codeVersion: row.code_version },
      ...(place ? { batch: place.batch } : {}),
    })
    await place?.giveTo(submitted.id)
    await recordAudit(transaction, acting, {
      action: 'execution.retried',
      organizationId,
      target: { type: 'execution', id: first.id, name: first.name, execution_id: submitted.id },
      changes: {},
    })
    return submitted.id
  })
  return getExecution(db, { organizationId }, id)
}
