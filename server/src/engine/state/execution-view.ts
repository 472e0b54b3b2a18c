import { z } from 'zod'
import { executionErrorView } from './error-view.ts'
import { executionStatuses } from './execution.ts'
import type { Execution } from './executions.ts'

/** What running a workflow answers, and the beginning of every other view of an execution. */
export const executionView = z
  .object({
    execution_id: z.uuid(),
    workflow_name: z.string().describe('The name of what runs: a workflow, an integration or a data provider.'),
    status: z.enum(executionStatuses),
    result: z.unknown().describe('What the author’s code returned; null until it has.'),
    error: executionErrorView.nullable(),
    duration_ms: z.int().nullable().describe('Milliseconds from the start to the end, or until now.'),
    started_at: z.iso.datetime().nullable(),
    completed_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ExecutedWorkflow' })

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
