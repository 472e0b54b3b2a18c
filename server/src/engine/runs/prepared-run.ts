import { Mask } from '@crosswalk/sdk/masking'
import { outlastOutages } from '../../platform/database/outages.ts'
import { type EarlierJournal, ExecutionJournal } from '../journal/execution-journal.ts'
import { countLogLines } from '../journal/journal.queries.ts'
import { listShownSteps } from '../journal/shown-steps.queries.ts'
import { stepsBefore } from '../journal/steps-before.ts'
import { openRecord } from '../steps/sealed-outcomes.ts'
import { StepLedger } from '../steps/step-ledger.ts'
import { idempotencyKeyOf } from '../steps/step-record.ts'
import { sleepName } from './changed-code.ts'
import { type DurableRun, openRun } from './durable-run.ts'
import type { HeldExecution, RunGiven } from './held-execution.ts'

/** What an execution begins with: all that earlier runs of it left, and the one that it continues from. */
export type PreparedRun = {
  run: DurableRun
  ledger: StepLedger
  journal: ExecutionJournal
  /** Knows the secrets that were read before. */
  mask: Mask
  /** Something of an earlier run is there to be seen. */
  hasPast: boolean
}

/**
 * Reads what earlier runs left.
 *
 * @throws TakenOver
 */
export async function prepareRun(given: RunGiven, held: HeldExecution): Promise<PreparedRun> {
  const { sealer } = given
  const stored = await openRun(given, held)
  const recorded = await Promise.all(stored.recorded.map((record) => openRecord(sealer, record)))
  const spare = await Promise.all(stored.spare.map(async (record) => ({ stored: record, record: await openRecord(sealer, record) })))
  const run = { ...stored, recorded }
  const mask = await maskOf(given, held)
  const earlier = await earlierJournal(given, held, run)
  return {
    run,
    ledger: new StepLedger(recorded, spare),
    journal: new ExecutionJournal(given.journal, held.claim, mask, earlier),
    mask,
    hasPast: held.isResumed && earlier.next + earlier.nextPosition > 0,
  }
}

async function maskOf(given: RunGiven, { execution, isResumed, retryOf }: HeldExecution): Promise<Mask> {
  const mask = new Mask()
  if (!isResumed && retryOf === null) return mask
  const secrets = await outlastOutages(async () => given.knownSecrets?.(execution.id))
  for (const secret of secrets ?? []) mask.add(secret)
  return mask
}

/** What was shown before. Steps that were recorded and not shown so, because their worker was lost, are shown now. */
async function earlierJournal(given: RunGiven, held: HeldExecution, run: DurableRun): Promise<EarlierJournal> {
  const shownCount = run.recorded.filter((record) => record.name !== sleepName).length
  if (!held.isResumed) return { fromAuthor: 0, next: 0, nextPosition: shownCount, steps: [] }
  const { executionId, claim } = held.claim
  const [lines, rows] = await Promise.all([
    outlastOutages(() => countLogLines(given.db, executionId)),
    outlastOutages(() => listShownSteps(given.db, executionId)),
  ])
  const ownRecords = run.recorded.slice(run.inherited).filter((record) => record.name !== sleepName && record.source === undefined)
  const before = stepsBefore(rows, ownRecords, (record) => idempotencyKeyOf(executionId, record))
  for (const line of before.unshown) given.journal.addStep({ ...line, executionId, claim })
  return { ...lines, nextPosition: Math.max(before.nextPosition, shownCount), steps: before.open }
}
