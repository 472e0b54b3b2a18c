import { z } from 'zod'
import { approvalView } from '../approvals/approval-view.ts'
import { executionErrorView } from '../engine/state/error-view.ts'
import { executionView, viewOfExecution } from '../engine/state/execution-view.ts'
import type { Execution, StepRow } from '../engine/state/executions.ts'
import { shortErrorOf } from '../engine/state/short-error.ts'
import type { JsonObject } from '../protocol/json.ts'
import { executionKinds } from '../protocol/kinds.ts'
import { type Queued, queuedView } from './queued.ts'
import type { RelatedNames } from './related-names.ts'
import { stepView, viewOfStep } from './step-view.ts'

export const executionSummaryView = executionView
  .omit({ result: true })
  .extend({
    error: executionErrorView.nullable().describe('In short: the execution itself has the whole message, the stack, and all details.'),
    kind: z.enum(executionKinds),
    org_id: z.uuid().nullable(),
    org_name: z.string().nullable().describe('Its name now; null where it ran for all of them.'),
    created_at: z.iso.datetime(),
    retry_of: z.uuid().nullable().describe('The execution that this one continues.'),
    batch_id: z
      .uuid()
      .nullable()
      .describe('The batch that it is a part of; null also where you may not see that, or it is not kept any more.'),
    caller: z.object({ type: z.string(), id: z.string(), name: z.string() }),
    progress: z.object({ done: z.number(), total: z.number().nullable(), message: z.string().nullable() }).nullable(),
    waiting: z
      .object({
        for: z.enum(['time', 'event', 'person']),
        until: z.iso.datetime().nullable().describe('When it continues at the latest; null if its wait has no limit.'),
      })
      .nullable()
      .describe('What it waits for while its status is `waiting`, without a worker; null otherwise.'),
  })
  .meta({ id: 'ExecutionSummary' })

export const executionDetailView = executionSummaryView
  .extend({
    result: z.unknown(),
    error: executionErrorView.nullable(),
    parameters: z.record(z.string(), z.unknown()).describe('What the execution was started with.'),
    effective_parameters: z
      .record(z.string(), z.unknown())
      .describe(
        'What its code was called with: the parameters as its schema parsed them, defaults included. Before it has begun: `parameters`.',
      ),
    timeout_ms: z.int().describe('How long workers may work on it. Waits do not count.'),
    deadline_ms: z.int().nullable().describe('How long all of it may take from its start, waits included. Null is no limit.'),
    ran_ms: z.int().describe('How long workers worked on it, up to its end or its last wait: what counts towards `timeout_ms`.'),
    queued: queuedView.nullable().describe('Why it has not started yet; null once it has.'),
    retried_as: z.uuid().nullable().describe('The execution that continues this one, if it was tried again.'),
    steps: z.array(stepView),
    approvals: z.array(approvalView).describe('What it asked of people, newest first.'),
  })
  .meta({ id: 'ExecutionDetail' })

export function viewOfSummary(
  execution: Execution,
  { seenBatches, organizationNames }: RelatedNames,
): z.input<typeof executionSummaryView> {
  const { result: _result, ...view } = viewOfExecution(execution)
  return {
    ...view,
    error: shortErrorOf(execution.error),
    kind: execution.kind,
    org_id: execution.organizationId,
    org_name: (execution.organizationId !== null && organizationNames.get(execution.organizationId)) || null,
    created_at: execution.createdAt.toISOString(),
    retry_of: execution.retryOf,
    batch_id: execution.batchId !== null && seenBatches.has(execution.batchId) ? execution.batchId : null,
    caller: execution.caller,
    progress: execution.progress,
    waiting: execution.wait && { for: execution.wait.for.type, until: execution.wait.until?.toISOString() ?? null },
  }
}

/** An execution with everything that is kept of it but its log. */
export function viewOfDetail(
  execution: Execution,
  steps: readonly StepRow[],
  relatedNames: RelatedNames,
  retriedAs: string | undefined,
  queued: Queued | undefined,
  approvals: z.input<typeof approvalView>[],
): z.input<typeof executionDetailView> {
  const { parameters, ...input } = execution.input
  const given = execution.kind === 'workflow' || execution.kind === 'data_provider' ? ((parameters ?? {}) as JsonObject) : input
  return {
    ...viewOfSummary(execution, relatedNames),
    result: execution.result ?? null,
    error: execution.error,
    parameters: given,
    effective_parameters: execution.effectiveParameters ?? given,
    timeout_ms: execution.timeoutMs,
    deadline_ms: execution.deadlineMs,
    ran_ms: Math.round(execution.ranMs),
    queued: queued ?? null,
    retried_as: retriedAs ?? null,
    steps: steps.map(viewOfStep),
    approvals,
  }
}
