import type { LaneStream } from '../../protocol/lane-stream.ts'
import type { AnswerHead, RequestHead } from '../../protocol/network.ts'
import { countRead } from '../../protocol/read-memory.ts'
import { callNow, outsideCall } from './calls.ts'
import type { AnswerHandler, Wire } from './wire.ts'

/** Where `fetch` of Node and of the package undici find what makes their requests. The first is for versions of undici before 8. */
const legacyKey = Symbol.for('undici.globalDispatcher.1')
const currentKey = Symbol.for('undici.globalDispatcher.2')

type Headers = Record<string, string | string[]>

/** What undici hands its dispatchers, as far as it is used here. */
type DispatchOptions = {
  origin?: string | URL
  path: string
  method: string
  body?: unknown
  headers?: unknown
  query?: Record<string, unknown>
  upgrade?: unknown
}
type Controller = {
  rawHeaders: Buffer[]
  rawTrailers: Buffer[]
  readonly aborted: boolean
  readonly paused: boolean
  readonly reason: Error | null
  abort(reason?: Error): void
  pause(): void
  resume(): void
}
type DispatchHandler = {
  onRequestStart?(controller: Controller, context: unknown): void
  onResponseStart?(controller: Controller, status: number, headers: Headers, statusText: string): void
  onResponseData?(controller: Controller, chunk: Buffer): void
  onResponseEnd?(controller: Controller, trailers: Headers): void
  onResponseError?(controller: Controller, error: Error): void
}
type Dispatcher = { dispatch(options: DispatchOptions, handler: DispatchHandler): boolean }

/**
 * Calls back before a request of `fetch` is made, and soon after Node has loaded what makes them, which is when a part of it is first asked
 * for: to look whether that is there would load it.
 */
export function beforeFetch(open: () => void): void {
  const { fetch } = globalThis
  globalThis.fetch = (input, init) => {
    open()
    return fetch(input, init)
  }
  // It looks for a dispatcher that is there already, and puts its own in this place where there is none.
  const get = () => void queueMicrotask(open)
  Object.defineProperty(globalThis, currentKey, { get, enumerable: false, configurable: true })
}

/** Has `fetch` make its requests through the gateway. Redirects, decompression and abort stay with `fetch`, which knows how. */
export function fetchThrough(wire: Wire): void {
  if (Object.getOwnPropertyDescriptor(globalThis, currentKey)?.get) Reflect.deleteProperty(globalThis, currentKey)
  // Node makes its own when it is first asked for a part of it.
  void globalThis.Headers
  const globals = globalThis as unknown as Record<symbol, Dispatcher> // undici's own agreement between its copies
  const direct = globals[currentKey]
  const legacy = globals[legacyKey] as (Dispatcher & { constructor: new (dispatcher: object) => Dispatcher }) | undefined
  if (!direct || !legacy) throw new Error('This Node keeps the dispatcher of fetch elsewhere.')
  // The rest of its methods are those of undici's own class: they all end in `dispatch`.
  const dispatcher = Object.assign(Object.create(Object.getPrototypeOf(Object.getPrototypeOf(legacy)) as object) as Dispatcher, {
    dispatch(options: DispatchOptions, handler: DispatchHandler): boolean {
      // A WebSocket is a connection of its own, and that goes through a tunnel.
      if (options.upgrade) return direct.dispatch(options, handler)
      void new Exchange(wire, handler).make(options)
      return true
    },
    close: async () => {},
    destroy: async () => {},
  })
  globals[currentKey] = dispatcher
  globals[legacyKey] = new legacy.constructor(dispatcher)
}

/** One request and its answer. */
class Exchange implements Controller, AnswerHandler<AnswerHead> {
  readonly #wire: Wire
  readonly #handler: DispatchHandler
  #stream: LaneStream | undefined
  #reason: Error | null = null
  #isOver = false
  #isPaused = false
  #hasAnswer = false
  /** What came in this turn. */
  #pieces: Buffer[] = []
  #drained: (() => void) | undefined
  #ends: readonly AbortSignal[] = []
  readonly #endWithIt = (event: Event) => this.abort((event.target as AbortSignal).reason)
  rawHeaders: Buffer[] = []
  rawTrailers: Buffer[] = []

  constructor(wire: Wire, handler: DispatchHandler) {
    this.#wire = wire
    this.#handler = handler
  }

  get aborted(): boolean {
    return this.#reason !== null
  }

  get reason(): Error | null {
    return this.#reason
  }

  get paused(): boolean {
    return this.#isPaused
  }

  pause(): void {
    this.#isPaused = true
    this.#stream?.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#stream?.resume()
  }

