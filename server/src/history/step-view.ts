import { z } from 'zod'
import { executionErrorView } from '../engine/state/error-view.ts'
import type { AttemptRow, StepRow } from '../engine/state/executions.ts'

const attemptStatus = z
  .enum(['running', 'success', 'failed', 'cut_off'])
  .describe('`cut_off`: its process was lost, or the execution ended, before it did. Whether it was done at the vendor is not known.')

const callView = z
  .object({
    name: z.string().describe('`integration.method`, a step within the step, or the change of a mapping.'),
    status: attemptStatus,
    started_at: z.iso.datetime(),
    duration_ms: z.number().nullable(),
    error: executionErrorView.nullable(),
  })
  .meta({ id: 'StepCall' })

const attemptView = z
  .object({
    attempt: z.int().min(1).describe('Counted from 1, on over a crash.'),
    status: attemptStatus,
    started_at: z.iso.datetime(),
    duration_ms: z.number().nullable(),
    error: executionErrorView.nullable(),
    calls: z.array(callView).describe('What the step called, in the order it began: at most the first 100.'),
    more_calls: z.int().min(0).describe('How many calls it made beside those.'),
  })
  .meta({ id: 'StepAttempt' })

export const stepView = z
  .object({
    name: z.string(),
    status: z.enum(['running', 'success', 'failed']),
    attempt: z.int().describe('The newest attempt.'),
    started_at: z.iso.datetime().describe('When the newest attempt began.'),
    duration_ms: z.number().nullable().describe('Of the newest attempt.'),
    error: executionErrorView.nullable(),
    idempotency_key: z
      .string()
      .nullable()
      .describe('What the step may have sent to a vendor as its key: the same for all attempts. Null where an earlier version ran it.'),
    arguments: z
      .string()
      .nullable()
      .describe(
        'What a client was called with, as JSON text without secrets; it ends with … where more than 4,096 characters were cut. Null where the step is no call of a client, or was called with nothing.',
      ),
    attempts: z.array(attemptView).describe('How each attempt ended, oldest first; of more than 50 the newest.'),
  })
  .meta({ id: 'Step' })

export function viewOfStep(step: StepRow): z.input<typeof stepView> {
  return {
    name: step.name,
    status: step.status,
    attempt: step.attempt,
    started_at: step.started_at.toISOString(),
    duration_ms: step.duration_ms,
    error: step.error,
    idempotency_key: step.idempotency_key,
    arguments: step.arguments,
    attempts: step.attempts.map((attempt, index) =>
      viewOfAttempt(attempt, step.status === 'running' && index === step.attempts.length - 1),
    ),
  }
}

/** What is still shown as running, and cannot be any more, was cut off. */
function viewOfAttempt(attempt: AttemptRow, isLastOfRunning: boolean): z.input<typeof attemptView> {
  const settled = <Ending extends { status: AttemptRow['status'] }>(ending: Ending, isRunning: boolean): Ending =>
    ending.status === 'running' && !isRunning ? { ...ending, status: 'cut_off' } : ending
  const { status, ...rest } = settled(attempt, isLastOfRunning)
  return { ...rest, status, calls: attempt.calls.map((call) => settled(call, status === 'running')) }
}
