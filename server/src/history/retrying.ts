import { type Acting, recordAudit } from '../audit/audit.ts'
import { takePlace } from '../batches/places.ts'
import { type Execution, executionError, getExecution, hasEnded, lockFirst, submitExecution } from '../engine/state/executions.ts'
import { getActiveOrganization } from '../organizations/organizations.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { kinds } from '../protocol/kinds.ts'

/**
 * Starts a new execution that continues from the failed step of one that ended badly, with what that one recorded before it.
 * It has the same parameters and time, waits in the background, and can be tried again in its turn; the first one cannot any more,
 * because that would do again what its retry did. Of a batch, it takes the place of the first one.
 *
 * @throws execution_not_found, execution_not_finished, execution_succeeded
 * @throws execution_not_retryable - it is not of a workflow.
 * @throws execution_retried - `details.execution_id` continues it.
 * @throws organization_inactive
 * @throws batch_cancelled
 */
export async function retryExecution(db: Database, acting: Acting, first: Execution): Promise<Execution> {
  const organizationId = requireRetryable(first)
  await getActiveOrganization(db, organizationId)
  // A batch is of no single organization.
  const scope = first.batchId === null ? { organizationId } : 'allOrganizations'
  const id = await inScope(db, scope, (transaction) => retryExecutionWithin(transaction, acting, first))
  return getExecution(db, { organizationId }, id)
}

/** @throws execution_not_retryable, execution_not_finished, execution_succeeded */
function requireRetryable(first: Execution): string {
  const { organizationId } = first
  if (!kinds[first.kind].mayBeRetried || organizationId === null) throw executionError('execution_not_retryable', { kind: first.kind })
  if (!hasEnded(first)) throw executionError('execution_not_finished', { status: first.status })
  if (first.status === 'success') throw executionError('execution_succeeded')
  return organizationId
}

/**
 * The same as part of what else a transaction does, for an organization that is active.
 *
 * @param transaction across all organizations where the first one is of a batch
 * @returns the id of the new one
 */
export async function retryExecutionWithin(transaction: Transaction, acting: Acting, first: Execution): Promise<string> {
  const organizationId = requireRetryable(first)
  const place = await takePlace(transaction, first)
  // Of simultaneous retries the second finds the first one's.
  const { codeVersion } = await lockFirst(transaction, first.id)
  const submitted = await submitExecution(transaction, {
    organizationId,
    kind: first.kind,
    name: first.name,
    input: first.input,
    timeoutMs: first.timeoutMs,
    deadlineMs: first.deadlineMs,
    acting,
    isInteractive: false,
    retryOf: { id: first.id, codeVersion },
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
}
