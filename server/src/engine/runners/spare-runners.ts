import type { RunnerProcess } from './runner-process.ts'

/** A runner that is loaded or loads; undefined once it turned out that there is none. */
type Spare = Promise<RunnerProcess | undefined>

/** Runners that are loaded ahead and serve nobody yet: the first that needs one takes it, and another is started in its place. */
export class SpareRunners {
  readonly #count: number
  readonly #start: () => Spare
  /** Those that are loaded come first. */
  #spares: Spare[] = []
  #isClosed = false

  constructor(count: number, start: () => Spare) {
    this.#count = count
    this.#start = start
  }

  add(runner: RunnerProcess): void {
    this.#spares.unshift(Promise.resolve(runner))
    this.#dropWhenGone(runner, this.#spares[0] as Spare) // just put there
  }

  /** Takes the first, also one that is being loaded: sooner than a new one is. Undefined where there is none. */
  async take(): Spare {
    for (;;) {
      const spare = this.#spares.shift()
      this.#refill()
      if (!spare) return undefined
      const runner = await spare
      // Where there was no room for it there is none for the next: to ask again would never end.
      if (!runner?.isGone) return runner
    }
  }

  /** Takes all out, to be replaced by those of a new load. */
  takeAll(): Spare[] {
    return this.#spares.splice(0)
  }

  close(): void {
    this.#isClosed = true
    this.#spares = []
  }

  #refill(): void {
    while (!this.#isClosed && this.#spares.length < this.#count) {
      const spare = this.#start()
      this.#spares.push(spare)
      void spare.then((runner) => {
        if (runner) this.#dropWhenGone(runner, spare)
        else this.#drop(spare)
      })
    }
  }

  #dropWhenGone(runner: RunnerProcess, spare: Spare): void {
    void runner.exited.then(() => this.#drop(spare))
  }

  #drop(spare: Spare): void {
    this.#spares = this.#spares.filter((other) => other !== spare)
  }
}
