import { hasClosedFields } from '@crosswalk/sdk/closed-fields'
import type { KnownWorkspace, ProcessMessage, ProcessOrder } from '../../protocol/channel.ts'
import type { RunnerOptions } from './runner-options.ts'
import type { RunnerLoss } from './session-listener.ts'

export type Loaded = Omit<Extract<ProcessMessage, { type: 'loaded' }>, 'type'>

/** The workspace could not be loaded because of one file. */
export class LoadFailure extends Error {
  readonly file: string | undefined
  /** The process ended by itself before it came to any file: it was not ended by the worker, and did not hang. */
  readonly isOfStart: boolean
  constructor(file: string | undefined, reason: string, isCrash: boolean) {
    super(reason)
    this.file = file
    this.isOfStart = isCrash && file === undefined
  }
}

/** Made once: a batch has a runner for each of hundreds of organizations. */
const known = new WeakMap<Loaded, KnownWorkspace>()

/** What the next runner is told. */
export function knownOf(loaded: Loaded): KnownWorkspace {
  const made = known.get(loaded) ?? {
    marks: loaded.marks,
    definitions: loaded.definitions.map((definition, index) => {
      const { kind, name, file } = definition
      const exportName = loaded.exportNames[index] ?? ''
      return { kind, name, file, exportName, hasClosedFields: kind === 'workflow' && hasClosedFields(definition.parametersSchema) }
    }),
  }
  known.set(loaded, made)
  return made
}

/** The loading of the workspace in one runner. */
export class RunnerLoad {
  readonly #loaded = Promise.withResolvers<Loaded>()
  /** The file that is being loaded. */
  #file: string | undefined
  #before: Loaded | undefined

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

  /** Undefined where the runner was told of nothing that could be the same. */
  unchanged(): Loaded | undefined {
    if (this.#before) this.#loaded.resolve(this.#before)
    return this.#before
  }

  /**
   * @param before what another runner found with the same files left out; it is returned where the files are the same
   * @throws LoadFailure naming the file during whose loading the process hung or died
   */
  async run(
    { workspace, readyMade, loadTimeoutMs }: RunnerOptions,
    exclude: { file: string; reason: string }[],
    before: Loaded | undefined,
    runner: { send(order: ProcessOrder): void; kill(loss: RunnerLoss): void },
  ): Promise<Loaded> {
    this.#before = before
    runner.send({ type: 'load', workspace, exclude, readyMade: readyMade ?? null, known: before ? knownOf(before) : null })
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
      loss === 'crashed',
    )
  }

  #fail(reason: string, isCrash = false): void {
    this.#loaded.reject(new LoadFailure(this.#file, reason, isCrash))
  }
}
