/** Where {@link MockContext.replayAfterCrash} ends the code. */
export type CrashPoint = {
  /** Which step, counted from 1 in the order they begin: of `ctx.step` and of a client's methods. */
  step: number
  /**
   * `done`: it did what it does, and that was not recorded, so it is done again. `recorded`: right after that, before anything else.
   * Default `done`, which finds more.
   */
  when?: 'done' | 'recorded'
}

/** What a step came to, for the run that repeats the code. */
export type Recorded = { ok: true; value: unknown; isPlain: boolean } | { ok: false; error: unknown }

/** One run of author code: from its beginning to its end, or to a crash. What is asked for after that is never answered. */
export class MockLife {
  /** By what a step is known again. */
  readonly recorded: Map<string, Recorded>
  /** How many steps alike this life has asked for. */
  readonly #asked = new Map<string, number>()
  readonly #crash: (CrashPoint & { onCrash(): void }) | undefined
  #begun: number
  #isOver = false

  constructor(recorded = new Map<string, Recorded>(), crash: (CrashPoint & { onCrash(): void }) | undefined = undefined, begun = 0) {
    this.recorded = recorded
    this.#crash = crash
    this.#begun = begun
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** How many steps it has begun. */
  get begun(): number {
    return this.#begun
  }

  /** Takes a request for a step: by what it is known, and whether it was recorded by an earlier life. */
  ask(name: string, fingerprint: string): { key: string; recorded: Recorded | undefined } {
    const alike = `${name}\0${fingerprint}`
    const occurrence = this.#asked.get(alike) ?? 0
    this.#asked.set(alike, occurrence + 1)
    const key = `${alike}\0${occurrence}`
    return { key, recorded: this.recorded.get(key) }
  }

  /** @returns the number of a step that begins, from 1 */
  begin(): number {
    return ++this.#begun
  }

  /** A step has come to something. Where the code crashes before or after that is recorded, this does not return to it. */
  async record(step: number, key: string, outcome: Recorded): Promise<void> {
    await this.unlessOver()
    const isLast = this.#crash?.step === step
    if (isLast && this.#crash?.when !== 'recorded') await this.#end()
    // A copy: what the code does to a value later does not change what was recorded.
    if (this.#crash) this.recorded.set(key, outcome.ok && outcome.isPlain ? { ...outcome, value: structuredClone(outcome.value) } : outcome)
    if (isLast) await this.#end()
    await this.unlessOver()
  }

  /** Never resolves once it is over. */
  async unlessOver(): Promise<void> {
    if (this.#isOver) await new Promise(() => {})
  }

  #end(): Promise<never> {
    this.#isOver = true
    this.#crash?.onCrash()
    return new Promise(() => {})
  }
}
