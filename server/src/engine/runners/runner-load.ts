import type { DefinitionProblem, ProcessOrder, PublishedDefinition } from '../../protocol/channel.ts'
import type { RunnerOptions } from './runner-options.ts'
import type { RunnerLoss } from './session-listener.ts'

export type Loaded = { definitions: PublishedDefinition[]; problems: DefinitionProblem[]; codeVersion: string }

/** The workspace could not be loaded because of one file. */
export class LoadFailure extends Error {
  readonly file: string | undefined
  constructor(file: string | undefined, reason: string) {
    super(reason)
    this.file = file
  }
}

/** The loading of the workspace in one runner. */
export class RunnerLoad {
  readonly #loaded = Promise.withResolvers<Loaded>()
  /** The file that is being loaded. */
  #file: string | undefined

  constructor() {
    // Where the process ends before anybody waits for it.
    this.#loaded.promise.catch(() => {})
  }

  begins(file: string): void {
    this.#file = file
  }

  done(loaded: Loaded): void {
    this.#loaded.resolve(loaded)
  }

  /** @throws LoadFailure naming the file during whose loading the process hung or died */
  async run(
    { workspace, readyMade, loadTimeoutMs }: RunnerOptions,
    exclude: { file: string; reason: string }[],
    runner: { send(order: ProcessOrder): void; kill(loss: RunnerLoss): void },
  ): Promise<Loaded> {
    runner.send({ type: 'load', workspace, exclude, readyMade: readyMade ?? null })
    const timer = setTimeout(() => {
      this.#fail(`did not finish loading within ${loadTimeoutMs / 1_000} seconds. Code at the top of a file must not wait or loop.`)
      runner.kill('stalled')
    }, loadTimeoutMs)
    try {
      return await this.#loaded.promise
    } finally {
      clearTimeout(timer)
    }
  }

  /** The process ended; where it had loaded nothing, this is why. */
  ended(loss: RunnerLoss, code: number | null, signal: NodeJS.Signals | null): void {
    this.#fail(
      loss === 'out_of_memory'
        ? 'needs more memory to load than a runner has.'
        : `ended the process while it was loaded (${signal ?? `exit code ${code}`}).`,
    )
  }

  #fail(reason: string): void {
    this.#loaded.reject(new LoadFailure(this.#file, reason))
  }
}
