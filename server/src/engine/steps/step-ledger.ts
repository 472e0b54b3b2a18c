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

/** The number of an entry that the host asked for itself: the code asks for none of that number. */
const askedByHost = -1

const keyOf = (name: string, fingerprint: string) => `${name}\0${fingerprint}`

type Entry = { record: StepRecord; number: number | undefined; isAnswered: boolean }

const isAskedByCode = ({ number }: Entry) => number !== undefined && number !== askedByHost

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
  /** Those that are kept for the host alone, by name and arguments, in their order; read from the entries when they are first asked for. */
  #forHost: Map<string, Entry[]> | undefined
  /** Steps that are being done and that this run of the code has not asked for yet. */
  readonly #adrift = new Map<string, OpenStep>()
  /** All entries before this one are answered. */
  #firstOpen = 0
  /** Entries that were asked for and are not answered. */
  #waiting = 0
  readonly #spare = new Map<string, SpareRecord[]>()
  #replay = Promise.withResolvers<void>()
  #isReplayed = false

  constructor(recorded: readonly StepRecord[], spare: readonly SpareRecord[] = []) {
    this.#entries = recorded.map((record) => ({ record, number: undefined, isAnswered: false }))
    for (const each of spare) put(this.#spare, keyOf(each.record.name, each.record.fingerprint), each)
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
    for (const entry of this.#entries) this.#file(entry)
    this.#forHost = undefined
    this.#firstOpen = 0
    this.#waiting = 0
  }

  #file(entry: Entry): void {
    const key = keyOf(entry.record.name, entry.record.fingerprint)
    const alike = this.#replayed.get(key) ?? new Map<number, Entry>()
    this.#replayed.set(key, alike)
    // The first counts: what the host keeps for itself is all the same occurrence, and is not asked for.
    if (!alike.has(entry.record.occurrence)) alike.set(entry.record.occurrence, entry)
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
      this.#adrift.set(keyOfStep(openStep), openStep)
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
      if (!entry.isAnswered) this.#waiting++
      return undefined
    }
    const adrift = this.#adrift.get(keyOfStep({ name, fingerprint, occurrence }))
    if (adrift) {
      this.#adrift.delete(keyOfStep(adrift))
      adrift.number = number
      adrift.asked.resolve(number)
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
    const entry: Entry = { record, number: openStep.number, isAnswered: false }
    this.#entries.push(entry)
    if (entry.number !== undefined) this.#waiting++
    // Its runner was lost, and the next has not come to it: it finds it done.
    else if (this.#adrift.delete(keyOfStep(openStep))) this.#file(entry)
  }

  /** Keeps a record that no code asks for. */
  keep(record: StepRecord): void {
    this.#entries.push({ record, number: askedByHost, isAnswered: true })
  }

  /** The next recorded step that may be answered, and is then taken to be. Records that are kept for the host alone have no name to ask for. */
  takeAnswer(isForHost: (record: StepRecord) => boolean): { number: number; record: StepRecord } | undefined {
    for (; ; this.#firstOpen++) {
      const entry = this.#entries[this.#firstOpen]
      if (!entry) {
        this.#endReplay()
        return undefined
      }
      if (entry.isAnswered) continue
      if (isAskedByCode(entry)) this.#waiting--
      if (!isForHost(entry.record)) {
        if (entry.number === undefined) return undefined
        entry.isAnswered = true
        return { number: entry.number, record: entry.record }
      }
      entry.isAnswered = true
    }
  }

  /** What an earlier execution's step alike came to, each once: a new step that does not have to be done. */
  takeSpare(name: string, fingerprint: string): SpareRecord | undefined {
    if (this.#spare.size === 0) return undefined
    for (const known of [name, markOfName(name)]) {
      const key = keyOf(known, fingerprint)
      const alike = this.#spare.get(key)
      const first = alike?.shift()
      if (alike?.length === 0) this.#spare.delete(key)
      if (first) return first
    }
    return undefined
  }

  /** The oldest record that the code has not asked for. */
  firstUnasked(isForHost: (record: StepRecord) => boolean): StepRecord | undefined {
    return this.#entries.find((entry) => !entry.isAnswered && entry.number === undefined && !isForHost(entry.record))?.record
  }

  /** A record that is kept for the host alone, and was not used yet in this run. */
  takeForHost(name: string, fingerprint: string): StepRecord | undefined {
    this.#forHost ??= this.#unused(name)
    const unused = this.#forHost.get(keyOf(name, fingerprint))
    let entry = unused?.pop()
    // Code may have asked for a step of the same name.
    while (entry?.number !== undefined) entry = unused?.pop()
    if (!entry) return undefined
    entry.number = askedByHost
    return entry.record
  }

  /** Those of that name, by their arguments, the first last. What is kept from here on is in use. */
  #unused(name: string): Map<string, Entry[]> {
    const unused = new Map<string, Entry[]>()
    for (const entry of this.#entries.toReversed())
      if (entry.number === undefined && entry.record.name === name) put(unused, keyOf(name, entry.record.fingerprint), entry)
    return unused
  }

  /** Records that were asked for and wait behind one that was not: the code no longer asks in the order it did. */
  takeBlocked(): { number: number; record: StepRecord }[] {
    const blocked = this.#entries.filter((entry) => !entry.isAnswered && isAskedByCode(entry))
    for (const entry of blocked) entry.isAnswered = true
    this.#waiting = 0
    return blocked.map(({ number, record }) => ({ number: number as number, record }))
  }

  /** True while recorded steps wait behind one that was not asked for yet. */
  get isBlocked(): boolean {
    return this.#waiting > 0
  }
}

function keyOfStep({ name, fingerprint, occurrence }: Pick<OpenStep, 'name' | 'fingerprint' | 'occurrence'>): string {
  return `${keyOf(name, fingerprint)}\0${occurrence}`
}

function put<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}
