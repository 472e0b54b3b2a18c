import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { NetworkOrder } from '../protocol/network.ts'
import type { DeclaredHosts } from './messages/declared-hosts.ts'
import type { Exchange } from './messages/exchanges.ts'
import type { FromGateway, Refused, ToGateway } from './messages/messages.ts'
import type { OwnAnswer, OwnRequest } from './messages/own-request.ts'
import { type Pass, signPass } from './messages/passes.ts'
import { newTicketKey, sealTicket, type Ticket } from './messages/tickets.ts'
import { OwnFetches } from './own-fetches.ts'

const main = fileURLToPath(new URL('./process/main.ts', import.meta.url))
const pingMs = 5_000
/** Pings without an answer after which it is taken to hang. */
const maxSilentPings = 4
const maxPauseMs = 5_000
/** A lane that a working gateway does not have after this time did not reach it. */
const boundWithinMs = 5_000

/** What the gateway may know of the worker's environment: how to reach the outside, and nothing of the platform. */
const passedOn =
  /^(PATH|SystemRoot|TZ|LANG|LC_.*|RES_OPTIONS|LOCALDOMAIN|NODE_COMPILE_CACHE|NODE_EXTRA_CA_CERTS|NODE_USE_SYSTEM_CA|SSL_CERT_FILE|SSL_CERT_DIR|https?_proxy|no_proxy)$/i

/** Its heap is small and collected often: to wake other threads for that costs more than they do. */
const heapFlags = ['--max-old-space-size=256', '--max-semi-space-size=4', '--no-parallel-scavenge']

export type GatewayOptions = {
  logger: Logger
  /** Entries of CROSSWALK_EGRESS_ALLOW. */
  allow: readonly string[]
  ownPorts: readonly number[]
  /** PEM: authorities that runners trust beside those of Node. */
  certificates: readonly string[]
  onRefused(refused: Refused): void
  /** Requests with a ticket that are over. */
  onExchanges?(exchanges: readonly Exchange[]): void
  /** Of those whose tickets were made void: they were not used. */
  onUnsent?(exchanges: readonly string[]): void
  /** What the gateway had under way is not told any more. */
  onLost?(): void
  /** The beginnings of bodies of failed exchanges are told too. */
  recordsBodies?: boolean
}

/** A runner as its gateway knows it. */
export type RunnerPort = {
  runner: string
  /** The worker's ends of the runner's lanes. They are not read here. */
  lanes: readonly Socket[]
  hosts: DeclaredHosts
  /** Whom passes must be of. Undefined where the runner serves several organizations. */
  organizationId: string | null | undefined
  tell(order: NetworkOrder): void
  /** The runner has no network any more: because of what it sent, or because it has outlived a gateway on each of its lanes. */
  onCutOff(reason: string): void
}

/** `next` is the lane for the next gateway. */
type BoundPort = RunnerPort & { next: number; unbound: NodeJS.Timeout | undefined; isAwaited: boolean }

/**
 * The worker's gateway: a process of its own, started with the first runner and again whenever it ends. Runners continue
 * then: the worker holds the other ends of their lanes, and gives the next one to the next gateway.
 */
