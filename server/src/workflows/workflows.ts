import { type Acting, recordAudit } from '../audit/audit.ts'
import { type Execution, executionError, getExecution, submitExecution, waitForExecution } from '../executions/executions.ts'
import { getDefinition } from '../integrations/definitions.ts'
import { requireFittingParameters } from '../integrations/parameters.ts'
import { getActiveOrganization } from '../organizations/organizations.ts'
import { type Database, inScope } from '../platform/database.ts'
import { canonicalJson, type JsonObject } from '../platform/json.ts'
import type { Notifications } from '../platform/notifications.ts'

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

/**
 * Runs a workflow and waits for its end, at most so long.
 *
 * @returns the execution as it is then; with a used idempotency key, the one that it was first used for
 * @throws idempotency_key_reused - the key was used with other parameters.
 * @throws workflow_not_found, organization_not_found, organization_inactive, validation_failed
 */
export async function executeWorkflow(
  dependencies: { db: Database; notifications: Notifications },
  order: WorkflowOrder,
): Promise<Execution> {
  const { db } = dependencies
  const { organizationId, workflowName, parameters, acting } = order
  const [, workflow] = await Promise.all([getActiveOrganization(db, organizationId), getDefinition(db, 'workflow', workflowName)])
  requireFittingParameters(workflow.parametersSchema, parameters, `the workflow '${workflowName}'`)
  const scope = { organizationId }
  const { id, isNew } = await inScope(db, scope, async (transaction) => {
    const submitted = await submitExecution(transaction, {
      organizationId,
      kind: 'workflow',
      name: workflowName,
      input: { parameters },
      timeoutMs: workflow.timeoutMs,
      acting,
      isInteractive: order.waitMs > 0,
      ...(order.idempotencyKey === undefined ? {} : { idempotencyKey: order.idempotencyKey }),
    })
    if (!submitted.isNew) return submitted
    await recordAudit(transaction, acting, {
      action: 'workflow.executed',
      organizationId,
      target: { type: 'workflow', id: workflowName, execution_id: submitted.id },
      changes: {},
    })
    return submitted
  })
  if (!isNew) await requireSameParameters(db, organizationId, id, parameters)
  return waitForExecution(dependencies, scope, id, order.waitMs, order.signal, isNew)
}

async function requireSameParameters(db: Database, organizationId: string, executionId: string, parameters: JsonObject): Promise<void> {
  const first = await getExecution(db, { organizationId }, executionId)
  if (canonicalJson(first.input.parameters ?? {}) === canonicalJson(parameters)) return
  throw executionError('idempotency_key_reused', { execution_id: executionId })
}
