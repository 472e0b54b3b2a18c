import type { LaneStream } from '../../protocol/lane-stream.ts'
import type { AnswerHead, RequestHead } from '../../protocol/network.ts'
import { countRead } from '../../protocol/read-memory.ts'
import type { AnswerHandler, Carried, Wire } from './wire.ts'

/** A request whose body, if it has one, is there as a whole. `headers` are those that the code set. */
export type WholeRequest = { method: string; url: string; headers: Headers; body: string | Buffer | undefined }

type LeaveTo = (begun: BegunRequest, status: number) => Promise<Response>

/** What `fetch` says of itself where the code does not. */
const ownHeaders: readonly (readonly [name: string, value: string])[] = [
  ['accept', '*/*'],
  ['accept-language', '*'],
  ['user-agent', 'node'],
]
/** With one of these `fetch` asks that no cache on the way answers. */
const conditions = ['if-modified-since', 'if-none-match', 'if-unmodified-since', 'if-match', 'if-range']

/**
 * A request of `context.http` that is begun without `fetch`, which takes more time for a small call than all else in a runner. An answer that
 * is there at once and has nothing to be unpacked is given as it is. Any other is left to `fetch`, from its head on.
 */
export class BegunRequest implements AnswerHandler<AnswerHead> {
  readonly #request: WholeRequest
  readonly #ends: readonly AbortSignal[]
  readonly #leaveTo: LeaveTo
  readonly #response = Promise.withResolvers<Response>()
  #stream: LaneStream | undefined
  #head: AnswerHead | undefined
  #pieces: Buffer[] = []
  #hasEnded = false
  #brokenOff: Error | undefined
  /** Who has taken over. */
  #next: AnswerHandler<AnswerHead> | undefined
  #isOver = false
  readonly #endWithIt = (event: Event) => this.#fail((event.target as AbortSignal).reason)

  /**
   * @param ends the request ends with each of them
   * @param leaveTo has `fetch` make a request for which it finds this one to take over
   */
  constructor(request: WholeRequest, ends: readonly AbortSignal[], leaveTo: LeaveTo) {
    this.#request = request
    this.#ends = ends
    this.#leaveTo = leaveTo
  }

  /** @throws what `fetch` throws: a TypeError with what happened as its cause */
  make(wire: Wire, carried: Carried): Promise<Response> {
    // Not awaited: its turn may be long in coming, and the request may be given up before.
    void this.#begin(wire, carried)
    return this.#response.promise
  }

