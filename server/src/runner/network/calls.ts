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
const runOf = calls.run.bind(calls) as <Result>(call: OfCall, run: () => Result) => Result
const getCall = calls.getStore.bind(calls)

/** Of the request that `fetch` is making now. */
export const callNow = (): OfCall | undefined => getCall()

/** `fetch` judges all others. */
const plainMethods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
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
    const leaveTo = (begun: BegunRequest) =>
      runOf({ carried, ends, begun }, () => fetch(url, { method, headers, redirect: 'manual', ...(signal ? { signal } : {}) }))
    return await new BegunRequest(whole, ends, leaveTo).make(open(), carried)
  }
}

/** Undefined where `fetch` has to read the body. */
function wholeOf({ method, url, headers, body }: SentRequest): ConstructorParameters<typeof BegunRequest>[0] | undefined {
  if (!plainMethods.has(method)) return undefined
  if (body === undefined) return { method, url, headers, body }
  const type = typeof body === 'string' ? 'text/plain;charset=UTF-8' : body instanceof URLSearchParams ? formType : undefined
  if (type === undefined) return undefined
  const typed = headers.has('content-type') ? headers : new Headers([...headers, ['content-type', type]])
  return { method, url, headers: typed, body: String(body) }
}
