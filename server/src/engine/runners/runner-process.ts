import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { watchOver } from '../../platform/postgres/watch-over.ts'
import type { DefinitionProblem, PublishedDefinition, RunOrder, ToHost, ToRunner } from '../../protocol/channel.ts'
import { boundedMessage } from '../incoming.ts'

const entry = fileURLToPath(new URL('../../runner/main.ts', import.meta.url))
const serverFolder = fileURLToPath(new URL('../../../', import.meta.url))
const rootFolder = fileURLToPath(new URL('../../../../', import.meta.url))

/** Why a runner is gone. */
export type RunnerLoss = 'stalled' | 'out_of_memory' | 'crashed' | 'retired'

/** What the host is told of one execution in a runner. */
export type SessionListener = {
  onMessage(message: Extract<ToHost, { channel: string }>): void
  /** The runner is gone; nothing more comes. `wasAlone` tells that no other execution can have been the cause. */
  onLost(loss: RunnerLoss, wasAlone: boolean): void
}

/** One execution in one runner. */
export interface RunnerSession {
  send(message: ToRunner): void
  /** Forgets the execution; the runner may take others. */
  close(): void
  readonly runner: RunnerProcess
}

export type Loaded = { definitions: PublishedDefinition[]; problems: DefinitionProblem[]; codeVersion: string }

export type RunnerOptions = {
  workspace: string
  logger: Logger
  maxHeapMb: number
  /** A runner that does not answer for so long is taken to loop. */
  stallMs: number
  loadTimeoutMs: number
}

/** What a runner may read: the workspace, the packages, and its own code. Nothing of the data directory, the home, or the system. */
function readablePaths(workspace: string): string[] {
  const require = createRequire(import.meta.url)
  const sdkFolder = dirname(dirname(realpathSync(require.resolve('@crosswalk/sdk'))))
  return [
    workspace,
    realpathSync(workspace),
    join(rootFolder, 'node_modules'),
    join(rootFolder, 'package.json'),
    join(serverFolder, 'node_modules'),
    join(serverFolder, 'package.json'),
    join(serverFolder, 'src', 'runner'),
    join(serverFolder, 'src', 'protocol'),
    sdkFolder,
  ]
}

/** A child process that runs author code, and its executions. */
export class RunnerProcess {
  readonly #child: ChildProcess
  readonly #options: RunnerOptions
  readonly #sessions = new Map<string, SessionListener>()
  readonly #loaded = Promise.withResolvers<Loaded>()
  readonly #exited = Promise.withResolvers<void>()
  #stderr = ''
  #loadingFile: string | undefined
  #loss: RunnerLoss | undefined
  #isHeard = false
  #pings = 0
  #watch: NodeJS.Timeout | undefined
  /** The code that it runs; empty until it is loaded. */
  codeVersion = ''
  /** Executions that this runner was given, ended ones included. */
  served = 0
  /** Set when it shall take no more. */
  isRetired = false

