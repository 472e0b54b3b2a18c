import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { EgressRefusedError } from '@crosswalk/sdk'
import {
  type Ending,
  maxHeadBytes,
  maxStreams,
  type NetworkOrder,
  networkDescriptor,
  networkHeaders,
  packHead,
  streamWindowBytes,
  type Told,
} from '../../protocol/network.ts'
import { builtin } from './builtins.ts'
import { gatewayLost, reviveFailure } from './failures.ts'

/** How long a call waits for a gateway that is started again. */
const maxWaitMs = 30_000

/** Who asks: the pass of its execution, and whose code runs. Undefined outside of executions. */
export type Asking = { pass: string; integration: string | undefined } | undefined

/** A stream of the wire. `ended` resolves with its last byte, and rejects where it was broken off. */
export type Opened = { stream: ClientHttp2Stream; answer<Answer>(): Promise<Answer>; ended: Promise<void> }

/** The runner's way out: HTTP/2 over a descriptor that its worker gave it. A gateway may die; the descriptor goes on to the next one. */
export class Wire {
  readonly #asking: () => Asking
  #socket: Socket | undefined
  #session: ClientHttp2Session | undefined
  #ready = Promise.withResolvers<ClientHttp2Session>()
  #isBroken = false
  #lane: Lane | undefined
  #isWanted = false
  #certificates: readonly string[] = []

  constructor(asking: () => Asking) {
    this.#asking = asking
    this.#ready.promise.catch(() => {})
  }

