import { availableParallelism } from 'node:os'
import type { Environment } from '../../platform/environment.ts'
import type { RunOrder } from '../../protocol/channel.ts'
import { readablePaths } from './readable-paths.ts'
import { RunnerGroups } from './runner-groups.ts'
import { type Loaded, LoadFailure } from './runner-load.ts'
import type { RunnerOptions } from './runner-options.ts'
import { type RunnerLine, RunnerProcess } from './runner-process.ts'
import { CompileCache } from './sandbox/compile-cache.ts'
import { type Isolation, keepsFilesFromWriting, type SandboxMode } from './sandbox/layers.ts'
import { probeSandbox, type Sandbox } from './sandbox/probe.ts'
import type { SessionListener } from './session-listener.ts'
import { SpareRunners } from './spare-runners.ts'

export type PoolOptions = RunnerOptions & {
  /** Who shares a runner: the executions of one organization, or, where their authors trust each other, those of all. Default: `organization`. */
  sharing?: Environment['runnerSharing']
  /** Executions that one runner works on at once. */
  sessionsPerRunner: number
  /** Runners of one organization; where all share them, in all. */
  maxRunners: number
  /** Runners in all, spare ones included. More than that are waited for. Default: 32. */
  maxRunnersInAll?: number
  /** A runner is replaced after so many executions, so that what author code leaks does not add up. */
  executionsPerRunner: number
  /** Runners that are loaded and wait for an organization. Default: 1. */
  spareRunners?: number
  /** A runner that has nothing to do is kept for this time for its organization. Default: 15 seconds. */
  keepIdleMs?: number
  /** How far the operating system must confine runners. Default: `auto`, as far as it can. */
  sandbox?: SandboxMode
  /** Only these layers are tried. Default: all. */
  isolations?: readonly Isolation[]
  /** Where the compiled code of runners is kept, which makes them start faster. It must be this worker's alone. */
  cacheFolder?: string
}

const defaults = { sharing: 'organization', maxRunnersInAll: 32, spareRunners: 1, keepIdleMs: 15_000, sandbox: 'auto' } as const

const maxLoading = 2 * availableParallelism()

/** Whose executions a runner takes, from its first to its end. Executions without an organization have runners of their own. */
type Binding = string

/**
 * The runners of one worker. One serves one organization and ends with it; some are loaded ahead and serve nobody yet. All are replaced when
 * the workspace changes: what runs then continues in the runner it began in.
 */
export class RunnerPool {
  readonly #options: PoolOptions & Required<Pick<PoolOptions, keyof typeof defaults>>
  readonly #groups: RunnerGroups<Binding>
  readonly #spares: SpareRunners
  readonly #cache: CompileCache | undefined
  #sandbox: Promise<Sandbox> | undefined
  /** All that live: also those that take nothing more, and end what they have. */
  readonly #living = new Set<RunnerProcess>()
  /** Starts that wait for another runner to end. */
  readonly #waiting: (() => void)[] = []
  #loading = 0
  /** Loads that wait for another to be over. */
  readonly #turns: (() => void)[] = []
  /** Another list as soon as the workspace is loaded again. */
  #excluded: { file: string; reason: string }[] = []
  /** What was found with these files left out. */
  #found: { excluded: readonly { file: string }[]; loaded: Loaded } | undefined
  /** Counts the loads of the workspace: a runner of an earlier one takes nothing more. */
  #generation = 0
  #isClosed = false
  /** What the newest runner found in the workspace. */
  loaded: Loaded | undefined

