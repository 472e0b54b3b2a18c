import { closedValuesIn } from '@crosswalk/sdk/closed-fields'
import { type Acting, recordAudit } from '../audit/audit.ts'
import { requireOfferedParameters } from '../data-providers/closed-options.ts'
import { getDefinition, requireLoaded } from '../definitions/definitions.ts'
import { requireFittingParameters } from '../definitions/parameters.ts'
import {
  type Execution,
  executionError,
  findKeyHolder,
  getExecution,
  type Submission,
  submitExecution,
  waitForExecution,
} from '../engine/state/executions.ts'
import { getActiveOrganization } from '../organizations/organizations.ts'
import { type Database, inScope, inScopeAtOnce, type Transaction } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { newId } from '../platform/ids.ts'
import { canonicalJson, type JsonObject } from '../protocol/json.ts'

/** One wish to run a workflow for an organization. */
export type WorkflowOrder = {
  organizationId: string
  workflowName: string
  parameters: JsonObject
  /** The same key for the same workflow and organization is the same execution. */
  idempotencyKey?: string | undefined
  acting: Acting
  /** 0 does not wait. */
  waitMs: number
  signal: AbortSignal
}

export type WorkflowSubmission = Submission & { organizationId: string }

/**
 * Runs a workflow and waits for its end, at most this long.
 *
 * @returns the execution as it is then; with a used idempotency key, the one that it was first used for
 * @throws idempotency_key_reused - the key was used with other parameters.
 * @throws workflow_not_found, definition_not_loaded, organization_not_found, organization_inactive, validation_failed
 */
export async function executeWorkflow(
  dependencies: { db: Database; notifications: Notifications },
  order: WorkflowOrder,
): Promise<Execution> {
  const { db } = dependencies
  const { organizationId, workflowName, parameters, acting } = order
  const [, workflow] = await Promise.all([getActiveOrganization(db, organizationId), getDefinition(db, 'workflow', workflowName)])
  requireLoaded(workflow)
  const what = `the workflow '${workflowName}'`
  requireFittingParameters(workflow.parametersSchema, parameters, what)
  // What a key was used for stays what it was, whatever is offered now.
  if (closedValuesIn(workflow.parametersSchema, parameters, 'parameters').length > 0 && !(await isUsed(db, order))) {
    const { signal } = order
    await requireOfferedParameters(dependencies, { schema: workflow.parametersSchema, parameters, organizationId, acting, signal, what })
  }
  const scope = { organizationId }
  const submission: WorkflowSubmission = {
    organizationId,
    kind: 'workflow',
    name: workflowName,
    input: { parameters },
    timeoutMs: workflow.timeoutMs,
    deadlineMs: workflow.deadlineMs ?? null,
    acting,
    isInteractive: order.waitMs > 0,
  }
  const { id, isNew } = await (order.idempotencyKey === undefined
    ? submitNew(db, submission)
    : submitOnce(db, { ...submission, idempotencyKey: order.idempotencyKey }))
  if (!isNew) await requireSameParameters(db, organizationId, id, parameters)
  return waitForExecution(dependencies, scope, id, order.waitMs, order.signal, isNew)
}

async function isUsed(db: Database, { organizationId, workflowName, idempotencyKey }: WorkflowOrder): Promise<boolean> {
  return idempotencyKey !== undefined && (await findKeyHolder(db, organizationId, workflowName, idempotencyKey)) !== undefined
}

async function submitNew(db: Database, submission: WorkflowSubmission): Promise<{ id: string; isNew: boolean }> {
  const id = newId()
  await inScopeAtOnce(db, submission, (transaction) =>
    Promise.all([submitExecution(transaction, submission, id), recordExecuted(transaction, submission, id)]),
  )
  return { id, isNew: true }
}

function submitOnce(db: Database, submission: WorkflowSubmission): Promise<{ id: string; isNew: boolean }> {
  return inScope(db, submission, (transaction) => submitWorkflowWithin(transaction, submission))
}

/**
 * Submits a run of a workflow, with its audit, as part of what else a transaction does. Parameters, organization and workflow were checked.
 *
 * @returns with a used idempotency key, the execution that it was first used for
 */
export async function submitWorkflowWithin(
  transaction: Transaction,
  submission: WorkflowSubmission,
): Promise<{ id: string; isNew: boolean }> {
  const submitted = await submitExecution(transaction, submission)
  if (submitted.isNew) await recordExecuted(transaction, submission, submitted.id)
  return submitted
}

function recordExecuted(transaction: Transaction, { acting, organizationId, name }: WorkflowSubmission, id: string): Promise<void> {
  return recordAudit(transaction, acting, {
    action: 'workflow.executed',
    organizationId,
    target: { type: 'workflow', id: name, execution_id: id },
    changes: {},
  })
}

async function requireSameParameters(db: Database, organizationId: string, executionId: string, parameters: JsonObject): Promise<void> {
  const first = await getExecution(db, { organizationId }, executionId)
  if (canonicalJson(first.input.parameters ?? {}) === canonicalJson(parameters)) return
  throw executionError('idempotency_key_reused', { execution_id: executionId })
}
