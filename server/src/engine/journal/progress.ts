import type { Logger } from 'pino'
import type { Database } from '../../platform/database/database.ts'
import type { Claim } from '../state/claiming.queries.ts'
import type { Execution } from '../state/executions.ts'
import { saveProgress } from './progress.queries.ts'

const saveEveryMs = 200

type Progress = NonNullable<Execution['progress']>

/** How far the code of an execution has said that it is. It is saved now and then, since code may say so all the time. */
export class ExecutionProgress {
  readonly #given: { db: Database; logger: Logger }
  readonly #claim: Claim
  #last: Progress | null = null
  /** Until this has run, what the code says goes along. */
  #saving: NodeJS.Timeout | undefined

  constructor(given: { db: Database; logger: Logger }, claim: Claim) {
    this.#given = given
    this.#claim = claim
  }

  tell(progress: Progress): void {
    this.#last = progress
    this.#saving ??= setTimeout(() => {
      this.#saving = undefined
      const { db, logger } = this.#given
      saveProgress(db, this.#claim, this.#last ?? progress).catch((error) =>
        logger.warn({ err: error, executionId: this.#claim.executionId }, 'progress could not be saved'),
      )
    }, saveEveryMs)
  }

  /** What was said last, to be written with the end: also what is just being saved, which may come too late. Nothing is saved any more. */
  take(): Progress | null {
    clearTimeout(this.#saving)
    return this.#last
  }
}
