import { markOfName, type StepRecord } from './step-record.ts'

/** A step that is being done; its number changes when its runner is lost and another asks for it again. */
export type OpenStep = {
  readonly name: string
  readonly fingerprint: string
  /** How many steps alike were asked for before it: the same again after a resumption. */
  readonly occurrence: number
  number: number | undefined
  /** Resolves with the number that the present runner asks for it by. */
  asked: PromiseWithResolvers<number>
}

/** A record of the execution that is tried again, opened, and as it is stored. */
export type SpareRecord = { record: StepRecord; stored: StepRecord }

const keyOf = (name: string, fingerprint: string) => `${name}\0${fingerprint}`

type Entry = { record: StepRecord; number: number | undefined; isAnswered: boolean }

/**
 * Which of the steps that author code asks for were done before, and in which order they may be answered.
 *
 * A step is known again by its name and the mark of its arguments; where several are alike, by the order in which they are
 * asked for. Recorded steps are answered in the order they were answered in at first, each only when it has been asked for:
 * so code that awaits several steps at once gets their results in the same order again, and asks for the same next.
 */
export class StepLedger {
  readonly #entries: Entry[]
  readonly #openSteps = new Set<OpenStep>()
  /** How many steps of each kind this run of the code has asked for. */
  readonly #asked = new Map<string, number>()

  /** The entries that this run may ask for, by what they are asked for by, each kind in the order of its occurrences: a run without a past finds nothing here at once. */
  #replayed = new Map<string, Map<number, Entry>>()
  /** All entries before this one are answered. */
  #firstOpen = 0
  readonly #spare: SpareRecord[]
  #replay = Promise.withResolvers<void>()
  #isReplayed = false

  constructor(recorded: readonly StepRecord[], spare: readonly SpareRecord[] = []) {
    this.#entries = recorded.map((record) => ({ record, number: undefined, isAnswered: false }))
    this.#spare = [...spare]
    this.#index()
    if (recorded.length === 0) this.#endReplay()
  }

  #endReplay(): void {
    this.#isReplayed = true
    this.#replay.resolve()
  }

  /** True once everything that was recorded before has been answered, by whichever runner's code. */
  get isReplayed(): boolean {
    return this.#isReplayed
  }

  /** Resolves then. */
  get replayed(): Promise<void> {
    return this.#replay.promise
  }

  #index(): void {
    this.#replayed = new Map()
    for (const entry of this.#entries) {
      const key = keyOf(entry.record.name, entry.record.fingerprint)
      const alike = this.#replayed.get(key) ?? new Map<number, Entry>()
      this.#replayed.set(key, alike)
      // The first counts: what the host keeps for itself is all the same occurrence, and is not asked for.
      if (!alike.has(entry.record.occurrence)) alike.set(entry.record.occurrence, entry)
    }
    this.#firstOpen = 0
  }

  /** Begins again with a new runner: nothing has been asked for. Steps that are being done are given to the one that asks for them. */
  restart(): void {
    this.#asked.clear()
    if (this.#isReplayed && this.#entries.length > 0) {
      this.#isReplayed = false
      this.#replay = Promise.withResolvers()
    }
    for (const entry of this.#entries) Object.assign(entry, { number: undefined, isAnswered: false })
    this.#index()
    for (const openStep of this.#openSteps) {
      openStep.number = undefined
      openStep.asked = Promise.withResolvers()
    }
  }

  /** Takes a request: for a recorded step, for one that is being done, or for a new one, which is returned as an open step. */
  ask(number: number, name: string, fingerprint: string): OpenStep | undefined {
    const key = keyOf(name, fingerprint)
    const occurrence = this.#asked.get(key) ?? 0
    this.#asked.set(key, occurrence + 1)
    const entry =
      this.#entryOf(key, occurrence) ??
      (this.#replayed.size > 0 ? this.#entryOf(keyOf(markOfName(name), fingerprint), occurrence) : undefined)
    if (entry) {
      entry.number = number
      return undefined
    }
    for (const openStep of this.#openSteps) {
      if (
        openStep.number !== undefined ||
        openStep.name !== name ||
        openStep.fingerprint !== fingerprint ||
        openStep.occurrence !== occurrence
      )
        continue
      openStep.number = number
      openStep.asked.resolve(number)
      return undefined
    }
    const openStep: OpenStep = { name, fingerprint, occurrence, number, asked: Promise.withResolvers() }
    openStep.asked.resolve(number)
    this.#openSteps.add(openStep)
    return openStep
  }

  #entryOf(key: string, occurrence: number): Entry | undefined {
    const entry = this.#replayed.get(key)?.get(occurrence)
    return entry?.number === undefined ? entry : undefined
  }

  /** The step was done and recorded: it can be answered. */
  land(openStep: OpenStep, record: StepRecord): void {
    this.#openSteps.delete(openStep)
    this.#entries.push({ record, number: openStep.number, isAnswered: false })
  }

  /** Keeps a record that no code asks for. */
  keep(record: StepRecord): void {
    this.#entries.push({ record, number: -1, isAnswered: true })
  }

  /** The next recorded step that may be answered, and is then taken to be. Records that are kept for the host alone have no name to ask for. */
  takeAnswer(isInternal: (record: StepRecord) => boolean): { number: number; record: StepRecord } | undefined {
    for (; ; this.#firstOpen++) {
      const entry = this.#entries[this.#firstOpen]
      if (!entry) {
        this.#endReplay()
        return undefined
      }
      if (entry.isAnswered) continue
      if (!isInternal(entry.record)) {
        if (entry.number === undefined) return undefined
        entry.isAnswered = true
        return { number: entry.number, record: entry.record }
      }
      entry.isAnswered = true
    }
  }

  /** What an earlier execution's step alike came to, each once: a new step that does not have to be done. */
  takeSpare(name: string, fingerprint: string): SpareRecord | undefined {
    if (this.#spare.length === 0) return undefined
    const names = [name, markOfName(name)]
    const index = this.#spare.findIndex(({ record }) => names.includes(record.name) && record.fingerprint === fingerprint)
    return index < 0 ? undefined : this.#spare.splice(index, 1)[0]
  }

  /** The oldest record that the code has not asked for. */
  firstUnasked(isInternal: (record: StepRecord) => boolean): StepRecord | undefined {
    return this.#entries.find((entry) => !entry.isAnswered && entry.number === undefined && !isInternal(entry.record))?.record
  }

  /** An internal record that was not used yet in this run. */
  takeInternal(name: string, fingerprint: string): StepRecord | undefined {
    const entry = this.#entries.find(
      (candidate) => candidate.number === undefined && candidate.record.name === name && candidate.record.fingerprint === fingerprint,
    )
    if (!entry) return undefined
    entry.number = -1
    return entry.record
  }

  /** Records that were asked for and wait behind one that was not: the code no longer asks in the order it did. */
  takeBlocked(): { number: number; record: StepRecord }[] {
    const blocked = this.#entries.filter((entry) => !entry.isAnswered && entry.number !== undefined && entry.number >= 0)
    for (const entry of blocked) entry.isAnswered = true
    return blocked.map(({ number, record }) => ({ number: number as number, record }))
  }

  /** True while recorded steps wait behind one that was not asked for yet. */
  get isBlocked(): boolean {
    return this.#entries.slice(this.#firstOpen).some((entry) => !entry.isAnswered && entry.number !== undefined && entry.number >= 0)
  }
}
