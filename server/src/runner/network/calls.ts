import { AsyncLocalStorage } from 'node:async_hooks'
import type { SentRequest } from '@crosswalk/sdk'
import { BegunRequest } from './begun-request.ts'
import type { Carried, Wire } from './wire.ts'

/** What a request of `context.http` has beside what `fetch` is told. */
export type OfCall = {
  /** Undefined where it has no ticket. */
  carried: Carried | undefined
  /** It ends with each of them, and so does what is read of its answer later. */
  ends: readonly AbortSignal[]
  /** It was begun already: `fetch` is left with the answer. */
  begun?: BegunRequest
}

const calls = new AsyncLocalStorage<OfCall>()
// Bound, so that author code that puts others in the place of its methods sees no ticket.
const runOf = calls.run.bind(calls) as <Result>(call: OfCall, run: () => Result) => Result
const getCall = calls.getStore.bind(calls)

/** Runs what is no part of the call: a body may be made by author code, and what that asks for is another request. */
export const outsideCall = calls.exit.bind(calls) as <Result>(run: () => Result) => Result

/** Of the request that `fetch` is making now. */
export const callNow = (): OfCall | undefined => getCall()

/** After 421 `fetch` makes a request once more, unless its body is gone by then. Of what was begun nothing is sent, so it may have any. */
const unrepeatable = () => ({ method: 'POST', body: new ReadableStream(), duplex: 'half' })

/** `fetch` judges all others. */
const plainMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])
/** Those that `fetch` refuses: they are of other protocols. https://fetch.spec.whatwg.org/#port-blocking */
const otherPorts = new Set(
  `1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135 137 139 143 161 179 389
  427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000
  6566 6665 6666 6667 6668 6669 6679 6697 10080`.split(/\s+/),
)
const formType = 'application/x-www-form-urlencoded;charset=UTF-8'

/**
 * Makes the requests of `context.http`. No redirect is followed.
 *
 * @param open gives what leads to the gateway
 * @param fetch the one that leads there too, for what is more than a small call
 */
export function callsThrough(open: () => Wire, fetch: typeof globalThis.fetch) {
  return async (request: SentRequest, carried: Carried | undefined): Promise<Response> => {
    const { url, ends, signal, ...rest } = request
    const init = { ...rest, redirect: 'manual', duplex: 'half', ...(signal ? { signal } : {}) } as RequestInit // a stream needs it; Node's type lacks it
    const whole = carried && wholeOf(request)
    if (!whole) return await runOf({ carried, ends }, () => fetch(url, init))
    const { method, headers } = request
    const leaveTo = (begun: BegunRequest, status: number) => {
      const left = {
        method,
        headers,
        redirect: 'manual',
        ...(signal ? { signal } : {}),
        ...(status === 421 ? unrepeatable() : {}),
      } as RequestInit // as above
      return runOf({ carried, ends, begun }, () => fetch(url, left))
    }
    return await new BegunRequest(whole, ends, leaveTo).make(open(), carried)
  }
}

/** Undefined where `fetch` has to read the body. */
function wholeOf({ method, url, headers, body }: SentRequest): ConstructorParameters<typeof BegunRequest>[0] | undefined {
  if (!plainMethods.has(method) || otherPorts.has(URL.parse(url)?.port ?? '')) return undefined
  if (body === undefined) return { method, url, headers, body }
  // A copy: it may be changed as soon as it is taken.
  if (ArrayBuffer.isView(body))
    return { method, url, headers, body: Buffer.from(new Uint8Array(body.buffer, body.byteOffset, body.byteLength)) }
  if (body instanceof ArrayBuffer) return { method, url, headers, body: Buffer.from(new Uint8Array(body)) }
  const type = typeof body === 'string' ? 'text/plain;charset=UTF-8' : body instanceof URLSearchParams ? formType : undefined
  if (type === undefined) return undefined
  const typed = headers.has('content-type') ? headers : new Headers([...headers, ['content-type', type]])
  return { method, url, headers: typed, body: String(body) }
}
