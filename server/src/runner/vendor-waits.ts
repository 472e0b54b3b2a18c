import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { durationInWords, type HttpPort, parseRetryAfter } from '@crosswalk/sdk'
import type { RunOrder } from '../protocol/channel.ts'
import { kinds } from '../protocol/kinds.ts'

/** Without a Retry-After a request is made again after these; with one, a vendor may ask more often. */
const backoffMs = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000]
/** A vendor that is 503 without saying for how long may be down for hours: someone waits for the answer. */
const maxUnsaidOutages = 3
const maxRefusals = 50
/** A step that waits longer does so by its own rule, and holds no place meanwhile. */
const maxStepWaitMs = 30_000

type Fetch = typeof globalThis.fetch
type FetchArguments = Parameters<Fetch>

type WaitReason = Parameters<HttpPort['wait']>[1]

export type VendorWaitsGiven = {
  kind: RunOrder['kind']
  signal: AbortSignal
  /** From now on this much longer is waited. */
  onWait(ms: number): void
  warn(line: string): void
}

/**
 * The waits that vendors ask one execution for, where no step is tried again: in a discovery, a connection test, a data provider, and
 * in `getClient`. A request that is refused with 429 or 503 is made again when the vendor says, so what was read before is not read again.
 */
export class VendorWaits {
  readonly #given: VendorWaitsGiven
  readonly #inside = new AsyncLocalStorage<true>()
  readonly maxWaitMs: number
  /** Wall-clock time: requests that wait at once wait together. */
  #waitedMs = 0
  #untilMs = 0
  #refused: { status: number; askedMs: number | undefined } | undefined

  constructor(given: VendorWaitsGiven) {
    this.#given = given
    this.maxWaitMs = kinds[given.kind].maxVendorWaitMs
  }

  /** Has the code within wait for vendors. */
  within<Result>(run: () => Result): Result {
    return this.#inside.run(true, run)
  }

  get isOn(): boolean {
    return this.#inside.getStore() === true
  }

  /** The answer to the last request for which it was not waited any longer. */
  get refused(): { status: number; askedMs: number | undefined } | undefined {
    return this.#refused
  }

  async fetch(original: Fetch, input: FetchArguments[0], init: FetchArguments[1]): Promise<Response> {
    const isRepeatable = canBeSentAgain(input, init)
    for (let refusals = 0; ; refusals++) {
      // A request's body can be sent once.
      const response = await original(isRepeatable && input instanceof Request ? input.clone() : input, init)
      if (response.status !== 429 && response.status !== 503) return response
      const waitMs = isRepeatable ? waitBefore(response, refusals) : undefined
      const untilMs = Date.now() + (waitMs ?? 0)
      const moreMs = Math.max(0, untilMs - Math.max(Date.now(), this.#untilMs))
      if (waitMs === undefined || this.#waitedMs + moreMs > this.maxWaitMs) {
        this.#refused = { status: response.status, askedMs: askedMs(response) }
        return response
      }
      this.#waitedMs += moreMs
      this.#untilMs = Math.max(this.#untilMs, untilMs)
      if (moreMs > 0) this.#given.onWait(moreMs)
      this.#given.warn(
        `${new URL(response.url || 'http://the-vendor').host} answered ${response.status} and is asked again in ${durationInWords(waitMs)}.`,
      )
      await response.body?.cancel()
      await this.#wait(waitMs, init?.signal ?? (input instanceof Request ? input.signal : undefined))
    }
  }

  /**
   * Waits before a request of `context.http` is made again.
   *
   * @returns false where it is not waited any longer
   */
  async wait(ms: number, { line, signal, failure }: WaitReason): Promise<boolean> {
    const isAsked = failure.kind === 'rate_limited' || failure.retryAfterMs !== undefined
    const untilMs = Date.now() + ms
    const moreMs = Math.max(0, untilMs - Math.max(Date.now(), this.#untilMs))
    const isTooLong = this.isOn ? this.#waitedMs + moreMs > this.maxWaitMs : ms > maxStepWaitMs
    if (isTooLong) {
      if (isAsked) this.#refused = { status: failure.status ?? 429, askedMs: failure.retryAfterMs }
      return false
    }
    // A step waits within its own time.
    if (this.isOn) {
      this.#waitedMs += moreMs
      this.#untilMs = Math.max(this.#untilMs, untilMs)
      if (moreMs > 0) this.#given.onWait(moreMs)
    }
    this.#given.warn(line)
    await this.#wait(ms, signal)
    return true
  }

  async #wait(ms: number, own: AbortSignal | null | undefined): Promise<void> {
    const signal = own ? AbortSignal.any([this.#given.signal, own]) : this.#given.signal
    await delay(ms, undefined, { signal }).catch(() => {})
    signal.throwIfAborted()
  }
}

/** Has `fetch` wait for vendors where the running code is to. */
export function waitForVendors(current: () => VendorWaits | undefined): void {
  const original = globalThis.fetch
  const fetch: Fetch = (input, init) => {
    const waits = current()
    return waits?.isOn ? waits.fetch(original, input, init) : original(input, init)
  }
  globalThis.fetch = Object.assign(fetch, original)
}

const askedMs = (response: Response) => parseRetryAfter(response.headers.get('retry-after'), Date.now())

function waitBefore(response: Response, refusals: number): number | undefined {
  const asked = askedMs(response)
  if (asked === undefined) return response.status === 503 && refusals >= maxUnsaidOutages ? undefined : backoffMs[refusals]
  if (refusals >= maxRefusals) return undefined
  // A vendor that asks for nothing again and again is not hurried.
  return Math.max(asked, refusals === 0 ? 0 : (backoffMs[Math.min(refusals - 1, 3)] ?? 0))
}

/** A stream is gone once it was sent. */
function canBeSentAgain(input: FetchArguments[0], init: FetchArguments[1]): boolean {
  const body: unknown = init?.body
  if (body === undefined || body === null) return !(input instanceof Request && input.bodyUsed)
  return (
    typeof body === 'string' ||
    body instanceof URLSearchParams ||
    body instanceof Blob ||
    body instanceof FormData ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body)
  )
}
