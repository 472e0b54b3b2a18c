import type { Wait } from '../state/execution.ts'

export type IdlenessGiven = {
  /** A wait with less time left holds its place. */
  minWaitMs: number
  /** Asks the runner whether the code has something to do that the host does not see. */
  probe(): Promise<boolean>
  /** Recorded steps wait for the code to ask for one before them: it is not through with its past. */
  isBlocked(): boolean
  onIdle(wait: Wait): void
}

/** For this time nothing happens before the runner is asked: what the code does between two of its steps takes less. */
const quietMs = 250

/**
 * Notices that the code of an execution has nothing to do but wait for long.
 *
 * Everything that it asks for is open until it is answered, and so are steps whose runner was lost. Where all that is open are long
 * waits, and the runner says that nothing of the code runs or is about to, it can be let go: run again, it asks the same and waits for the rest.
 */
export class Idleness {
  readonly #given: IdlenessGiven
  readonly #waits = new Set<Wait>()
  #open = 0
  /** Counts what happens, so that an answer of the runner is known to be old. */
  #events = 0
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(given: IdlenessGiven) {
    this.#given = given
  }

  /** Something that the code asked for is open until this is settled. */
  track<Result>(work: Promise<Result>): Promise<Result> {
    this.#open++
    this.#happened()
    return work.finally(() => {
      this.#open--
      this.#happened()
    })
  }

  /** The code has a wait open, within something that is tracked, until the returned function is called. */
  waiting(wait: Wait): () => void {
    this.#waits.add(wait)
    this.#happened()
    return () => {
      this.#waits.delete(wait)
      this.#happened()
    }
  }

  /** The code did something. */
  heard(): void {
    this.#happened()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  #happened(): void {
    this.#events++
    clearTimeout(this.#timer)
    // Looked at more closely once it is quiet: code may have a hundred thousand waits open, and each is something that happens.
    if (this.#isClosed || this.#waits.size === 0 || this.#open > this.#waits.size) return
    this.#timer = setTimeout(() => void this.#ask(), quietMs)
  }

  #isWaiting(): boolean {
    if (this.#waits.size === 0 || this.#open > this.#waits.size || this.#given.isBlocked()) return false
    const { until } = this.#next()
    return until === null || until.getTime() - Date.now() >= this.#given.minWaitMs
  }

  async #ask(): Promise<void> {
    if (!this.#isWaiting()) return
    const before = this.#events
    const isIdle = await this.#given.probe()
    if (this.#isClosed || before !== this.#events) return
    if (!isIdle) this.#happened()
    else if (this.#isWaiting()) {
      this.close()
      this.#given.onIdle(this.#next())
    }
  }

  /** Until the first of all is over. What waits for an event or a person is shown as that. */
  #next(): Wait {
    let until: Date | null = null
    let shown: Wait['for'] = { type: 'time' }
    for (const wait of this.#waits) {
      if (wait.until !== null && (until === null || wait.until < until)) until = wait.until
      if (shown.type === 'time') shown = wait.for
    }
    return { until, for: shown }
  }
}
