import type { IncomingHttpHeaders } from 'node:http'
import type { JsonValue } from '../json.ts'

/** A request as the vendor received it. */
export type VendorRequest = {
  method: string
  /** Without query, not decoded. */
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** Values of the route's `:names`, decoded. Empty until a route was found. */
  params: Record<string, string>
  /** The parsed JSON, or the text where it is not JSON; undefined without a body. */
  body: JsonValue | undefined
}

const answerBrand: unique symbol = Symbol('answer')

/** An answer with its own status and headers. Make it with {@link answer}. */
export type VendorAnswer = {
  readonly [answerBrand]: true
  readonly status: number
  readonly body: JsonValue | undefined
  readonly headers: Readonly<Record<string, string>>
  /** Sent as it is, instead of the body as JSON. */
  readonly text?: string
  /** The connection closes: before a byte was sent, or in the middle of the body. */
  readonly cut?: 'before' | 'midway'
}

/** Computes what to answer: JSON for 200, or an {@link answer}; undefined is 204 without a body. */
export type VendorHandler = (request: VendorRequest) => JsonValue | VendorAnswer | undefined | Promise<JsonValue | VendorAnswer | undefined>

/** `METHOD /path/:name` → what to answer. The first that fits is taken. */
export type VendorRoutes = Record<string, JsonValue | VendorAnswer | VendorHandler>

/** An answer with a status other than 200, or with headers. */
export function answer(status: number, body?: JsonValue, headers: Record<string, string> = {}): VendorAnswer {
  return { [answerBrand]: true, status, body, headers }
}

/** An answer that is not JSON, or is broken JSON. Default type: HTML. */
export function answerText(status: number, text: string, headers: Record<string, string> = { 'content-type': 'text/html' }): VendorAnswer {
  return { [answerBrand]: true, status, body: undefined, headers, text }
}

/** The same answer over a connection that closes. */
export function cutOff(reply: VendorAnswer, when: 'before' | 'midway'): VendorAnswer {
  return { ...reply, cut: when }
}

/** A route table, compiled. */
export type Route = { name: string; method: string; segments: string[]; reply: JsonValue | VendorAnswer | VendorHandler }

/** @throws TypeError for a key that is not `METHOD /path`. */
export function compileRoutes(routes: VendorRoutes): Route[] {
  return Object.entries(routes).map(([name, reply]) => {
    const match = /^([A-Z]+) (\/\S*)$/.exec(name)
    if (!match) throw new TypeError(`A route is 'METHOD /path', for instance 'GET /users/:id'; got '${name}'.`)
    const [, method = '', path = ''] = match
    return { name, method, segments: path.split('/'), reply }
  })
}

/** Answers with the first route that fits; 405 when only the method differs, 404 when nothing fits. */
export async function replyTo(routes: readonly Route[], request: VendorRequest): Promise<VendorAnswer> {
  const segments = request.path.split('/')
  const matches = routes.flatMap((route) => {
    const params = matchPath(route.segments, segments)
    return params ? [{ route, params }] : []
  })
  const found = matches.find(({ route }) => route.method === request.method)
  if (!found) return answer(matches.length > 0 ? 405 : 404, { error: `${request.method} ${request.path} is not a route of this vendor` })
  request.params = found.params
  const reply = found.route.reply
  const value = typeof reply === 'function' ? await reply(request) : reply
  return isAnswer(value) ? value : answer(value === undefined ? 204 : 200, value)
}

/** Whether a route of the table has this path, with any method. */
export function hasPath(routes: readonly Route[], path: string): boolean {
  return routes.some((route) => matchPath(route.segments, path.split('/')) !== undefined)
}

function matchPath(pattern: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== path.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, expected] of pattern.entries()) {
    const actual = path[index] ?? ''
    if (!expected.startsWith(':')) {
      if (expected !== actual) return undefined
      continue
    }
    const value = decoded(actual)
    if (value === undefined || value === '') return undefined
    params[expected.slice(1)] = value
  }
  return params
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

function isAnswer(value: unknown): value is VendorAnswer {
  return typeof value === 'object' && value !== null && answerBrand in value
}