  async #begin(wire: Wire, carried: Carried): Promise<void> {
    const { body } = this.#request
    for (const signal of this.#ends) signal.addEventListener('abort', this.#endWithIt)
    try {
      for (const signal of this.#ends) signal.throwIfAborted()
      const stream = await wire.begin('request', headOf(this.#request), body !== undefined, this, carried)
      this.#stream = stream
      if (this.#isOver) stream.cancel()
      else if (body !== undefined) {
        stream.send(typeof body === 'string' ? Buffer.from(body) : body)
        stream.end()
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  onAnswer(head: AnswerHead): void {
    this.#head = head
    // What came with it is here by then.
    process.nextTick(() => this.#answer(head))
  }

  onBytes(piece: Buffer): void {
    if (this.#next) this.#next.onBytes?.(piece)
    else this.#pieces.push(Buffer.from(piece))
  }

  onRead(): void {
    this.#next?.onRead?.()
  }

  onEnd(): void {
    if (this.#next) this.#next.onEnd?.()
    else this.#hasEnded = true
  }

  onFailure(error: Error): void {
    if (this.#next) this.#next.onFailure(error)
    else if (this.#head) this.#brokenOff = error
    else this.#fail(error)
  }

  /** @param next is told of the answer from its head on. @returns the stream, which is its to pause and to cancel */
  handTo(next: AnswerHandler<AnswerHead>): LaneStream {
    const stream = this.#stream as LaneStream // there was an answer
    this.#leave()
    this.#next = next
    // In a turn of its own: it is not ready before it has the stream.
    queueMicrotask(() => {
      if (this.#head) next.onAnswer(this.#head)
      for (const piece of this.#pieces) next.onBytes?.(piece)
      this.#pieces = []
      if (this.#brokenOff) next.onFailure(this.#brokenOff)
      else if (this.#hasEnded) next.onEnd?.()
    })
    return stream
  }

  #answer(head: AnswerHead): void {
    if (this.#isOver) return
    const response = this.#hasEnded ? this.#wholeResponse(head) : undefined
    if (response) {
      this.#isOver = true
      this.#leave()
      this.#response.resolve(response)
      return
    }
    this.#stream?.pause()
    this.#leaveTo(this, head.status).then(this.#response.resolve, (error) => {
      if (!this.#next) this.#stream?.cancel()
      this.#leave()
      this.#response.reject(error)
    })
  }

  /** Undefined where there is more to be done, or where it is nothing that code can make a `Response` of: a reason beyond Latin-1, for one. */
  #wholeResponse({ status, statusText, headers }: AnswerHead): Response | undefined {
    if (!canBeWhole(status)) return undefined
    const isHead = this.#request.method === 'HEAD'
    for (let index = 0; index < headers.length; index += 2) if (headers[index] === 'content-encoding' && !isHead) return undefined
    for (const piece of this.#pieces) countRead(piece.length)
    const bytes = this.#pieces.length === 1 ? this.#pieces[0] : Buffer.concat(this.#pieces)
    try {
      const response = new Response(isHead ? null : (bytes as Uint8Array<ArrayBuffer>), { status, statusText }) // of Node's own sockets
      for (let index = 0; index + 1 < headers.length; index += 2)
        response.headers.append(String(headers[index]), String(headers[index + 1]))
      return asFetched(response, this.#request.url)
    } catch {
      return undefined
    }
  }

  #leave(): void {
    for (const signal of this.#ends) signal.removeEventListener('abort', this.#endWithIt)
  }

  #fail(cause: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#leave()
    this.#stream?.cancel()
    this.#response.reject(new TypeError('fetch failed', { cause }))
  }
}

/** Others have no body, or are none that a `Response` is made with. */
const canBeWhole = (status: number): boolean => status >= 200 && status < 600 && status !== 204 && status !== 205 && status !== 304

/** With what only `fetch` writes. */
function asFetched(response: Response, url: string): Response {
  const { clone } = response
  const own = { url, type: 'basic', clone: () => asFetched(clone.call(response), url) }
  for (const [name, value] of Object.entries(own)) Object.defineProperty(response, name, { value, configurable: true })
  return response
}

/** The headers as `fetch` completes them. */
function headOf({ method, url, headers, body }: WholeRequest): RequestHead {
  const { origin, protocol, pathname, search } = new URL(url)
  const flat: string[] = []
  const add = (name: string, value: string) => flat.push(name, value)
  const isRange = headers.has('range')
  for (const [name, value] of headers) {
    if (name === 'sec-fetch-mode') continue
    // A part of what is packed could not be unpacked.
    add(name, isRange && name === 'accept-encoding' ? `${value}, identity` : value)
  }
  for (const [name, value] of ownHeaders) if (!headers.has(name)) add(name, value)
  add('sec-fetch-mode', 'cors')
  if (conditions.some((name) => headers.has(name)))
    for (const name of ['pragma', 'cache-control']) if (!headers.has(name)) add(name, 'no-cache')
  if (!headers.has('accept-encoding'))
    add('accept-encoding', isRange ? 'identity' : protocol === 'https:' ? 'br, gzip, deflate, zstd' : 'gzip, deflate')
  const length = body !== undefined ? Buffer.byteLength(body) : method === 'POST' || method === 'PUT' ? 0 : undefined
  if (length !== undefined && !headers.has('content-length')) add('content-length', String(length))
  return { method, origin, path: `${pathname}${search}`, headers: flat }
}
