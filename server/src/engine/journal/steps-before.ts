import type { ErrorData } from '@crosswalk/sdk'
import { masked } from '@crosswalk/sdk/masking'
import type { AttemptRow } from '../state/executions.queries.ts'
import { markOf, type StepRecord } from '../steps/step-record.ts'
import type { StepLine } from './journal-lines.ts'
import type { ShownStepRow } from './shown-steps.queries.ts'
import type { EarlierStep } from './shown-steps.ts'

/** What an earlier worker showed of an execution's steps, set right by what it recorded. */
export type StepsBefore = {
  /** Steps that are recorded, and were not shown so before their worker was lost. */
  unshown: Pick<
    StepLine,
    'position' | 'name' | 'status' | 'attempt' | 'startedAt' | 'durationMs' | 'error' | 'idempotencyKey' | 'arguments' | 'attempts'
  >[]
  /** Steps that are not recorded: they were cut off, or wait for another attempt. */
  open: EarlierStep[]
  nextPosition: number
}

/**
 * Compares the steps as they were shown with those that are recorded. A step is recorded at once and shown a little later, so a worker
 * that died may have left a recorded step as running, or not shown at all.
 */
export function stepsBefore(
  rows: readonly ShownStepRow[],
  recorded: readonly StepRecord[],
  keyOf: (record: StepRecord) => string,
): StepsBefore {
  const shown = new Map(rows.flatMap((row) => (row.idempotencyKey === null ? [] : [[row.idempotencyKey, row] as const])))
  // Not spread into one call: an execution may have more steps than a call may have arguments.
  let nextPosition = rows.reduce((next, { position }) => Math.max(next, position + 1), recorded.length)
  const unshown: StepsBefore['unshown'] = []
  const recordedKeys = new Set<string>()
  for (const record of recorded) {
    const key = keyOf(record)
    recordedKeys.add(key)
    const row = shown.get(key)
    const status = record.outcome.ok ? 'success' : 'failed'
    if (row?.status === status) continue
    const at = record.recordedAt ?? row?.startedAt ?? new Date()
    const attempts = attemptsWith(row?.attempts ?? [], status, at)
    unshown.push({
      position: row?.position ?? nextPosition++,
      name: row?.name ?? (markOf(record.name) === record.name ? masked : record.name),
      status,
      attempt: attempts.at(-1)?.attempt ?? 1,
      startedAt: row?.startedAt ?? at,
      durationMs: row?.status === 'running' ? Math.max(0, at.getTime() - row.startedAt.getTime()) : null,
      error: record.outcome.ok ? null : JSON.stringify(reasonOf(record.outcome.error)),
      idempotencyKey: key,
      // What was shown of them stays.
      arguments: null,
      attempts,
    })
  }
  const open = [...shown].flatMap(([idempotencyKey, row]) => (recordedKeys.has(idempotencyKey) ? [] : [{ ...row, idempotencyKey }]))
  return { unshown, open, nextPosition }
}

/** Without its message, which may hold a secret that this worker does not know of. */
function reasonOf({ type, code }: ErrorData) {
  const message = 'The step failed, and its worker was lost before it had shown why.'
  return { type, message, details: code === null ? {} : { code } }
}

/** The attempts, of which the last came to what is recorded. Where that one was not shown as running, it was another. */
function attemptsWith(attempts: readonly AttemptRow[], status: 'success' | 'failed', at: Date): AttemptRow[] {
  const last = attempts.at(-1)
  if (last?.status === 'running') {
    const durationMs = Math.max(0, at.getTime() - Date.parse(last.started_at))
    return [...attempts.slice(0, -1), { ...last, status, duration_ms: durationMs }]
  }
  const attempt = (last?.attempt ?? 0) + 1
  return [...attempts, { attempt, status, started_at: at.toISOString(), duration_ms: null, error: null, calls: [], more_calls: 0 }]
}