  constructor(options: RunnerOptions) {
    this.#options = options
    this.#child = fork(entry, [], {
      cwd: options.workspace,
      env: {},
      execPath: process.execPath,
      execArgv: [
        '--permission',
        // Author code calls vendors itself.
        '--allow-net',
        '--disable-sigusr1',
        '--no-experimental-sqlite',
        ...readablePaths(options.workspace).map((path) => `--allow-fs-read=${path}`),
        `--max-old-space-size=${options.maxHeapMb}`,
        '--no-warnings',
      ],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    // Code in an endless loop does not notice that its host is gone.
    if (this.#child.pid !== undefined) void this.#exited.promise.then(watchOver(this.#child.pid, 'KILL', 'crosswalk-runner-watch'))
    this.#child.on('message', (message) => this.#onMessage(message as ToHost))
    this.#child.on('error', (error) => options.logger.error({ err: error }, 'runner failed'))
    this.#child.on('exit', (code, signal) => this.#onExit(code, signal))
    this.#child.stdout?.on('data', (chunk: Buffer) =>
      options.logger.info({ runner: chunk.toString().trimEnd().slice(0, 2_000) }, 'runner output'),
    )
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-8_000)
    })
    this.#loaded.promise.catch(() => {})
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get sessionCount(): number {
    return this.#sessions.size
  }

  get isGone(): boolean {
    return this.#loss !== undefined
  }

  /** Resolves when the process has ended. */
  get exited(): Promise<void> {
    return this.#exited.promise
  }

  /**
   * Loads the workspace.
   *
   * @throws LoadFailure naming the file during whose loading the process hung or died
   */
  async load(exclude: { file: string; reason: string }[]): Promise<Loaded> {
    this.#send({ type: 'load', workspace: this.#options.workspace, exclude })
    const timer = setTimeout(() => {
      this.#loaded.reject(
        new LoadFailure(
          this.#loadingFile,
          `did not finish loading within ${this.#options.loadTimeoutMs / 1_000} seconds. Code at the top of a file must not wait or loop.`,
        ),
      )
      this.kill('stalled')
    }, this.#options.loadTimeoutMs)
    try {
      return await this.#loaded.promise
    } finally {
      clearTimeout(timer)
    }
  }

  open(order: Omit<RunOrder, 'channel'>, listener: SessionListener): RunnerSession {
    const channel = randomUUID()
    this.#sessions.set(channel, listener)
    this.served++
    this.#send({ type: 'run', ...order, channel })
    this.#startWatching()
    return {
      runner: this,
      send: (message) => this.#send('channel' in message ? { ...message, channel } : message),
      close: () => {
        this.#sessions.delete(channel)
        if (this.isRetired && this.#sessions.size === 0) this.kill('retired')
      },
    }
  }

  /** Takes no more executions, and ends when the last one has. */
  retire(): void {
    this.isRetired = true
    if (this.#sessions.size === 0) this.kill('retired')
  }

  /** Ends the process now; its executions are told why. */
  kill(loss: RunnerLoss): void {
    this.#loss ??= loss
    this.#child.kill('SIGKILL')
  }

  #send(message: ToRunner): void {
    // A send to a process that just died fails; its end is told by the exit.
    this.#child.send(message, () => {})
  }

  #onMessage(message: ToHost): void {
    this.#isHeard = true
    if (message.type === 'loading') this.#loadingFile = message.file
    else if (message.type === 'loaded') {
      this.codeVersion = message.codeVersion
      this.#loaded.resolve(message)
    } else if (message.type !== 'pong') {
      const bounded = boundedMessage(message)
      if (bounded) this.#sessions.get(message.channel)?.onMessage(bounded)
    }
  }

  /** Silence is counted in looks and not by the clock: while this process itself is paused, nothing can be heard. */
  #startWatching(): void {
    if (this.#watch) return
    const { stallMs } = this.#options
    const intervalMs = Math.min(1_000, stallMs / 4)
    let silentMs = 0
    this.#isHeard = true
    this.#watch = setInterval(() => {
      silentMs = this.#isHeard ? 0 : silentMs + intervalMs
      this.#isHeard = false
      if (this.#sessions.size === 0) {
        clearInterval(this.#watch)
        this.#watch = undefined
      } else if (silentMs >= stallMs) {
        this.#options.logger.warn({ pid: this.pid, sessions: this.#sessions.size }, 'a runner stopped answering and is ended')
        this.kill('stalled')
      } else this.#send({ type: 'ping', number: this.#pings++ })
    }, intervalMs)
    this.#watch.unref()
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    clearInterval(this.#watch)
    this.#loss ??= /heap out of memory|Allocation failed|out of memory/i.test(this.#stderr) ? 'out_of_memory' : 'crashed'
    if (this.#loss !== 'retired')
      this.#options.logger.warn({ pid: this.pid, code, signal, loss: this.#loss, stderr: this.#stderr.slice(-2_000) }, 'a runner ended')
    this.#loaded.reject(
      new LoadFailure(
        this.#loadingFile,
        this.#loss === 'out_of_memory'
          ? 'needs more memory to load than a runner has.'
          : `ended the process while it was loaded (${signal ?? `exit code ${code}`}).`,
      ),
    )
    const sessions = [...this.#sessions.values()]
    this.#sessions.clear()
    for (const session of sessions) session.onLost(this.#loss, sessions.length === 1)
    this.#exited.resolve()
  }
}

/** The workspace could not be loaded because of one file. */
export class LoadFailure extends Error {
  readonly file: string | undefined
  constructor(file: string | undefined, reason: string) {
    super(reason)
    this.file = file
  }
}