export class Gateway {
  readonly #options: GatewayOptions
  readonly #ownPorts: Set<number>
  readonly #passKey = randomBytes(32)
  readonly #ticketKey = newTicketKey()
  readonly #fetches = new OwnFetches((message) => this.#send(message))
  readonly #ports = new Map<string, BoundPort>()
  #child: ChildProcess | undefined
  /** The gateway has said something, so it works. */
  #isHeard = false
  #failures = 0
  #restart: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: GatewayOptions) {
    this.#options = options
    this.#ownPorts = new Set(options.ownPorts)
  }

  /** For tests and figures. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Starts it ahead of the first runner. */
  start(): void {
    if (this.#child || this.#restart || this.#isClosed) return
    const child = spawn(process.execPath, ['--disable-sigusr1', '--no-warnings', '--expose-gc', ...heapFlags, main], {
      env: {
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => passedOn.test(name))),
        // Look-ups of names take a thread each, and some are slow: enough for many organizations at their limit.
        UV_THREADPOOL_SIZE: '128',
      },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // A Ctrl+C in a terminal is for the worker, which ends what runs first.
      detached: true,
    })
    this.#child = child
    const startedAt = performance.now()
    const stopWatching = this.#watch(child)
    child.on('message', (message) => this.#onMessage(message as FromGateway))
    const onExit = (code: number | null, signal: NodeJS.Signals | null) => {
      stopWatching()
      if (this.#child === child) this.#onExit(code, signal, performance.now() - startedAt)
    }
    child.on('error', (error) => {
      this.#options.logger.error({ err: error }, 'the network gateway failed')
      // What was never started tells no end.
      if (child.pid === undefined) onExit(null, null)
    })
    child.once('exit', onExit)
    this.#send({
      type: 'start',
      passKey: this.#passKey.toString('base64'),
      ticketKey: this.#ticketKey.toString('base64'),
      recordsBodies: this.#options.recordsBodies ?? false,
      allow: [...this.#options.allow],
      ownPorts: [...this.#ownPorts],
    })
    this.#fetches.sendWaiting()
    for (const port of this.#ports.values()) this.#bind(port)
  }

  /** A port of this machine on which a part of the platform listens, that is known only now. */
  protect(port: number): void {
    if (this.#ownPorts.has(port)) return
    this.#ownPorts.add(port)
    this.#send({ type: 'own_ports', ownPorts: [...this.#ownPorts] })
  }

  /** Gives a runner its way out. It is over with `disconnect`. */
  connect(port: RunnerPort): void {
    for (const lane of port.lanes) {
      // Node reads what a child writes at once. What comes here is for the gateway.
      stopReading(lane)
      lane.on('error', () => {})
    }
    const bound = { ...port, next: 0, unbound: undefined, isAwaited: false }
    this.#ports.set(port.runner, bound)
    if (this.#child) this.#bind(bound)
    else this.start()
  }

  disconnect(runner: string): void {
    this.#heardOf(this.#ports.get(runner))
    for (const lane of this.#ports.get(runner)?.lanes ?? []) lane.destroy()
    this.#ports.delete(runner)
  }

  /** What an execution shows the gateway. */
  passFor(pass: Pass): string {
    return signPass(this.#passKey, pass)
  }

  /** What an execution shows the gateway for one request. */
  ticketFor(ticket: Ticket): string {
    return sealTicket(this.#ticketKey, ticket)
  }

  /** Makes tickets worthless that were not used yet. Which they were is told by `onUnsent`. */
  voidTickets(exchanges: string[]): void {
    if (this.#child) this.#send({ type: 'void', exchanges })
    else this.#options.onUnsent?.(exchanges)
  }

  /**
   * A request of the worker itself, such as for a token; the rules for addresses of author code hold for it.
   *
   * @throws Error with Node's code, or `egress_refused`, or `gateway_lost` where it may have been made
   */
  fetch(request: OwnRequest): Promise<OwnAnswer> {
    this.start()
    return this.#fetches.make(request, this.#child !== undefined)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#fetches.lose()
    clearTimeout(this.#restart)
    for (const runner of this.#ports.keys()) this.disconnect(runner)
    const child = this.#child
    this.#child = undefined
    if (!child || child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  #bind(port: BoundPort): void {
    const { runner, hosts, organizationId, lanes } = port
    const lane = port.next++
    const pipe = lanes[lane]
    const handle = pipe && handleOf(pipe)
    if (!handle) return
    this.#send({ type: 'bind', runner, hosts, organizationId }, handle)
    port.isAwaited = true
    if (this.#isHeard) this.#await(port)
    port.tell({ state: 'bound', lane, certificates: [...this.#options.certificates] })
  }

  /** Ends the lane that the gateway had. A runner without another one continues without network, until its executions are over. */
  #lose(port: BoundPort): void {
    this.#heardOf(port)
    if (port.next >= port.lanes.length) this.#cutOff(port, 'It has no lane left that leads to a gateway.')
    else {
      port.tell({ state: 'lost' })
      port.lanes[port.next - 1]?.destroy()
    }
  }

  /** Until the gateway says that it has the lane. */
  #await(port: BoundPort): void {
    clearTimeout(port.unbound)
    port.unbound = setTimeout(() => {
      this.#options.logger.error({ runner: port.runner, lane: port.next - 1 }, 'a lane did not reach the network gateway')
      this.#lose(port)
      if (this.#child && this.#ports.has(port.runner)) this.#bind(port)
    }, boundWithinMs)
    port.unbound.unref()
  }

  #heardOf(port: BoundPort | undefined): void {
    if (!port) return
    clearTimeout(port.unbound)
    port.isAwaited = false
  }

  #cutOff(port: BoundPort, reason: string): void {
    this.#options.logger.warn({ runner: port.runner, reason }, 'a runner was cut off from the network')
    port.tell({ state: 'over' })
    this.disconnect(port.runner)
    port.onCutOff(reason)
  }

  #send(message: ToGateway, handle?: unknown): void {
    // A send to a process that just died fails; its end is told by the exit. One that was not started may have no channel.
    this.#child?.send?.(message, handle as Parameters<ChildProcess['send']>[1], {}, () => {})
  }

  #onMessage(message: FromGateway): void {
    if (!this.#isHeard) {
      this.#isHeard = true
      for (const port of this.#ports.values()) if (port.isAwaited) this.#await(port)
    }
    if (message.type === 'bound') this.#heardOf(this.#ports.get(message.runner))
    else if (message.type === 'refused') this.#options.onRefused(message)
    else if (message.type === 'exchanges') this.#options.onExchanges?.(message.exchanges)
    else if (message.type === 'unsent') this.#options.onUnsent?.(message.exchanges)
    else if (message.type === 'fetched') this.#fetches.answer(message)
    else if (message.type === 'cut_off') {
      const port = this.#ports.get(message.runner)
      if (port) this.#cutOff(port, message.reason)
    }
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null, livedMs: number): void {
    this.#child = undefined
    this.#isHeard = false
    this.#fetches.lose()
    this.#options.onLost?.()
    if (this.#isClosed) return
    this.#failures = livedMs > 30_000 ? 1 : this.#failures + 1
    const pauseMs = this.#failures === 1 ? 0 : Math.min(maxPauseMs, 50 * 2 ** this.#failures)
    this.#options.logger.error({ code, signal, pause_ms: pauseMs }, 'the network gateway ended by itself and is started again')
    for (const port of this.#ports.values()) this.#lose(port)
    this.#restart = setTimeout(() => {
      this.#restart = undefined
      this.start()
    }, pauseMs)
  }

  /** One that hangs is ended. Looks are counted, not time: while this process is paused, nothing can be heard. */
  #watch(child: ChildProcess): () => void {
    let silent = 0
    let number = 0
    child.on('message', () => {
      silent = 0
    })
    const timer = setInterval(() => {
      if (silent >= maxSilentPings) {
        this.#options.logger.error({ pid: child.pid }, 'the network gateway stopped answering and is ended')
        child.kill('SIGKILL')
      } else {
        silent++
        this.#send({ type: 'ping', number: number++ })
      }
    }, pingMs)
    timer.unref()
    return () => clearInterval(timer)
  }
}

type Handle = { readStop(): number; reading: boolean }

/** What Node keeps to itself: only a bare handle is sent to another process without being closed here. */
function handleOf(pipe: Socket): Handle | undefined {
  return (pipe as unknown as { _handle: Handle | null })._handle ?? undefined
}

function stopReading(pipe: Socket): void {
  const handle = handleOf(pipe)
  if (!handle) return
  handle.readStop()
  handle.reading = false
}