  constructor(options: PoolOptions) {
    this.#options = { ...defaults, ...options }
    const { sharing, keepIdleMs, cacheFolder, workspace } = this.#options
    this.#groups = new RunnerGroups({
      ...this.#options,
      keepIdleMs: sharing === 'trusted' ? Number.POSITIVE_INFINITY : keepIdleMs,
      isAwaited: () => this.#waiting.length > 0,
    })
    this.#cache =
      cacheFolder === undefined ? undefined : CompileCache.open({ folder: cacheFolder, workspace, maxHeapMb: options.maxHeapMb })
    this.#spares = new SpareRunners(this.#options.spareRunners, () => this.#startSpare())
  }

  /**
   * What confines the runners of this pool, found out at the first call.
   *
   * @throws StartError sandbox_unavailable
   */
  sandbox(): Promise<Sandbox> {
    const { sandbox: mode, workspace, isolations: among } = this.#options
    this.#sandbox ??= probeSandbox({ mode, readable: readablePaths(workspace), folder: workspace, ...(among ? { among } : {}) })
    return this.#sandbox
  }

  /** Loads the workspace again, and puts new runners in the place of the old. Returns what it holds now. */
  async reload(): Promise<Loaded> {
    this.#excluded = []
    this.#generation++
    const oldSpares = this.#spares.takeAll()
    const old = this.#groups.takeAll()
    const retireOld = () => {
      for (const previous of old) previous.retire()
      for (const spare of oldSpares) void spare.then((runner) => runner?.retire())
    }
    // One that has nothing to do is not to keep the new one waiting for its place.
    if (this.#isFull) retireOld()
    try {
      this.#spares.add(await this.#start())
    } finally {
      // Also where no new one loads: nobody has the old ones any more.
      retireOld()
    }
    const { layers } = await this.sandbox()
    if (keepsFilesFromWriting(layers)) this.#compile()
    return this.loaded as Loaded
  }

  /** Runners start without it, too, only later. */
  #compile(): void {
    this.#cache
      ?.refresh(this.#excluded.map(({ file }) => file))
      .catch((error) => this.#options.logger.warn({ err: error }, 'the code of the workspace could not be compiled ahead'))
  }

  /**
   * Opens a session in a runner of the organization that has room.
   *
   * @param isIsolated gives it a runner of its own, because its last one was lost and it may be why
   * @param isWanted asked once there is a runner, which may take its time: where it is not wanted any more, nothing is opened
   * @returns undefined then
   */
  async open(order: RunOrder, listener: SessionListener, isIsolated: boolean): Promise<RunnerLine>
  async open(order: RunOrder, listener: SessionListener, isIsolated: boolean, isWanted: () => boolean): Promise<RunnerLine | undefined>
  async open(order: RunOrder, listener: SessionListener, isIsolated: boolean, isWanted = () => true): Promise<RunnerLine | undefined> {
    const binding: Binding = this.#options.sharing === 'trusted' ? 'all' : (order.organization?.id ?? 'global')
    if (isIsolated) {
      const runner = await this.#unbound()
      runner.bind(binding)
      runner.isRetired = true
      if (isWanted()) return runner.open(order, listener)
      runner.endOrIdle()
      return undefined
    }
    const runner = await this.#groups.withRoom(binding, () => this.#unbound())
    if (isWanted()) return runner.open(order, listener)
    runner.endOrIdle()
    return undefined
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#spares.close()
    this.#groups.takeAll()
    for (const go of [...this.#waiting.splice(0), ...this.#turns.splice(0)]) go()
    for (const runner of this.#living) runner.kill('retired')
    await Promise.all([...this.#living].map((runner) => runner.exited))
    await this.#options.gateway?.close()
    await this.#cache?.close()
    const sandbox = await this.#sandbox?.catch(() => undefined)
    sandbox?.close()
  }

  /** A loaded runner that serves nobody yet. */
  async #unbound(): Promise<RunnerProcess> {
    return (await this.#spares.take()) ?? (await this.#start())
  }

  /** One to be kept for later. Undefined where there is no room for it, or it does not load: the one that needs it then is told why. */
  async #startSpare(): Promise<RunnerProcess | undefined> {
    if (this.#isClosed || this.#isFull || this.#waiting.length > 0) return undefined
    return this.#start().catch(() => undefined)
  }

  get #isFull(): boolean {
    return this.#living.size >= this.#options.maxRunnersInAll
  }

  async #start(): Promise<RunnerProcess> {
    for (;;) {
      const generation = this.#generation
      const runner = await this.#load()
      if (generation === this.#generation) return runner
      // The workspace was loaded again meanwhile: what this one has is of before.
      runner.kill('retired')
    }
  }

  /** More at once than there are processors would only make each of them later. */
  async #load(): Promise<RunnerProcess> {
    while (this.#loading >= maxLoading) {
      const turn = Promise.withResolvers<void>()
      this.#turns.push(turn.resolve)
      await turn.promise
    }
    this.#loading++
    try {
      return await this.#loadOne()
    } finally {
      this.#loading--
      this.#turns.shift()?.()
    }
  }

  /** A file whose loading ends or stops the process is left out from then on; each round leaves out one more, so this ends. */
  async #loadOne(): Promise<RunnerProcess> {
    for (;;) {
      const runner = await this.#process()
      const excluded = this.#excluded
      try {
        this.loaded = await runner.load(excluded, this.#found?.excluded === excluded ? this.#found.loaded : undefined)
        this.#found = { excluded, loaded: this.loaded }
        return runner
      } catch (error) {
        runner.kill('retired')
        if (error instanceof LoadFailure && error.isOfStart && this.#cache?.forget()) {
          this.#options.logger.warn({ err: error }, 'a runner did not start from the code that was compiled ahead, which is made again')
          this.#compile()
          continue
        }
        if (!(error instanceof LoadFailure) || error.file === undefined || this.#excluded.some((entry) => entry.file === error.file))
          throw error
        this.#excluded = [...this.#excluded, { file: error.file, reason: `The file ${error.message}` }]
      }
    }
  }

  /** A new process. Where there are as many as there may be, one that has nothing to do makes room, or the next that ends. */
  async #process(): Promise<RunnerProcess> {
    const sandbox = await this.sandbox()
    while (!this.#isClosed && this.#isFull) {
      this.#groups.takeIdle()?.kill('retired')
      const ended = Promise.withResolvers<void>()
      this.#waiting.push(ended.resolve)
      await ended.promise
    }
    if (this.#isClosed) throw new Error('The worker is stopping.')
    const runner = this.#spawn(sandbox)
    this.#living.add(runner)
    void runner.exited.then(() => {
      this.#living.delete(runner)
      this.#waiting.shift()?.()
    })
    return runner
  }

  #spawn(sandbox: Sandbox): RunnerProcess {
    try {
      return new RunnerProcess(this.#options, sandbox, this.#cache)
    } catch (error) {
      // There is room for the next that waits.
      this.#waiting.shift()?.()
      throw error
    }
  }
}
