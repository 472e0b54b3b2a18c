import { z } from 'zod'
import { executionError } from '../engine/state/executions.ts'
import { idempotencyKeyOf } from '../engine/steps/step-record.ts'
import type { Database, Scope } from '../platform/database/database.ts'
import { findOutcome, findPlacedStep, type KeptOutcome, listRecordedAs, type PlacedStep } from './step-results.queries.ts'

/** A longer result, as JSON, is not sent. */
const maxShownBytes = 256 * 1_024

export const stepResultView = z
  .object({
    state: z
      .enum(['shown', 'sealed', 'too_large', 'not_kept'])
      .describe(
        '`sealed`: it holds a secret and is kept encrypted. `too_large`: over 256 KiB as JSON. `not_kept`: the step has not ended well, or gave no plain data.',
      ),
    result: z.unknown().describe('What the step came to; null unless it is shown.'),
  })
  .meta({ id: 'StepResult' })

/**
 * What a step came to, as it is kept: a secret in it is never shown.
 *
 * @param index its place in the execution's steps, from 0
 * @throws step_not_found
 */
export async function getStepResult(
  db: Database,
  scope: Scope,
  executionId: string,
  index: number,
): Promise<z.input<typeof stepResultView>> {
  const step = await findPlacedStep(db, scope, executionId, index)
  if (!step) throw executionError('step_not_found')
  const kept = step.status === 'success' ? await findKept(db, scope, executionId, step) : undefined
  if (kept?.isSealed) return { state: 'sealed', result: null }
  if (!kept?.isPlain || !kept.outcome.ok) return { state: 'not_kept', result: null }
  const text = JSON.stringify(kept.outcome.value ?? null, asJson) ?? 'null'
  if (Buffer.byteLength(text) > maxShownBytes) return { state: 'too_large', result: null }
  return { state: 'shown', result: JSON.parse(text) }
}

/** By the key, and not by name and time: steps of one name may overlap. */
async function findKept(db: Database, scope: Scope, executionId: string, { name, key }: PlacedStep): Promise<KeptOutcome | undefined> {
  if (key === null) return undefined
  const recorded = await listRecordedAs(db, scope, executionId, name)
  const own = recorded.find((record) => idempotencyKeyOf(executionId, record) === key)
  return own && findOutcome(db, scope, executionId, own.order)
}

/** Steps may return what JSON has not: that is shown as it would be written. */
function asJson(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Map) return [...value]
  return value instanceof Set ? [...value] : value
}
