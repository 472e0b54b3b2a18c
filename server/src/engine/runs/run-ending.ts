import type { Mask } from '@crosswalk/sdk/masking'
import { inScope, inScopeAtOnce, type Transaction } from '../../platform/database/database.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { withGuidance } from '../failures/failure-guidance.ts'
import type { ExecutionJournal, JournalRest } from '../journal/execution-journal.ts'
import type { ExecutionProgress } from '../journal/progress.ts'
import { endHeld } from '../state/ending.ts'
import type { Wait } from '../state/execution.ts'
import { storableError } from '../state/outcomes.ts'
import type { EndHandler, Outcome } from '../state/requests.ts'
import { letGo } from '../state/waiting.ts'
import { keepEffectiveParameters } from './effective-parameters.ts'
import type { HeldExecution, RunGiven } from './held-execution.ts'

/** Writes how a run ends, or that it only waits, with all that is not written of it yet. Either may be tried again. */
export class RunEnding {
  readonly #given: RunGiven
  readonly #held: HeldExecution
  readonly #journal: ExecutionJournal
  readonly #progress: ExecutionProgress
  readonly #mask: Mask
  #parametersKept: Promise<void> | undefined
  #mayHaveWaits: boolean
  /** The lines and steps that are written together with the end, also when that has to be tried again. */
  #rest: JournalRest | undefined

  constructor(given: RunGiven, held: HeldExecution, kept: { journal: ExecutionJournal; progress: ExecutionProgress; mask: Mask }) {
    this.#given = given
    this.#held = held
    this.#journal = kept.journal
    this.#progress = kept.progress
    this.#mask = kept.mask
    // An earlier run may have asked for some.
    this.#mayHaveWaits = held.isResumed
  }

  /** Something may be kept that it waits for: at its end, that is told. */
  expectWaits(): void {
    this.#mayHaveWaits = true
  }

  /** Keeps what its code is called with, the first time that it says so. That is written before the end is. */
  keepParameters(parameters: JsonObject): void {
    const { claim, execution } = this.#held
    const kept = { claim, mask: this.#mask, given: execution.input.parameters }
    this.#parametersKept ??= keepEffectiveParameters(this.#given, kept, parameters)
  }

  /** Writes the rest of the lines, and lets it go. False where it cannot wait, because somebody wants it cancelled or another worker has it. */
  async letGo(wait: Wait): Promise<boolean> {
    if (!this.#rest) this.#journal.platformLine('info', 'The execution waits, and holds no place until it continues.', waitLine(wait))
    this.#rest ??= await this.#journal.takeRest()
    await this.#parametersKept
    const { write: writeRest } = this.#rest
    const progress = this.#progress.take()
    return inScope(this.#given.db, 'allOrganizations', async (transaction) => {
      const [, isGone] = await Promise.all([
        writeRest(transaction),
        letGo(transaction, this.#given.pauses, this.#held.claim, wait, progress),
      ])
      return isGone
    })
  }

  /** Writes the rest of the lines, the end, and what the kind's slice does with it, in one transaction. */
  async end(raw: Outcome): Promise<void> {
    const { db, logger } = this.#given
    const { execution, claim } = this.#held
    const isConcerned = ({ kind, isOfWaits }: EndHandler) => kind === execution.kind && (!isOfWaits || this.#mayHaveWaits)
    const endHandlers = this.#given.endHandlers.filter(isConcerned)
    const error = raw.status === 'failed' && raw.error !== null ? await withGuidance({ db, logger }, execution, raw.error) : raw.error
    const outcome: Outcome = {
      status: raw.status,
      result: this.#mask.data(raw.result),
      error: error === null ? null : storableError(this.#mask.data(error)),
    }
    this.#rest ??= await this.#journal.takeRest()
    await this.#parametersKept
    const { write: writeRest, hasOpenSteps } = this.#rest
    const progress = this.#progress.take()
    const ending = { execution: progress ? { ...execution, progress } : execution, claim, progress }
    const write = async (transaction: Transaction) => {
      const [, isEnded] = await Promise.all([
        writeRest(transaction),
        // An earlier worker may have left some too.
        endHeld(transaction, endHandlers, ending, outcome, hasOpenSteps || this.#held.isResumed),
      ])
      if (!isEnded) logger.warn({ executionId: execution.id }, 'an execution was taken over by another worker; its end here is dropped')
    }
    // Without a handler nothing depends on an answer.
    const transact = endHandlers.length > 0 ? inScope : inScopeAtOnce
    await transact(db, 'allOrganizations', write, 'kept')
  }
}

/** What a wait is, in the log. */
function waitLine({ until, for: { type } }: Wait): JsonObject {
  return { until: until === null ? null : until.toISOString(), for: type }
}
