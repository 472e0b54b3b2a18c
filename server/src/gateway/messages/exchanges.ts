import type { NetworkFailure } from '../../protocol/network.ts'
import { RecordedBody } from './recorded-body.ts'
import { failureOf } from './told.ts'

/** Which exchange it is, and of which call. The last two are as the runner says. */
export type NamedExchange = {
  exchange: string
  runner: string
  method: string
  /** Without its query. */
  path: string
  attempt: number
  stepKey: string | null
}

/** What became of one request with a ticket. */
export type Exchange = NamedExchange & {
  outcome: { status: number } | { failure: Pick<NetworkFailure, 'name' | 'message' | 'code'> }
  /** The header of that name, as it came. */
  retryAfter: string | null
  requestBytes: number
  responseBytes: number
  startedAtMs: number
  /** From the start to the answer's head; null where none came. */
  firstByteMs: number | null
  durationMs: number
  /** The beginnings of both bodies as text, of one that failed and where the operator wants them. Not masked. */
  bodies?: { request: string; response: string }
}

/** Measures one exchange, and tells it once. */
export class ExchangeMeter {
  readonly #named: NamedExchange
  readonly #tell: (exchange: Exchange) => void
  readonly #bodies: { request: RecordedBody; response: RecordedBody } | undefined
  readonly #asksForJson: boolean
  #contentType = ''
  readonly #startedAtMs = Date.now()
  readonly #start = performance.now()
  #firstByteMs: number | null = null
  #status: number | undefined
  #retryAfter: string | null = null
  #requestBytes = 0
  #responseBytes = 0

  /** @param asksForJson anything else is a failure to who asked, whatever its status */
  constructor(named: NamedExchange, recordsBodies: boolean, asksForJson: boolean, tell: (exchange: Exchange) => void) {
    this.#named = named
    this.#tell = tell
    this.#asksForJson = asksForJson
    this.#bodies = recordsBodies ? { request: new RecordedBody(), response: new RecordedBody() } : undefined
  }

  /** The body as it goes out. */
  async *sending(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      this.#requestBytes += chunk.length
      this.#bodies?.request.add(chunk)
      yield chunk
    }
  }

  answered(status: number, headers: Record<string, string | string[] | undefined>): void {
    this.#firstByteMs = Math.round(performance.now() - this.#start)
    this.#status = status
    const first = (name: string) => [headers[name]].flat()[0]
    this.#retryAfter = first('retry-after') ?? null
    this.#contentType = first('content-type') ?? ''
    if (this.#bodies) this.#bodies.response.encoding = first('content-encoding') ?? ''
  }

  received(chunk: Buffer): void {
    this.#responseBytes += chunk.length
    this.#bodies?.response.add(chunk)
  }

  /** @param error where it did not end as it should */
  end(error?: unknown): void {
    const { name, message, code } = error === undefined ? { name: '', message: '', code: null } : failureOf(error)
    const status = this.#status
    const outcome = error === undefined && status !== undefined ? { status } : { failure: { name, message, code } }
    const isFailure = 'failure' in outcome || outcome.status >= 400 || this.#isNoJson()
    this.#tell({
      ...this.#named,
      outcome,
      retryAfter: this.#retryAfter,
      requestBytes: this.#requestBytes,
      responseBytes: this.#responseBytes,
      startedAtMs: this.#startedAtMs,
      firstByteMs: this.#firstByteMs,
      durationMs: Math.round(performance.now() - this.#start),
      ...(this.#bodies && isFailure
        ? { bodies: { request: this.#bodies.request.toString(), response: this.#bodies.response.toString() } }
        : {}),
    })
  }

  /** A web page or half of a text where JSON was asked for: what is seen of it here, and only for the record. */
  #isNoJson(): boolean {
    if (!this.#bodies || !this.#asksForJson) return false
    if (/^text\/html\b/i.test(this.#contentType)) return true
    const text = /charset=(?!"?utf-?8)/i.test(this.#contentType) ? undefined : this.#bodies.response.whole()
    return text !== undefined && text !== '' && !isJson(text)
  }
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text.replace(/^\ufeff/, ''))
    return true
  } catch {
    return false
  }
}

/** How long an exchange that nobody waits for is kept, to be told with others. */
const gatherMs = 10

/** Gathers what is told: each message to the worker costs both as much as a request does. */
export class ExchangeReports {
  readonly #send: (exchanges: Exchange[]) => void
  #waiting: Exchange[] = []
  #timer: NodeJS.Timeout | undefined
  #isTold = false

  constructor(send: (exchanges: Exchange[]) => void) {
    this.#send = send
  }

  /**
   * What did not go well is told before its answer is passed on: the vendor may want to be left alone, and the code that hears of it asks next.
   *
   * @param isPrompt tells it in this turn
   */
  add(exchange: Exchange, isPrompt: boolean): void {
    this.#waiting.push(exchange)
    if ('failure' in exchange.outcome || exchange.outcome.status >= 400 || exchange.retryAfter !== null) this.#tell()
    else if (!isPrompt) this.#timer ??= setTimeout(() => this.#tell(), gatherMs)
    else if (!this.#isTold) {
      this.#isTold = true
      setImmediate(() => {
        this.#isTold = false
        this.#tell()
      })
    }
  }

  #tell(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const exchanges = this.#waiting
    this.#waiting = []
    if (exchanges.length > 0) this.#send(exchanges)
  }
}
