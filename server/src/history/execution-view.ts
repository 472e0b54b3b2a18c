import { z } from 'zod'
import { executionKinds, executionStatuses } from '../engine/state/execution.ts'
import type { StepRow } from '../engine/state/executions.queries.ts'
import type { Execution } from '../engine/state/executions.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { Surroundings } from './related-names.ts'
import { type Waiting, waitingView } from './waiting.ts'

export const executionErrorView = z.object({
  type: z.string().describe('The class of the error, as its author named it.'),
  message: z.string(),
  details: z
    .record(z.string(), z.unknown())
    .describe("`code` where the error has one, `stack` into the author's file, and what the error itself brought."),
})

/** What running a workflow answers, and the beginning of every other view of an execution. */
export const executionView = z
  .object({
    execution_id: z.uuid(),
    workflow_name: z.string().describe('The name of what runs: a workflow, an integration or a data provider.'),
    status: z.enum(executionStatuses),
    result: z.unknown().describe('What the author’s code returned; null until it has.'),
    error: executionErrorView.nullable(),
    duration_ms: z.number().nullable().describe('Milliseconds from the start to the end, or until now.'),
    started_at: z.iso.datetime().nullable(),
    completed_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Execution' })

export const executionSummaryView = executionView
  .omit({ result: true })
  .extend({
    kind: z.enum(executionKinds),
    org_id: z.uuid().nullable(),
    org_name: z.string().nullable().describe('Its name now; null where it ran for all of them.'),
    created_at: z.iso.datetime(),
    retry_of: z.uuid().nullable().describe('The execution that this one goes on from.'),
    batch_id: z
      .uuid()
      .nullable()
      .describe('The batch that it is a part of; null also where you may not see that, or it is not kept any more.'),
    caller: z.object({ type: z.string(), id: z.string(), name: z.string() }),
    progress: z.object({ done: z.number(), total: z.number().nullable(), message: z.string().nullable() }).nullable(),
  })
  .meta({ id: 'ExecutionSummary' })

export const stepView = z
  .object({
    name: z.string(),
    status: z.enum(['running', 'success', 'failed']),
    attempt: z.int(),
    started_at: z.iso.datetime(),
    duration_ms: z.number().nullable(),
    error: executionErrorView.nullable(),
  })
  .meta({ id: 'Step' })

export const executionDetailView = executionSummaryView
  .extend({
    result: z.unknown(),
    parameters: z.record(z.string(), z.unknown()).describe('What the execution was started with.'),
    timeout_ms: z.int(),
    waiting: waitingView.nullable().describe('Why it has not started yet; null once it has.'),
    retried_as: z.uuid().nullable().describe('The execution that goes on from this one, where it was tried again.'),
    steps: z.array(stepView),
  })
  .meta({ id: 'ExecutionDetail' })

function durationMs({ startedAt, completedAt }: Execution): number | null {
  return startedAt === null ? null : Math.max(0, (completedAt?.getTime() ?? Date.now()) - startedAt.getTime())
}

/** An execution as the contract shows it after running a workflow. */
export function viewOfExecution(execution: Execution): z.input<typeof executionView> {
  return {
    execution_id: execution.id,
    workflow_name: execution.name,
    status: execution.status,
    result: execution.result ?? null,
    error: execution.error,
    duration_ms: durationMs(execution),
    started_at: execution.startedAt?.toISOString() ?? null,
    completed_at: execution.completedAt?.toISOString() ?? null,
  }
}

export function viewOfSummary(
  execution: Execution,
  { seenBatches, organizationNames }: Surroundings,
): z.input<typeof executionSummaryView> {
  const { result: _result, ...view } = viewOfExecution(execution)
  return {
    ...view,
    kind: execution.kind,
    org_id: execution.organizationId,
    org_name: (execution.organizationId !== null && organizationNames.get(execution.organizationId)) || null,
    created_at: execution.createdAt.toISOString(),
    retry_of: execution.retryOf,
    batch_id: execution.batchId !== null && seenBatches.has(execution.batchId) ? execution.batchId : null,
    caller: execution.caller,
    progress: execution.progress,
  }
}

/** An execution with everything that is kept of it but its log. */
export function viewOfDetail(
  execution: Execution,
  steps: readonly StepRow[],
  surroundings: Surroundings,
  retriedAs: string | undefined,
  waiting?: Waiting,
): z.input<typeof executionDetailView> {
  const { parameters, ...input } = execution.input
  return {
    ...viewOfSummary(execution, surroundings),
    result: execution.result ?? null,
    parameters: execution.kind === 'workflow' || execution.kind === 'data_provider' ? ((parameters ?? {}) as JsonObject) : input,
    timeout_ms: execution.timeoutMs,
    waiting: waiting ?? null,
    retried_as: retriedAs ?? null,
    steps: steps.map((step) => ({
      name: step.name,
      status: step.status,
      attempt: step.attempt,
      started_at: step.started_at.toISOString(),
      duration_ms: step.duration_ms,
      error: step.error,
    })),
  }
}