  abort(reason?: unknown): void {
    if (this.#reason || this.#isOver) return
    this.#reason = reason instanceof Error ? reason : new DOMException('The request was aborted.', 'AbortError')
    this.#fail(this.#reason)
  }

  #endWith(ends: readonly AbortSignal[]): void {
    this.#ends = ends
    for (const signal of ends) {
      if (signal.aborted) this.abort(signal.reason)
      else signal.addEventListener('abort', this.#endWithIt)
    }
    if (this.#isOver) this.#leave()
  }

  #leave(): void {
    for (const signal of this.#ends) signal.removeEventListener('abort', this.#endWithIt)
  }

  async make(options: DispatchOptions): Promise<void> {
    try {
      this.#handler.onRequestStart?.(this, {})
      if (this.#reason) return
      const call = callNow()
      if (call) this.#endWith(call.ends)
      if (this.#isOver && !call?.begun) return
      if (call?.begun) {
        this.#stream = call.begun.handTo(this)
        if (this.#isOver) this.#stream.cancel()
        else if (!this.#isPaused) this.#stream.resume()
        return
      }
      const head: RequestHead = {
        method: options.method,
        origin: String(options.origin).replace(/\/$/, ''),
        path: pathOf(options),
        headers: flatHeaders(options.headers),
      }
      const body = options.body ?? undefined
      const stream = await this.#wire.begin('request', head, body !== undefined, this, call?.carried)
      this.#stream = stream
      if (this.#isOver) return stream.cancel()
      if (this.#isPaused) stream.pause()
      // Not awaited: an answer may come before all is sent.
      if (body !== undefined) outsideCall(() => this.#send(stream, body)).catch((error: Error) => this.#fail(error))
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  async #send(stream: LaneStream, body: unknown): Promise<void> {
    for await (const chunk of piecesOf(body)) {
      if (this.#isOver) return
      // A copy: it may be changed as soon as it is taken.
      if (!stream.send(Buffer.from(chunk))) await new Promise<void>((resolve) => (this.#drained = resolve))
    }
    stream.end()
  }

  onDrain(): void {
    this.#drained?.()
  }

  onAnswer({ status, statusText, headers }: AnswerHead): void {
    if (this.#isOver) return
    this.#hasAnswer = true
    this.rawHeaders = headers.map((text) => Buffer.from(text, 'latin1'))
    this.#handler.onResponseStart?.(this, status, headersOf(headers), statusText)
  }

  /** What comes in one turn is handed on as one: for `fetch`, each piece costs more than its bytes do. */
  onBytes(piece: Buffer): void {
    if (this.#pieces.push(piece) === 1) process.nextTick(() => this.#handOn())
  }

  /** A copy at once: where the code of others throws in between, the next read comes before what waits for the end of this turn. */
  onRead(): void {
    if (this.#pieces.length > 0) this.#pieces = [this.#whole()]
  }

  #whole(): Buffer {
    const bytes = Buffer.concat(this.#pieces)
    countRead(bytes.length)
    return bytes
  }

  onEnd(): void {
    // The read may not be over that brought the last of it.
    this.onRead()
    this.#handOn()
    if (this.#isOver) return
    this.#isOver = true
    this.#leave()
    // An answer may come before all of the request was sent.
    if (this.#stream?.isEnded === false) this.#stream.cancel()
    this.#drained?.()
    this.#handler.onResponseEnd?.(this, {})
  }

  /** It may come with the head, and `fetch` must have made something of that first: of a connection they never come in one turn. */
  onFailure(error: Error): void {
    if (this.#hasAnswer) setImmediate(() => this.#fail(error))
    else this.#fail(error)
  }

  #fail(error: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#leave()
    this.#stream?.cancel()
    this.#drained?.()
    this.#handler.onResponseError?.(this, error)
  }

  #handOn(): void {
    const [first] = this.#pieces
    if (this.#isOver || !first) return
    const bytes = this.#pieces.length === 1 ? first : this.#whole()
    this.#pieces = []
    this.#handler.onResponseData?.(this, bytes)
  }
}

function pathOf({ path, query }: DispatchOptions): string {
  if (!query) return path
  const given = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
  )
  return `${path}?${new URLSearchParams(given)}`
}

/** In whichever of undici's forms they come. */
function flatHeaders(headers: unknown): string[] {
  if (headers === null || headers === undefined) return []
  if (Array.isArray(headers) && headers.every((one) => !Array.isArray(one))) return headers.map(String)
  const pairs =
    typeof headers === 'object' && Symbol.iterator in headers
      ? [...(headers as Iterable<[string, unknown]>)]
      : Object.entries(headers as Record<string, unknown>)
  return pairs.flatMap(([name, value]) =>
    value === undefined || value === null
      ? []
      : Array.isArray(value)
        ? value.flatMap((one) => [name, String(one)])
        : [name, Buffer.isBuffer(value) ? value.toString('latin1') : String(value)],
  )
}

function headersOf(flat: readonly string[]): Headers {
  const headers: Headers = {}
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const name = String(flat[index]).toLowerCase()
    const value = String(flat[index + 1])
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined
    headers[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }
  return headers
}

/** A body in whichever of undici's forms it comes. */
async function* piecesOf(body: unknown): AsyncGenerator<Uint8Array | string> {
  if (typeof body === 'string' || body instanceof Uint8Array) yield body
  else if (body instanceof ArrayBuffer) yield new Uint8Array(body)
  else if (ArrayBuffer.isView(body)) yield new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  else if (body instanceof Blob) yield* body.stream()
  else yield* body as AsyncIterable<Uint8Array | string> // what undici takes beside these
}