  /** Told by the worker: where the bytes of this gateway begin, or that it is gone. */
  order(order: NetworkOrder): void {
    if (this.#isBroken) return
    const socket = this.#open()
    this.#lane?.destroy(gatewayLost())
    this.#session?.destroy(gatewayLost())
    this.#lane = undefined
    if (this.#session) this.#ready = Promise.withResolvers()
    this.#session = undefined
    this.#ready.promise.catch(() => {})
    if (order.state === 'lost') return
    this.#certificates = order.certificates
    if (this.#isWanted) this.#trust()
    const lane = new Lane(socket, Buffer.from(order.marker, 'base64'))
    this.#lane = lane
    lane.once('ready', () => this.#begin(lane))
  }

  /** From now on it is used. Before that it only holds its place at the gateway, which costs little. */
  want(): void {
    if (this.#isWanted) return
    this.#isWanted = true
    this.#trust()
    if (this.#lane?.isReady) this.#begin(this.#lane)
  }

  #trust(): void {
    if (this.#certificates.length === 0) return
    const { getCACertificates, setDefaultCACertificates } = builtin('node:tls')
    setDefaultCACertificates([...getCACertificates('default'), ...this.#certificates])
  }

  /**
   * Asks the gateway for something. The answer's head is told once; the stream is then the bytes of the outside.
   *
   * @param hasBody whether bytes follow from here
   */
  async open<Answer>(
    path: string,
    head: unknown,
    hasBody: boolean,
    signal?: AbortSignal,
  ): Promise<{ answer: Answer; stream: ClientHttp2Stream }> {
    const opened = await this.begin(path, head, hasBody)
    const abort = () => opened.stream.close(8)
    signal?.addEventListener('abort', abort, { once: true })
    try {
      return { answer: await opened.answer<Answer>(), stream: opened.stream }
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /** As `open`, without waiting for the answer. */
  async begin(path: string, head: unknown, hasBody: boolean): Promise<Opened> {
    this.want()
    // Read before anything is waited for: it is of the code that asks.
    const asking = this.#asking()
    if (!asking) throw outsideExecution()
    const session = this.#session ?? (await this.#whenReady())
    const stream = session.request(
      {
        ':method': 'POST',
        ':path': path,
        [networkHeaders.head]: packHead(head),
        [networkHeaders.pass]: asking.pass,
        ...(asking.integration === undefined ? {} : { [networkHeaders.integration]: asking.integration }),
        [builtin('node:http2').sensitiveHeaders]: [networkHeaders.head],
      },
      { endStream: !hasBody },
    )
    const answered = Promise.withResolvers<unknown>()
    answered.promise.catch(() => {})
    stream.once('response', (headers) => {
      const told = JSON.parse(String(headers[networkHeaders.head])) as Told<unknown> // the gateway's own
      if ('ok' in told) return answered.resolve(told.ok)
      stream.resume()
      answered.reject(reviveFailure(told.failure))
    })
    stream.once('error', (error) => answered.reject(lostOr(error)))
    stream.once('close', () => answered.reject(gatewayLost()))
    const ended = Promise.withResolvers<void>()
    ended.promise.catch(() => {})
    stream.once('trailers', (headers) => {
      const ending = JSON.parse(String(headers[networkHeaders.head])) as Ending // the gateway's own
      if ('ok' in ending) ended.resolve()
      else ended.reject(reviveFailure(ending.failure))
    })
    stream.once('close', () => ended.reject(gatewayLost()))
    return { stream, answer: <Answer>() => answered.promise as Promise<Answer>, ended: ended.promise }
  }

  #whenReady(): Promise<ClientHttp2Session> {
    if (this.#isBroken) return Promise.reject(gatewayLost())
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(gatewayLost()), maxWaitMs)
    return Promise.race([this.#ready.promise, late.promise]).finally(() => clearTimeout(timer))
  }

  #open(): Socket {
    if (this.#socket) return this.#socket
    const socket = new Socket({ fd: networkDescriptor, readable: true, writable: true })
    // The channel to the worker keeps this process alive, and nothing else.
    socket.unref()
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#isBroken = true
      this.#session?.destroy(gatewayLost())
      this.#session = undefined
      this.#ready.reject(gatewayLost())
    })
    this.#socket = socket
    return socket
  }

  #begin(lane: Lane): void {
    if (this.#lane !== lane || !this.#isWanted) return
    const session = builtin('node:http2').connect('http://gateway', {
      createConnection: () => lane,
      maxSessionMemory: 256,
      maxSendHeaderBlockLength: maxHeadBytes,
      peerMaxConcurrentStreams: maxStreams,
      settings: { enablePush: false, initialWindowSize: streamWindowBytes, maxHeaderListSize: maxHeadBytes },
    })
    session.setMaxListeners(0)
    session.on('error', () => {})
    session.on('connect', () => {
      // What matters for the speed of all streams together: one alone is bounded by its own window.
      session.setLocalWindowSize(64 * streamWindowBytes)
    })
    session.on('close', () => {
      if (this.#session !== session) return
      this.#session = undefined
      this.#ready = Promise.withResolvers()
      this.#ready.promise.catch(() => {})
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

/** The bytes to and from one gateway, out of all that a descriptor carries. When it is destroyed, the descriptor stays open. */
class Lane extends Duplex {
  readonly #socket: Socket
  readonly #marker: Buffer
  #tail: Buffer | undefined = Buffer.alloc(0)
  /** The gateway has begun, too. */
  isReady = false
  readonly #onData = (chunk: Buffer) => this.#take(chunk)
  readonly #onEnd = () => this.destroy()

  constructor(socket: Socket, marker: Buffer) {
    super({ allowHalfOpen: false })
    this.#socket = socket
    this.#marker = marker
    socket.on('data', this.#onData)
    socket.on('close', this.#onEnd)
    socket.resume()
    socket.write(marker)
    this.on('error', () => {})
  }

  #take(chunk: Buffer): void {
    if (this.#tail === undefined) {
      if (!this.push(chunk)) this.#socket.pause()
      return
    }
    const bytes = Buffer.concat([this.#tail, chunk])
    const at = bytes.indexOf(this.#marker)
    if (at < 0) {
      this.#tail = bytes.subarray(Math.max(0, bytes.length - this.#marker.length + 1))
      return
    }
    this.#tail = undefined
    const rest = bytes.subarray(at + this.#marker.length)
    if (rest.length > 0) this.push(rest)
    this.isReady = true
    this.emit('ready')
  }

  override _read(): void {
    if (this.#tail === undefined) this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done)
  }

  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], done: (error?: Error | null) => void): void {
    this.#socket.cork()
    for (const [index, { chunk }] of chunks.entries()) {
      if (index < chunks.length - 1) this.#socket.write(chunk)
      else this.#socket.write(chunk, done)
    }
    this.#socket.uncork()
  }

  override _final(done: () => void): void {
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.off('data', this.#onData)
    this.#socket.off('close', this.#onEnd)
    this.#socket.pause()
    done(error)
  }
}
