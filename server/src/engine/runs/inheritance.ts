import type { Database } from '../../platform/database/database.ts'
import { findExecution } from '../state/executions.queries.ts'
import type { ExecutionError } from '../state/executions.ts'
import { approveName } from '../state/requests.ts'
import { openRecord, type Sealer } from '../steps/sealed-outcomes.ts'
import type { StepRecord } from '../steps/step-record.ts'
import { listStepRecords } from '../steps/step-records.queries.ts'

/** What an execution takes over from the one that it tries again. */
export type Inheritance = {
  /** Everything up to the failed step: answered in its order, as after a crash. */
  before: StepRecord[]
  /** What succeeded after it and is known again by its arguments: not done again when the code asks for it. */
  spare: StepRecord[]
}

/** A sleep has no effect to spare: where the code comes to it again, it waits again. */
const isSleep = ({ name }: StepRecord) => name === 'sleep' || name === 'sleep until'

/** An answer of people. What the code does with it later was decided with what was known then, so it is no spare one either. */
const isApproval = ({ name, fingerprint }: StepRecord) => name === approveName && fingerprint !== ''

/** A refusal, or that nobody answered: of an execution that is tried again, people are asked again. */
function isNoApproval(record: StepRecord): boolean {
  const { outcome } = record
  if (!isApproval(record) || !outcome.ok) return false
  const answer: unknown = outcome.value
  return typeof answer === 'object' && answer !== null && 'approved' in answer && answer.approved !== true
}

/**
 * Divides the records of an execution that ended badly.
 *
 * The failed step is the one whose error ended the execution. Where its own code threw something else, it may have continued after
 * failed steps, and all of them are done again: the first of them divides. Where nothing failed (a time-out, a cancellation), all
 * records stay. Steps after the failed one that have only a name are done again: once a step that failed succeeds, the code may ask
 * for others, and which of several alike is which cannot be told any more. An approval that was not given divides as a failed step does.
 */
export function divideRecords(records: readonly StepRecord[], ended: { status: string; error: ExecutionError | null }): Inheritance {
  const failed = records.findIndex(({ outcome }) => !outcome.ok && isSame(outcome.error, ended.error))
  const first = failed >= 0 ? failed : ended.status === 'failed' ? records.findIndex(({ outcome }) => !outcome.ok) : -1
  const refused = records.findIndex(isNoApproval)
  const divide = first < 0 || (refused >= 0 && refused < first) ? refused : first
  if (divide < 0) return { before: [...records], spare: [] }
  const spare = records
    .slice(divide + 1)
    .filter((record) => record.outcome.ok && record.fingerprint !== '' && !isSleep(record) && !isApproval(record))
  return { before: records.slice(0, divide), spare }
}

function isSame(error: { type: string; message: string; code: string | null }, ended: ExecutionError | null): boolean {
  return ended !== null && error.type === ended.type && error.message === ended.message && error.code === (ended.details.code ?? null)
}

/** What is taken over from an execution, sealed as it was stored. */
export async function inheritedFrom({ db, sealer }: { db: Database; sealer: Sealer }, executionId: string): Promise<Inheritance> {
  const first = await findExecution(db, 'allOrganizations', executionId)
  if (!first) return { before: [], spare: [] }
  const sealed = new Map<StepRecord, StepRecord>()
  for (const record of await listStepRecords(db, executionId)) sealed.set(await openRecord(sealer, record), record)
  const { before, spare } = divideRecords([...sealed.keys()], first)
  const asStored = (opened: StepRecord) => sealed.get(opened) ?? opened
  return { before: before.map(asStored), spare: spare.map(asStored) }
}
