import { type Batch, type BatchOrder, createBatch, getBatch, isBatchKeyUsed } from '../batches/batches.ts'
import { getDefinition, requireLoaded, type WorkflowDefinition } from '../definitions/definitions.ts'
import { requireFittingParameters } from '../definitions/parameters.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { requireOfferedToMany } from './offered-to-many.ts'

/** One wish to run a workflow for many organizations. */
export type ManyOrder = Omit<BatchOrder, 'kind' | 'name' | 'timeoutMs' | 'deadlineMs'>

/**
 * Makes a batch of a workflow in the caller's transaction, which is in the scope of the order.
 *
 * @throws validation_failed - the parameters.
 * @throws definition_not_loaded
 * @throws idempotency_key_reused
 */
export function orderWorkflow(
  transaction: Transaction,
  workflow: WorkflowDefinition,
  order: ManyOrder,
): Promise<{ id: string; isNew: boolean }> {
  requireLoaded(workflow)
  requireFittingParameters(workflow.parametersSchema, order.parameters, `the workflow '${workflow.name}'`)
  return createBatch(transaction, {
    ...order,
    kind: 'workflow',
    name: workflow.name,
    timeoutMs: workflow.timeoutMs,
    deadlineMs: workflow.deadlineMs ?? null,
  })
}

/**
 * Runs a workflow for many organizations, and does not wait for any.
 *
 * @returns the batch; with a used idempotency key, the one that it was first used for
 * @throws workflow_not_found, definition_not_loaded, validation_failed, idempotency_key_reused, data_provider_failed
 */
export async function executeForMany(
  dependencies: { db: Database; notifications: Notifications },
  order: ManyOrder & { workflowName: string; signal: AbortSignal },
): Promise<Batch> {
  const { db } = dependencies
  const { workflowName, signal, ...rest } = order
  const workflow = await getDefinition(db, 'workflow', workflowName)
  requireLoaded(workflow)
  // What a key was used for stays what it was, whatever is offered now.
  const isUsed = order.idempotencyKey !== undefined && (await isBatchKeyUsed(db, order.scope, workflowName, order.idempotencyKey))
  if (!isUsed) await requireOfferedToMany(dependencies, { ...rest, workflow, signal })
  const { id } = await inScope(db, order.scope, async (transaction) => orderWorkflow(transaction, workflow, rest))
  return getBatch(db, order.scope, id)
}
