import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { type DeclaredHosts, declaredHosts } from '../../gateway/messages/declared-hosts.ts'
import { watchOver } from '../../platform/postgres/watch-over.ts'
import type { ProcessMessage, RunOrder, SessionMessage, SessionOrder } from '../../protocol/channel.ts'
import { kinds } from '../../protocol/kinds.ts'
import { networkDescriptors } from '../../protocol/network.ts'
import { RunnerOutput } from '../channel/runner-output.ts'
import { RunnerPipe, type Taken } from '../channel/runner-pipe.ts'
import { runnerCommand } from './runner-command.ts'
import { type Loaded, RunnerLoad } from './runner-load.ts'
import type { RunnerOptions } from './runner-options.ts'
import { RunnerSessions } from './runner-sessions.ts'
import type { CompileCache } from './sandbox/compile-cache.ts'
import { keepsFilesFromWriting } from './sandbox/layers.ts'
import type { MemoryGroup, MemoryGroups } from './sandbox/memory-groups.ts'
import { processChain, watchMemory } from './sandbox/memory-watch.ts'
import type { Sandbox } from './sandbox/probe.ts'
import { Silence } from './sandbox/silence.ts'
import type { RunnerLoss, SessionListener } from './session-listener.ts'

/** One execution in one runner. */
export interface RunnerLine {
  send(order: SessionOrder): void
  /** Forgets the execution; the runner may take others. */
  close(): void
  readonly runner: RunnerProcess
}

/** What a runner may use of memory beside its heap: buffers, the code itself, its threads. In MB. */
const beyondHeapMb = 320
/** How long after the end of a process what it wrote before is still read. */
const lastWordsMs = 500

/** A child process that runs author code, and its executions. */
export class RunnerProcess {
  readonly #child: ChildProcess
  readonly #pipe: RunnerPipe
  readonly #options: RunnerOptions
  readonly #sessions = new RunnerSessions()
  readonly #load = new RunnerLoad()
  readonly #exited = Promise.withResolvers<void>()
  readonly #id = randomUUID()
  #memory: MemoryGroup | undefined
  /** Over when the process and all below it are in the group. */
  readonly #held: Promise<void>
  #hosts: DeclaredHosts = {}
  #hasNetwork = false
  readonly #output: RunnerOutput
  #loss: RunnerLoss | undefined
  #isHeard = false
  #pings = 0
  #watch: NodeJS.Timeout | undefined
  /** The code that it runs; empty until it is loaded. */
  codeVersion = ''
  /** Set when it must take no more. */
  isRetired = false
  /** Whom it serves, from when that is known to its end. */
  binding: string | undefined
  /** Called when it is given an execution, and when its last one is over. */
  onBusy = () => {}
  onIdle = () => {}

