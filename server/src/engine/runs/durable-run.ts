import type { Database } from '../../platform/database/database.ts'
import { outlastOutages } from '../../platform/database/outages.ts'
import type { Claim } from '../state/claiming.queries.ts'
import type { Sealer } from '../steps/sealed-outcomes.ts'
import type { StepIdentity, StepOutcome, StepRecord } from '../steps/step-record.ts'
import { copyStepRecords, insertStepRecord, listStepRecords } from '../steps/step-records.queries.ts'
import { inheritedFrom } from './inheritance.ts'

/** The durable side of one execution while it runs here. */
export interface DurableRun {
  /** What an earlier run of this execution recorded, in the order of their answers. */
  readonly recorded: readonly StepRecord[]
  /** So many of them, the first, are of the execution that this one tries again, and were not done in this one. */
  readonly inherited: number
  /** Records of the execution that this one tries again, for steps that are not to be done again when the code asks for them. */
  readonly spare: readonly StepRecord[]
  /**
   * Does something once: its record is stored before this resolves. The body's outcome may be a failure, which is recorded too.
   * Records that are made at once are answered in the order in which their bodies ended.
   *
   * @throws TakenOver
   */
  record(step: StepIdentity, body: () => Promise<StepOutcome>): Promise<StepRecord>
}

/** Another process continues with the execution: this one has nothing more to do or to write. */
export class TakenOver extends Error {
  constructor(executionId: string) {
    super(`The execution ${executionId} was taken over by another worker.`)
  }
}

const settled = () => {}

/**
 * Reads what is recorded of an execution that this worker holds, and makes ready for more.
 *
 * @param held.isResumed it has been in a worker's hands before
 * @param held.retryOf the execution that it continues from: its records up to the failed step become this one's own
 * @throws TakenOver
 */
export async function openRun(
  given: { db: Database; sealer: Sealer },
  held: { claim: Claim; isResumed: boolean; retryOf: string | null },
): Promise<DurableRun> {
  const { db } = given
  const { claim, retryOf } = held
  const { executionId } = claim
  const whileHeld = async (write: () => Promise<boolean>) => {
    if (!(await outlastOutages(write))) throw new TakenOver(executionId)
  }

  let recorded = held.isResumed ? await outlastOutages(() => listStepRecords(db, executionId)) : []
  const { before, spare } = retryOf === null ? { before: [], spare: [] } : await outlastOutages(() => inheritedFrom(given, retryOf))
  // They all became its own at once, before its code began.
  if (retryOf !== null && recorded.length === 0 && before.length > 0) {
    const orders = before.map((record) => record.order)
    await whileHeld(() => copyStepRecords(db, claim, retryOf, orders))
    // What they themselves repeated was of an execution before that.
    recorded = before.map(({ source: _, ...record }) => record)
  }
  const lastInherited = before.at(-1)?.order ?? -1
  const used = new Set(recorded.map((record) => record.source))
  let order = (recorded.at(-1)?.order ?? -1) + 1
  // Records that are made at once may be stored in another order than they are numbered in.
  let previous: Promise<void> = Promise.resolve()

  return {
    recorded,
    inherited: recorded.filter((record) => record.order <= lastInherited).length,
    spare: spare.filter((record) => !used.has(record.order)),
    async record({ name, fingerprint, occurrence }, body) {
      const { outcome, isPlain, isSealed, source } = await body()
      const record: StepRecord = {
        name,
        fingerprint,
        occurrence,
        order: order++,
        outcome: isPlain ? outcome : { ok: true, value: null },
        isPlain,
        isSealed,
        ...(source === undefined ? {} : { source }),
      }
      const stored = Promise.all([whileHeld(() => insertStepRecord(db, claim, record)), previous])
      // Without what it resolves to: that would hold on to all records before it.
      previous = stored.then(settled, settled)
      await stored
      return record
    },
  }
}
