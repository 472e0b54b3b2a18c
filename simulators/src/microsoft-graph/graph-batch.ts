import type { JsonObject, JsonValue } from '@crosswalk/sdk'
import { answer, type VendorAnswer, type VendorRequest } from '@crosswalk/sdk/testing'
import { badRequest } from './graph-answers.ts'
import { bodyOf } from './graph-users.ts'

const maxChildren = 20

/** How a child of a batch may fail although the batch succeeds. */
export type ChildFault = {
  /** Which children, by method and path: `POST /users`. */
  matches: (method: string, url: string) => boolean
  /** Whether the change was made all the same: a 429 of a child does not say that it was not. */
  isCarriedOut: boolean
  /** Default 1. */
  retryAfterSeconds?: number
}

export type BatchChildren = {
  /** The next `times` children that match answer 429. */
  failNext(fault: ChildFault, times?: number): void
  clear(): void
}

/** Answers `POST /$batch` by making each child a request of its own to this server, as it would have come alone. */
export function createBatch(): { answerBatch: (request: VendorRequest, origin: string) => Promise<VendorAnswer>; children: BatchChildren } {
  const armed: (ChildFault & { left: number })[] = []

  async function answerChild(child: JsonObject, request: VendorRequest, origin: string): Promise<JsonObject> {
    const [id, method, url] = [String(child.id), String(child.method ?? 'GET').toUpperCase(), String(child.url ?? '')]
    const fault = armed.find((one) => one.left > 0 && one.matches(method, url))
    if (fault) fault.left -= 1
    if (fault && !fault.isCarriedOut) return throttled(id, fault)
    const headers = {
      authorization: request.headers.authorization ?? '',
      'content-type': 'application/json',
      ...textHeaders(child.headers),
    }
    const body = child.body === undefined ? null : JSON.stringify(child.body)
    const response = await fetch(`${origin}/v1.0${url}`, { method, headers, body }).catch(() => undefined)
    if (fault) return throttled(id, fault)
    if (!response)
      return { id, status: 503, body: { error: { code: 'serviceNotAvailable', message: 'The service is temporarily unavailable.' } } }
    const text = await response.text()
    const retryAfter = response.headers.get('retry-after')
    return {
      id,
      status: response.status,
      headers: retryAfter === null ? {} : { 'Retry-After': retryAfter },
      ...(text === '' ? {} : { body: parsed(text) }),
    }
  }

  async function answerBatch(request: VendorRequest, origin: string): Promise<VendorAnswer> {
    const { requests } = bodyOf(request)
    if (!Array.isArray(requests) || requests.length === 0) return badRequest('Invalid batch payload format.')
    if (requests.length > maxChildren) return badRequest(`Number of batch request steps exceeds max value of ${maxChildren}.`)
    const children = requests.map((child) => (typeof child === 'object' && child !== null && !Array.isArray(child) ? child : {}))
    const ids = children.map(({ id }) => String(id ?? ''))
    if (ids.includes('') || new Set(ids).size < ids.length) return badRequest('Each batch step needs an id of its own.')
    const withoutType = children.find(({ body, headers }) => body !== undefined && textHeaders(headers)['content-type'] === undefined)
    if (withoutType) return badRequest(`Write request id : ${withoutType.id} does not contain Content-Type header or body.`)
    const responses: JsonObject[] = []
    for (const child of children) responses.push(await answerChild(child, request, origin))
    // The order of answers is nobody's promise.
    return answer(200, { responses: responses.reverse() })
  }

  return {
    answerBatch,
    children: { failNext: (fault, times = 1) => void armed.push({ ...fault, left: times }), clear: () => void armed.splice(0) },
  }
}

function throttled(id: string, { retryAfterSeconds = 1 }: ChildFault): JsonObject {
  const error = { code: 'TooManyRequests', message: 'Too many requests. Please retry.' }
  return { id, status: 429, headers: { 'Retry-After': String(retryAfterSeconds) }, body: { error } }
}

function textHeaders(headers: JsonValue | undefined): Record<string, string> {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return {}
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
