import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import { Socket } from 'node:net'
import { EgressRefusedError } from '@crosswalk/sdk'
import {
  answerWindowBytes,
  type CallNote,
  type Ending,
  maxHeadBytes,
  maxStreams,
  type NetworkOrder,
  networkDescriptors,
  networkHeaders,
  packHead,
  type Told,
} from '../../protocol/network.ts'
import { builtin } from './builtins.ts'
import { gatewayLost, reviveFailure } from './failures.ts'

/** How long a call waits for a gateway that is started again. */
const maxWaitMs = 30_000

/** Closes a stream whose answer nobody wants any more: CANCEL in section 7 of RFC 9113. */
export const cancelled = 0x8

/** Who asks: the pass of its execution, whose code runs, and what its request carries. Undefined outside of executions. */
export type Asking = { pass: string; integration: string | undefined; carried: { ticket: string; note: CallNote } | undefined } | undefined

/** A stream of the wire. `ended` resolves with its last byte, and rejects where it was broken off; not where the answer was whole. */
export type Opened = { stream: ClientHttp2Stream; answer<Answer>(): Promise<Answer>; ended: Promise<void> }

/** The runner's way out: HTTP/2 over a lane that its worker gave it. A gateway may die; the next one is at the end of the next lane. */
export class Wire {
  readonly #asking: () => Asking
  #session: ClientHttp2Session | undefined
  #ready = Promise.withResolvers<ClientHttp2Session>()
  #isOver = false
  #isWanted = false
  /** Where the gateway is, before it is used. */
  #lane: number | undefined
  #certificates: readonly string[] = []

  constructor(asking: () => Asking) {
    this.#asking = asking
    this.#ready.promise.catch(() => {})
  }

  /** Told by the worker: at the end of which lane the gateway is, or that it is gone. */
  order(order: NetworkOrder): void {
    this.#leave()
    this.#lane = undefined
    if (order.state === 'over') {
      this.#isOver = true
      this.#ready.reject(gatewayLost())
    } else if (order.state === 'bound') {
      this.#lane = order.lane
      if (this.#certificates.length === 0) {
        this.#certificates = order.certificates
        if (this.#isWanted) this.#trust()
      }
      if (this.#isWanted) this.#begin(order.lane)
    }
  }

  /** From now on it is used. Before that it only holds its place at the gateway, which costs little. */
  want(): void {
    if (this.#isWanted) return
    this.#isWanted = true
    this.#trust()
    if (this.#lane !== undefined) this.#begin(this.#lane)
  }

  #trust(): void {
    if (this.#certificates.length === 0) return
    const { getCACertificates, setDefaultCACertificates } = builtin('node:tls')
    setDefaultCACertificates([...getCACertificates('default'), ...this.#certificates])
  }

  #leave(): void {
    const session = this.#session
    if (!session) return
    this.#session = undefined
    this.#ready = Promise.withResolvers()
    this.#ready.promise.catch(() => {})
    session.destroy(gatewayLost())
  }

  /**
   * Asks the gateway for something. The answer's head is told once; the stream is then the bytes of the outside.
   *
   * @param hasBody whether bytes follow from here
   */
  async open<Answer>(path: string, head: unknown, hasBody: boolean): Promise<{ answer: Answer; stream: ClientHttp2Stream }> {
    const opened = await this.begin(path, head, hasBody)
    return { answer: await opened.answer<Answer>(), stream: opened.stream }
  }

  /** As `open`, without waiting for the answer. */
  async begin(path: string, head: unknown, hasBody: boolean): Promise<Opened> {
    // Read before anything is waited for: it is of the code that asks.
    const asking = this.#asking()
    if (!asking) throw outsideExecution()
    if (this.#session?.destroyed || this.#session?.closed) this.#leave()
    const session = this.#session ?? (await this.#whenReady())
    const { sensitiveHeaders } = builtin('node:http2')
    const stream = session.request(
      {
        ':method': 'POST',
        ':path': path,
        [networkHeaders.head]: packHead(head),
        [networkHeaders.pass]: asking.pass,
        ...(asking.integration === undefined ? {} : { [networkHeaders.integration]: asking.integration }),
        ...(asking.carried === undefined
          ? {}
          : { [networkHeaders.ticket]: asking.carried.ticket, [networkHeaders.note]: packHead(asking.carried.note) }),
        [sensitiveHeaders]: [networkHeaders.head, networkHeaders.ticket],
      },
      { endStream: !hasBody },
    )
    const answered = Promise.withResolvers<unknown>()
    answered.promise.catch(() => {})
    const ended = Promise.withResolvers<void>()
    ended.promise.catch(() => {})
    let isTold = false
    let isEnded = false
    stream.once('response', (headers) => {
      isTold = true
      const told = JSON.parse(String(headers[networkHeaders.head])) as Told<unknown> // the gateway's own
      if ('ok' in told) {
        isEnded = told.isWhole
        return answered.resolve(told.ok)
      }
      stream.resume()
      answered.reject(reviveFailure(told.failure))
    })
    stream.once('error', (error) => answered.reject(lostOr(error)))
    stream.once('trailers', (headers) => {
      isEnded = true
      const ending = JSON.parse(String(headers[networkHeaders.head])) as Ending // the gateway's own
      if ('ok' in ending) ended.resolve()
      else ended.reject(reviveFailure(ending.failure))
    })
    stream.once('close', () => {
      if (!isTold) answered.reject(gatewayLost())
      if (!isEnded) ended.reject(gatewayLost())
    })
    return { stream, answer: <Answer>() => answered.promise as Promise<Answer>, ended: ended.promise }
  }

  #whenReady(): Promise<ClientHttp2Session> {
    if (this.#isOver) return Promise.reject(gatewayLost())
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(gatewayLost()), maxWaitMs)
    return Promise.race([this.#ready.promise, late.promise]).finally(() => clearTimeout(timer))
  }

  #begin(lane: number): void {
    const socket = new Socket({ fd: networkDescriptors[lane], readable: true, writable: true })
    // The channel to the worker keeps this process alive, and nothing else.
    socket.unref()
    socket.on('error', () => {})
    const session = builtin('node:http2').connect('http://gateway', {
      createConnection: () => socket,
      maxSessionMemory: 256,
      maxSendHeaderBlockLength: maxHeadBytes,
      peerMaxConcurrentStreams: maxStreams,
      settings: {
        enablePush: false,
        initialWindowSize: answerWindowBytes,
        maxHeaderListSize: maxHeadBytes,
      },
    })
    session.setMaxListeners(0)
    session.on('error', () => {})
    session.on('connect', () => {
      // What matters for the speed of all streams together: one alone is bounded by its own window.
      session.setLocalWindowSize(64 * answerWindowBytes)
    })
    session.on('close', () => {
      if (this.#session === session) this.#leave()
    })
    this.#session = session
    this.#ready.resolve(session)
  }
}

function outsideExecution(): Error {
  return new EgressRefusedError(
    'Code outside of an execution has no network: what runs while a file is loaded, for instance. Make the call in a workflow, a data provider or a method of an integration.',
    { reason: 'no_execution' },
  )
}

/** HTTP/2 says that its session was destroyed; the reason is the gateway's end. */
function lostOr(error: Error & { code?: string }): Error {
  return error.code?.startsWith('ERR_HTTP2') ? Object.assign(gatewayLost(), { cause: error }) : error
}