  /** @throws where the system starts no process: it has too many, or what is to be run is not there */
  constructor(options: RunnerOptions, sandbox: Sandbox, cache?: CompileCache) {
    this.#options = options
    const maxBytes = (options.maxHeapMb + beyondHeapMb) * 1024 * 1024
    const started = sandbox.launch(runnerCommand(options, keepsFilesFromWriting(sandbox.layers) ? cache : undefined))
    if (started.uid !== undefined) cache?.shareWith(started.uid)
    this.#child = spawn(started.command, started.args, {
      cwd: started.cwd,
      env: started.env,
      // The fourth is the channel, those after it are the ways out.
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...networkDescriptors.map(() => 'pipe' as const), ...started.descriptors],
    })
    this.#child.on('error', (error) => options.logger.error({ err: error }, 'runner failed'))
    started.release()
    // It has no end either, nor pipes where this process has too many open.
    if (this.#child.pid === undefined) throw new Error('The process of a runner could not be started.')
    this.#held = this.#hold(this.#child.pid, sandbox.memoryGroups, maxBytes)
    // Told where it is loaded, which may be later.
    this.#held.catch(() => {})
    for (const descriptor of networkDescriptors) this.#child.stdio.at(descriptor)?.on('error', () => {})
    this.#pipe = new RunnerPipe(this.#child.stdio[3] as Socket, {
      // Of a spawned process it is one.
      onMessage: (message) => this.#onMessage(message),
      onSessionMessage: (key, message, chars) => this.#onSessionMessage(key, message, chars),
      onViolation: (error, key) => {
        this.#sessions.brokeProtocol(key)
        options.logger.warn({ err: error, pid: this.pid, sessions: this.sessionCount }, 'a runner broke the protocol and is ended')
        this.kill('protocol_violation')
      },
    })
    // Code in an endless loop does not notice that its host is gone. Bubblewrap does, and ends all that is in it.
    if (sandbox.layers.isolation !== 'bubblewrap')
      void this.#exited.promise.then(watchOver(this.#child.pid, 'KILL', 'crosswalk-runner-watch'))
    const stopWatching = watchMemory(this.#child.pid, maxBytes, () => {
      options.logger.warn({ pid: this.pid, sessions: this.sessionCount }, 'a runner used more memory than it may and is ended')
      this.kill('out_of_memory')
    })
    void this.#exited.promise.then(stopWatching)
    this.#child.on('exit', (code, signal) => void this.#onExit(code, signal))
    this.#output = new RunnerOutput(this.#child, (text) => options.logger.info({ runner: text }, 'runner output'))
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get sessionCount(): number {
    return this.#sessions.count
  }

  /** Executions that this runner was given, ended ones included. */
  get served(): number {
    return this.#sessions.served
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
   * @param before what another runner found with the same files left out; this one then describes them only where they have changed
   * @throws LoadFailure naming the file during whose loading the process hung or died
   * @throws where the process could not be put into its memory group
   */
  async load(exclude: { file: string; reason: string }[], before?: Loaded): Promise<Loaded> {
    // Before any author code is there. Node takes longer to start.
    await this.#held
    return this.#load.run(this.#options, exclude, before, { send: (order) => this.#pipe.send(order), kill: (loss) => this.kill(loss) })
  }

  /** Says whom it serves from now on: author code of nobody else runs in it, ever. */
  bind(binding: string): void {
    if (this.binding !== undefined) throw new Error('A runner serves one organization, and this one has its own.')
    this.binding = binding
  }

  open(order: RunOrder, listener: SessionListener): RunnerLine {
    this.onBusy()
    const key = this.#sessions.add(listener)
    this.#output.addMask(listener.mask)
    this.#openNetwork()
    this.#pipe.sendOf(key, { type: 'run', ...order, networkPass: this.#passFor(order) })
    this.#startWatching()
    return {
      runner: this,
      send: (message) => this.#pipe.sendOf(key, message),
      close: () => {
        this.#sessions.close(key)
        this.endOrIdle()
      },
    }
  }

  /** Nobody needs it just now: where it has nothing to do it is kept for a while, or ends. */
  endOrIdle(): void {
    if (this.sessionCount > 0) return
    if (this.isRetired) this.kill('retired')
    else this.onIdle()
  }

  /** With its first execution: what is only loaded has no network. */
  #openNetwork(): void {
    const { gateway } = this.#options
    if (!gateway || this.#hasNetwork) return
    this.#hasNetwork = true
    gateway.connect({
      runner: this.#id,
      lanes: networkDescriptors.map((descriptor) => this.#child.stdio.at(descriptor) as Socket), // of a spawned process they are
      hosts: this.#hosts,
      organizationId: organizationOf(this.binding),
      tell: (order) => this.#pipe.send({ type: 'network', ...order }),
      onCutOff: () => this.retire(),
    })
  }

  #passFor({ kind, name, executionId, organization }: RunOrder): string {
    // What asks an integration runs it alone, and is held to its hosts.
    const integration = kinds[kind].asks === null ? null : name
    const pass = { runner: this.#id, executionId, organizationId: organization?.id ?? null, name, integration }
    return this.#options.gateway?.passFor(pass) ?? ''
  }

  /** Takes no more executions, and ends when the last one has. */
  retire(): void {
    this.isRetired = true
    if (this.sessionCount === 0) this.kill('retired')
  }

  /** Ends the process now; its executions are told why. */
  kill(loss: RunnerLoss): void {
    this.#loss ??= loss
    // After its end its number may be another's.
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const below = this.pid === undefined ? [] : processChain(this.pid).slice(1)
    this.#child.kill('SIGKILL')
    // They end with the first, but not in the moment in which they start.
    for (const pid of below) endProcess(pid)
  }

  /** What cannot be held does not run: that it is held was told. */
  async #hold(pid: number, groups: MemoryGroups | undefined, maxBytes: number): Promise<void> {
    try {
      this.#memory = groups?.make(maxBytes)
      await this.#memory?.hold(pid)
    } catch (error) {
      // It ended, and its group with it: that has a reason of its own.
      if (this.isGone) return
      this.#options.logger.error({ err: error, pid }, 'a runner could not be put into its memory group and is ended')
      this.kill('crashed')
      throw error
    }
  }

  #onMessage(message: ProcessMessage): void {
    this.#isHeard = true
    if (message.type === 'loading') this.#load.begins(message.file)
    else if (message.type === 'loaded') {
      this.#runs(message)
      this.#load.done(message)
    } else if (message.type === 'unchanged') {
      const before = this.#load.unchanged()
      if (before) this.#runs(before)
    }
  }

  #runs({ codeVersion, definitions }: Loaded): void {
    this.codeVersion = codeVersion
    this.#hosts = declaredHosts(definitions)
  }

  #onSessionMessage(key: string, message: SessionMessage, chars: number): Taken {
    this.#isHeard = true
    return this.#sessions.onMessage(key, message, chars)
  }

  #startWatching(): void {
    if (this.#watch || this.pid === undefined) return
    const { stallMs, maxHeapMb, logger } = this.#options
    const intervalMs = Math.min(1_000, stallMs / 4)
    const silence = new Silence(this.pid, stallMs)
    this.#isHeard = true
    this.#watch = setInterval(() => {
      const isTooLong = silence.look(this.#isHeard || this.#pipe.isPaused, intervalMs)
      this.#isHeard = false
      // Also while it has nothing to do: code that an ended execution left behind must not keep it from the next.
      if (isTooLong) {
        const loss = silence.isOfMemory(maxHeapMb) ? 'out_of_memory' : 'stalled'
        logger.warn({ pid: this.pid, loss, sessions: this.sessionCount }, 'a runner stopped answering and is ended')
        this.kill(loss)
      } else this.#pipe.send({ type: 'ping', number: this.#pings++ })
    }, intervalMs)
    this.#watch.unref()
  }

  async #onExit(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    clearInterval(this.#watch)
    this.#options.gateway?.disconnect(this.#id)
    if (this.#loss === undefined) await Promise.race([this.#pipe.closed, delay(lastWordsMs)])
    const isOfMemory = this.#memory?.isSpent() || /heap out of memory|Allocation failed|out of memory/i.test(this.#output.errorTail)
    this.#loss ??= isOfMemory ? 'out_of_memory' : 'crashed'
    if (this.#loss !== 'retired')
      this.#options.logger.warn({ pid: this.pid, code, signal, loss: this.#loss, stderr: this.#output.lastWords() }, 'a runner ended')
    this.#load.ended(this.#loss, code, signal)
    this.#sessions.lose(this.#loss)
    for (const stream of this.#child.stdio) stream?.destroy()
    await this.#memory?.remove()
    this.#exited.resolve()
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended
  }
}

/** Whose passes a runner may show: of no organization where it runs for none, of any where it is shared. */
function organizationOf(binding: string | undefined): string | null | undefined {
  if (binding === undefined || binding === 'all') return undefined
  return binding === 'global' ? null : binding
}
