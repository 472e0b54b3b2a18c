import {
  type Batch,
  type ExecutedWorkflow,
  type ExecuteWorkflowBody,
  type ExecuteWorkflowParams,
  executeWorkflow,
} from './generated/api.ts'
import type { CallOptions } from './http.ts'

type Order = Omit<ExecuteWorkflowBody, 'organizations'>

/** Runs a workflow for the organization that the header `X-Organization-Id` of the options names. */
export async function executeForOrganization(
  order: Order,
  params?: ExecuteWorkflowParams,
  options?: CallOptions,
): Promise<ExecutedWorkflow> {
  const answer = await executeWorkflow(order, params, options)
  if ('execution_id' in answer) return answer
  throw new TypeError('The server answered an order for one organization with a batch.')
}

/** Runs a workflow for many organizations: makes a batch, and does not wait for it. */
export async function executeForMany(
  order: Order & { organizations: NonNullable<ExecuteWorkflowBody['organizations']> },
  options?: CallOptions,
): Promise<Batch> {
  const answer = await executeWorkflow(order, undefined, options)
  if ('batch_id' in answer) return answer
  throw new TypeError('The server answered an order for many organizations with one execution.')
}
