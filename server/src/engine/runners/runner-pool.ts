import type { RunOrder } from '../../protocol/channel.ts'
import { type Loaded, LoadFailure, type RunnerOptions, RunnerProcess, type RunnerSession, type SessionListener } from './runner-process.ts'

export type PoolOptions = RunnerOptions & {
  /** Executions that one runner works on at once. */
  sessionsPerRunner: number
  maxRunners: number
  /** A runner is replaced after so many executions, so that what author code leaks does not add up. */
  executionsPerRunner: number
}

/**
 * The runners of one worker. New ones are started as work needs them, and all are replaced when the workspace changes:
 * what runs then goes on in the runner it began in.
 */
export class RunnerPool {
  readonly #options: PoolOptions
  #runners: RunnerProcess[] = []
  /** All that live: also those that take nothing more, and end what they have. */
  readonly #living = new Set<RunnerProcess>()
  #excluded: { file: string; reason: string }[] = []
  #starting: Promise<RunnerProcess> | undefined
  #isClosed = false
  /** What the newest runner found in the workspace. */
  loaded: Loaded | undefined

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** Loads the workspace anew, and puts new runners in the place of the old. Returns what it holds now. */
  async reload(): Promise<Loaded> {
    this.#excluded = []
    const old = this.#runners
    this.#runners = []
    this.#starting = undefined
    const runner = await this.#start()
    for (const previous of old) previous.retire()
    this.#runners.push(runner)
    return this.loaded as Loaded
  }

  /**
   * Opens a session in a runner that has room.
   *
   * @param isIsolated gives it a runner of its own, because its last one was lost and it may be why
   */
  async open(order: RunOrder, listener: SessionListener, isIsolated: boolean): Promise<RunnerSession> {
    if (isIsolated) {
      const runner = await this.#start()
      runner.isRetired = true
      return runner.open(order, listener)
    }
    return (await this.#withRoom()).open(order, listener)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#runners = []
    for (const runner of this.#living) runner.kill('retired')
    await Promise.all([...this.#living].map((runner) => runner.exited))
    await this.#options.gateway?.close()
  }

  async #withRoom(): Promise<RunnerProcess> {
    this.#runners = this.#runners.filter((runner) => !runner.isGone)
    for (const runner of this.#runners) {
      if (runner.served >= this.#options.executionsPerRunner) runner.retire()
    }
    this.#runners = this.#runners.filter((runner) => !runner.isRetired)
    const free = this.#runners.toSorted((left, right) => left.sessionCount - right.sessionCount)[0]
    if (free && free.sessionCount < this.#options.sessionsPerRunner) return free
    if (free && this.#runners.length >= this.#options.maxRunners) return free
    // All that ask while one is being started share it.
    this.#starting ??= this.#start()
      .then((runner) => {
        this.#runners.push(runner)
        return runner
      })
      .finally(() => {
        this.#starting = undefined
      })
    return this.#starting
  }

  /** A file whose loading ends or stops the process is left out from then on; each round leaves out one more, so this ends. */
  async #start(): Promise<RunnerProcess> {
    for (;;) {
      if (this.#isClosed) throw new Error('The worker is stopping.')
      const runner = new RunnerProcess(this.#options)
      this.#living.add(runner)
      void runner.exited.then(() => this.#living.delete(runner))
      try {
        this.loaded = await runner.load(this.#excluded)
        return runner
      } catch (error) {
        runner.kill('retired')
        if (!(error instanceof LoadFailure) || error.file === undefined || this.#excluded.some((entry) => entry.file === error.file))
          throw error
        this.#excluded = [...this.#excluded, { file: error.file, reason: `The file ${error.message}` }]
      }
    }
  }
}
