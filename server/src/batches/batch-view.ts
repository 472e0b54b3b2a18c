import { z } from 'zod'
import type { IntegrationDefinition } from '../definitions/definitions.ts'
import { guidanceFor } from '../engine/failures/guidance.ts'
import { executionErrorView } from '../engine/state/error-view.ts'
import type { ExecutionError } from '../engine/state/executions.ts'
import { shortErrorOf } from '../engine/state/short-error.ts'
import { batchKinds } from '../protocol/kinds.ts'
import { type Batch, itemStatuses } from './batch.ts'
import type { ItemRow } from './batch-items.queries.ts'

const count = z.int().min(0)

export const batchView = z
  .object({
    batch_id: z.uuid(),
    kind: z.enum(batchKinds),
    workflow_name: z.string().describe('The workflow; of connection tests, the schedule that ordered them, or `test_mappings`.'),
    organizations: z
      .union([z.string(), z.array(z.uuid())])
      .describe('As they were selected: `all`, `mapped:<integration>` or a list of ids.'),
    parameters: z.record(z.string(), z.unknown()),
    status: z
      .enum(['expanding', 'running', 'paused', 'finished', 'cancelled'])
      .describe('`expanding`: not all executions are submitted yet. `finished`: all have ended, whatever the outcome.'),
    is_paused: z.boolean(),
    total: count,
    done: count.describe('Of `total`, those that have ended or were skipped.'),
    counts: z
      .object(Object.fromEntries(itemStatuses.map((status) => [status, count])) as Record<(typeof itemStatuses)[number], typeof count>)
      .describe(
        'By the status of the newest attempt. `failed`: its code threw, or it is a connection test that found a failure, though its execution succeeded. `not_tested`: a connection test that was not made, for instance because the vendor asked to wait. `waiting`: asleep, or waiting for an event or a person. `skipped`: not active any more when its turn came. `expired`: not kept any more.',
      ),
    caller: z.object({ type: z.string(), id: z.string(), name: z.string() }),
    schedule: z.string().nullable().describe('The schedule that made it, by its workflow.'),
    due_at: z.iso.datetime().nullable().describe('When the schedule was due; null where someone asked for the run.'),
    created_at: z.iso.datetime(),
    completed_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Batch' })

export function viewOfBatch(batch: Batch): z.input<typeof batchView> {
  const { pending, running, waiting, cancelling } = batch.counts
  return {
    batch_id: batch.id,
    kind: batch.kind,
    workflow_name: batch.name,
    organizations: batch.selection,
    parameters: batch.parameters,
    status: batch.status,
    is_paused: batch.isPaused,
    total: batch.total,
    done: batch.total - pending - running - waiting - cancelling,
    counts: batch.counts,
    caller: batch.caller,
    schedule: batch.scheduleName,
    due_at: batch.dueAt?.toISOString() ?? null,
    created_at: batch.createdAt.toISOString(),
    completed_at: batch.completedAt?.toISOString() ?? null,
  }
}

export const batchItemView = z
  .object({
    org_id: z.uuid(),
    org_name: z.string(),
    mapping_id: z.uuid().nullable().describe('The mapping that is tested; null for a workflow.'),
    status: z
      .enum(itemStatuses)
      .describe(
        'As its execution is; but `failed` for a connection test that found a failure, whose execution succeeded, and `not_tested` for one that was not made.',
      ),
    attempt: z.int().min(1),
    execution_id: z.uuid().nullable().describe('Null until it is submitted, and where it was skipped.'),
    result: z
      .unknown()
      .describe(
        'What it returned; null until it has. Of one that is larger than 16 KiB as JSON, how that begins, as text: the execution has it whole.',
      ),
    result_truncated: z.boolean().describe('True where `result` is only the beginning.'),
    error: executionErrorView
      .nullable()
      .describe('Why it failed, in short; of a connection test that found a failure, what the test says.'),
    duration_ms: z.number().nullable(),
    started_at: z.iso.datetime().nullable(),
    completed_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'BatchExecution' })

type IntegrationsByName = ReadonlyMap<string, IntegrationDefinition>

/** What a test that found a failure says, with the guidance that its mapping shows. */
function testErrorOf({ test_details, test_of }: ItemRow, message: string, integrations: IntegrationsByName): ExecutionError {
  const found = test_details !== null && typeof test_details === 'object' && !Array.isArray(test_details) ? test_details : {}
  const integration = test_of === null ? undefined : integrations.get(test_of)
  const guidance =
    typeof found.guidance === 'string' ? found.guidance : integration && guidanceFor({ message, details: found }, integration, 'mapping')
  const details = { ...(test_of === null ? {} : { integration_name: test_of }), ...(guidance === undefined ? {} : { guidance }) }
  return { type: 'ConnectionTestFailed', message, details }
}

/** @param integrations those of the tests that found a failure, as far as they are still there */
export function viewOfItem(row: ItemRow, integrations: IntegrationsByName): z.input<typeof batchItemView> {
  const { started_at: startedAt, completed_at: completedAt } = row
  return {
    org_id: row.organization_id,
    org_name: row.organization_name,
    mapping_id: row.subject_id === row.organization_id ? null : row.subject_id,
    status: row.status,
    attempt: row.attempt,
    execution_id: row.execution_id,
    result: row.result_beginning === null ? row.result : `${row.result_beginning.toWellFormed()}…`,
    result_truncated: row.result_beginning !== null,
    error: row.test_failure === null ? shortErrorOf(row.error) : testErrorOf(row, row.test_failure, integrations),
    duration_ms: startedAt && completedAt ? Math.max(0, completedAt.getTime() - startedAt.getTime()) : null,
    started_at: startedAt?.toISOString() ?? null,
    completed_at: completedAt?.toISOString() ?? null,
  }
}
