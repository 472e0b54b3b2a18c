import type { RunnerProcess } from './runner-process.ts'

/** Runners that are loaded and serve nobody yet: whoever needs one takes it, and another is started in its place. */
export class SpareRunners {
  readonly #count: number
  readonly #start: () => Promise<RunnerProcess | undefined>
  #runners: RunnerProcess[] = []
  #starting = 0
  #generation = 0
  #isClosed = false

  constructor(count: number, start: () => Promise<RunnerProcess | undefined>) {
    this.#count = count
    this.#start = start
  }

  add(runner: RunnerProcess): void {
    this.#runners.push(runner)
  }

  take(): RunnerProcess | undefined {
    this.#runners = this.#runners.filter((runner) => !runner.isGone)
    const runner = this.#runners.shift()
    this.#refill()
    return runner
  }

  /** Takes all out, to be replaced by those of a new load. */
  takeAll(): RunnerProcess[] {
    this.#generation++
    return this.#runners.splice(0)
  }

  close(): void {
    this.#isClosed = true
    this.#runners = []
  }

  #refill(): void {
    while (!this.#isClosed && this.#runners.length + this.#starting < this.#count) {
      const generation = this.#generation
      this.#starting++
      void this.#start().then((runner) => {
        this.#starting--
        if (!runner) return
        if (this.#isClosed || generation !== this.#generation) runner.kill('retired')
        else this.#runners.push(runner)
      })
    }
  }
}
