import type { HttpFetchInit, HttpRequest } from './options.ts'
import type { RequestBody } from './port.ts'
import { queryPairs } from './request-url.ts'
import { VendorError } from './vendor-error.ts'

/** What is sent beside method and address. */
export type Sendable = {
  headers: Headers
  body: RequestBody | undefined
  /** False for a stream: it is gone once it was sent. */
  canBeSentAgain: boolean
}

/** @throws VendorError invalid_request where it has several bodies, or one that is no JSON */
export function sendableOf(
  method: string,
  request: HttpRequest | HttpFetchInit,
  ofClient: Readonly<Record<string, string>> | undefined,
  { accept, idempotencyKey }: { accept: string | undefined; idempotencyKey: string | undefined },
): Sendable {
  const headers = new Headers(ofClient)
  if (request.headers) for (const [name, value] of new Headers(request.headers)) headers.set(name, value)
  if (accept !== undefined && !headers.has('accept')) headers.set('accept', accept)
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey)
  const given = ['json', 'form', 'body'].filter((name) => request[name as 'json'] !== undefined) // all three are members
  if (given.length > 1) throw invalid(method, `has both ${given.join(' and ')}. Give one of them.`)
  if (given.length > 0 && (method === 'GET' || method === 'HEAD')) throw invalid(method, `takes no body; it was given ${given[0]}.`)
  if (request.json !== undefined) {
    if (!headers.has('content-type')) headers.set('content-type', 'application/json')
    return { headers, body: jsonTextOf(method, request.json), canBeSentAgain: true }
  }
  if (request.form !== undefined) return { headers, body: new URLSearchParams(queryPairs(request.form)), canBeSentAgain: true }
  const { body } = request
  const isStream = typeof body === 'object' && body !== null && (body instanceof ReadableStream || Symbol.asyncIterator in body)
  return { headers, body: body ?? undefined, canBeSentAgain: !isStream }
}

function jsonTextOf(method: string, json: unknown): string {
  try {
    const text = JSON.stringify(json)
    if (text !== undefined) return text
  } catch (cause) {
    throw invalid(method, `cannot send its json: ${(cause as Error).message}`, cause)
  }
  throw invalid(method, 'cannot send its json: it is a function or a symbol.')
}

function invalid(method: string, problem: string, cause?: unknown): VendorError {
  return new VendorError('invalid_request', `The ${method} of context.http ${problem}`, { method }, cause === undefined ? {} : { cause })
}
