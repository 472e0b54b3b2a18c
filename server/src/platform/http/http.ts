import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { forRequest } from '../database/causes.ts'
import { declaredErrors, platformError } from '../errors.ts'
import { type Precondition, preconditionOf } from '../preconditions.ts'
import { settleNames } from '../request-names.ts'
import { afterwards, type Soon } from '../soon.ts'
import { wireWholeNumberOr } from './text.ts'

/** The audit action that a route's change is recorded under, or why it records none. */
export type AuditDecision = { action: string } | { none: string }

type Schema = z.ZodType
type Output<S extends Schema | undefined, Otherwise> = S extends Schema ? z.output<S> : Otherwise

/** What a handler gets: the parsed request, and who asks. */
export type RouteRequest<P, Params extends Schema | undefined, Query extends Schema | undefined, Body extends Schema | undefined> = {
  params: Output<Params, Record<string, never>>
  query: Output<Query, Record<string, never>>
  body: Output<Body, undefined>
  headers: FastifyRequest['headers']
  principal: P
  /** Who asks, as it is now: for what continues after its request. Throws as soon as nobody is let through any more. */
  principalNow: () => Promise<P>
  /** The address that asks. */
  address: string
  /** What the change expects to find, where the route takes that. */
  ifMatch: Precondition
  requestId: string
  log: FastifyBaseLogger
  /** Aborted when the caller goes away. */
  signal: AbortSignal
  /** Takes a place for a stream, until the caller goes away. @throws too_many_streams */
  takeStream: () => void
}

/** Who may send a request, and how much an address may have. Given by the process that listens. */
export type Admission<P> = {
  /** @param isFollowing it was let through before, and still continues */
  authorize(request: FastifyRequest, isFollowing: boolean): Soon<P>
  /** Takes a place for a stream; undefined where the address has too many. */
  takeStream(request: FastifyRequest): (() => void) | undefined
}

/** A handler's answer: a view and its status, or, for streams and ready-made bytes, what it does to the reply itself. */
export type RouteAnswer =
  | { status: number; body?: unknown; headers?: Record<string, string | string[]> }
  | { reply: (reply: FastifyReply) => unknown }

export type RouteDefinition<
  P,
  Params extends Schema | undefined,
  Query extends Schema | undefined,
  Body extends Schema | undefined,
  Permission extends string = string,
> = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** The path under `/api`, or a full one where it begins with `//`. Parameters as `:name`. */
  path: string
  operationId: string
  tag: string
  summary: string
  description?: string
  /** What the caller must be allowed to do; `authenticated` is anyone who has signed in, `public` anyone at all. */
  permission: Permission
  audit: AuditDecision
  /** While somebody views as somebody else: not given, what reads and does nothing else is taken, and all else refused. */
  whileViewing?: 'taken' | 'refused'
  /** True for what would outlast a stolen session: a person proves again who they are, unless they have in the last half hour. */
  needsProof?: true
  /** Where it takes more than 1 MiB. */
  maxBodyBytes?: number
  /** True where a change may be made depending on what is there; the handler gets `ifMatch`. */
  takesIfMatch?: true
  params?: Params
  query?: Query
  body?: Body
  /** The view of each status. `null` has no body. */
  responses: Record<number, Schema | null>
  /** The codes of the failures that this route names; the ones that every route can meet are added. */
  errors: readonly string[]
  handler: (request: RouteRequest<P, Params, Query, Body>) => Promise<RouteAnswer>
}

/** Any route, its types erased: what the list of all routes holds. */
export type Route = Omit<RouteDefinition<unknown, undefined, undefined, undefined>, 'params' | 'query' | 'body' | 'handler'> & {
  params?: Schema
  query?: Schema
  body?: Schema
  handler: (request: never) => Promise<RouteAnswer>
}

/** Declares a route; its handler is typed by its schemas. */
export function defineRoute<
  P,
  Params extends Schema | undefined = undefined,
  Query extends Schema | undefined = undefined,
  Body extends Schema | undefined = undefined,
>(definition: RouteDefinition<P, Params, Query, Body>): Route {
  return definition as unknown as Route
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who was let through. */
    admitted: unknown
  }
}

/** The error body of the contract. */
export const errorView = z
  .object({
    error: z.string().describe('A stable code.'),
    message: z.string().describe('What happened and what to do, for a person.'),
    details: z.record(z.string(), z.unknown()),
    request_id: z.string(),
  })
  .meta({ id: 'Error' })

/** The answer of one thing that people edit, with its tag as the header `ETag` too. */
export function tagged(status: number, body: { etag: string }): RouteAnswer {
  return { status, body, headers: { etag: body.etag } }
}

const ifMatchHeader = z.looseObject({
  'if-match': z
    .string()
    .optional()
    .describe('The `etag` that you read. Where what is there has another one by now, nothing is changed, and the answer is 412.'),
})

/** A condition that nobody looks at would be worse than none. @throws validation_failed */
function refuseIfMatch(headers: FastifyRequest['headers']): void {
  if (headers['if-match'] === undefined) return
  const problem = 'is not taken here'
  throw platformError('validation_failed', { 'If-Match': [problem] }, `The header If-Match ${problem}. Leave it out.`)
}

type Members = Record<string, unknown>

/** No text that is kept has this character, and the database takes no text with it. @throws validation_failed */
function refuseNul(given: Members): void {
  for (const [name, value] of Object.entries(given)) {
    if (!name.includes('\0') && ![value].flat().some((text) => typeof text === 'string' && text.includes('\0'))) continue
    const field = name.replaceAll('\0', '').slice(0, 100) || 'query'
    const problem = 'must not contain the character NUL (%00)'
    throw platformError('validation_failed', { [field]: [problem] }, `'${field}' ${problem}. Leave it out.`)
  }
}

/** Adds the query of a list: `limit` and `cursor`. */
export const pageQuery = z.object({
  limit: wireWholeNumberOr(50, 1, 200).describe('At most so many items.'),
  cursor: z.string().min(1).max(4_000).optional().describe('Where the previous page ended: its `next_cursor`.'),
})

/** Codes that a route of that permission and method can always meet. */
function commonErrors(route: Route): string[] {
  const codes = ['validation_failed', 'internal_error', 'database_unavailable', 'database_too_slow']
  if (route.permission !== 'public') codes.push('unauthenticated', 'forbidden', 'too_many_attempts')
  if (route.whileViewing === 'refused' || (route.method !== 'GET' && route.whileViewing === undefined)) codes.push('viewing_as')
  if (route.needsProof) codes.push('proof_required')
  if (route.takesIfMatch) codes.push('changed_meanwhile')
  if (route.body) codes.push('malformed_json', 'body_too_large', 'unsupported_media_type')
  return codes
}

/** The responses of a route for the API description: its views, and one error view for each status that its codes have. */
export function describeResponses(route: Route): Record<number, unknown> {
  const responses: Record<number, unknown> = {}
  for (const [status, schema] of Object.entries(route.responses)) {
    responses[Number(status)] = schema ?? z.null().describe('No body.')
  }
  const declared = declaredErrors()
  for (const code of [...route.errors, ...commonErrors(route)]) {
    const definition = declared.get(code)
    if (!definition) throw new TypeError(`${route.operationId} names the error ${code}, which no slice declares.`)
    responses[definition.status] ??= errorView
  }
  return responses
}

/** Registers one route. Authorization happens in `authorize`, before anything of the request's body is looked at. */
export function addRoute<P>(app: FastifyInstance, route: Route, { authorize, takeStream }: Admission<P>): void {
  if (!app.hasRequestDecorator('admitted')) app.decorateRequest('admitted', null)
  const url = route.path.startsWith('//') ? route.path.slice(1) : `/api${route.path}`
  app.route({
    method: route.method,
    url,
    ...(route.maxBodyBytes === undefined ? {} : { bodyLimit: route.maxBodyBytes }),
    schema: {
      operationId: route.operationId,
      tags: [route.tag],
      summary: route.summary,
      ...(route.description === undefined ? {} : { description: route.description }),
      ...(route.params ? { params: route.params } : {}),
      ...(route.query ? { querystring: route.query } : {}),
      ...(route.body ? { body: route.body } : {}),
      ...(route.takesIfMatch ? { headers: ifMatchHeader } : {}),
      ...(route.permission === 'public' ? {} : { security: [{ apiKey: [] }] }),
      'x-permission': route.permission,
      ...(route.needsProof ? { 'x-needs-proof': true } : {}),
      'x-audit': 'action' in route.audit ? route.audit.action : null,
      response: describeResponses(route),
    } as object,
    // Hooks that call back: most keys are remembered, and then nothing of this waits.
    onRequest: (request, _reply, done) => {
      forRequest(request.id, () => {
        const admitted = afterwards(authorize(request, false), (principal) => {
          request.admitted = principal
        })
        if (admitted instanceof Promise) admitted.then(() => done(), done)
        else done()
      })
    },
    preValidation: (request, _reply, done) => {
      const { params, query, body, headers } = request
      refuseNul({ ...(params as Members), ...(query as Members) })
      if (!route.takesIfMatch && request.method !== 'GET') refuseIfMatch(request.headers)
      settleNames({ params: params as Record<string, unknown>, query: query as Record<string, unknown>, body, headers }, route) // as fastify parsed them
      done()
    },
    handler: async (request, reply) => {
      let signal: AbortSignal | undefined
      // Said again: what reads a body calls back outside of the hook that came before.
      const handle = (given: unknown) => forRequest(request.id, () => (route.handler as (given: unknown) => Promise<RouteAnswer>)(given))
      const answer = await handle({
        params: request.params,
        query: request.query,
        body: request.body,
        headers: request.headers,
        principal: request.admitted,
        principalNow: async () => await authorize(request, true),
        address: request.ip,
        ifMatch: route.takesIfMatch ? preconditionOf(request.headers) : undefined,
        requestId: request.id,
        log: request.log,
        // Few ask for it, and it costs more than all else that a handler is given.
        get signal() {
          return (signal ??= signalOf(reply))
        },
        takeStream: () => {
          const leave = takeStream(request)
          if (!leave) throw platformError('too_many_streams')
          if (reply.raw.closed) leave()
          else reply.raw.once('close', leave)
        },
      })
      if ('reply' in answer) return forRequest(request.id, () => answer.reply(reply))
      reply.code(answer.status)
      if (answer.headers) reply.headers(answer.headers)
      return answer.body === undefined ? reply.send() : answer.body
    },
  })
}

/** Aborts when the caller goes away before the answer is written. */
function signalOf(reply: FastifyReply): AbortSignal {
  const { raw } = reply
  const gone = new AbortController()
  const look = () => {
    if (!raw.writableFinished) gone.abort()
  }
  if (raw.closed) look()
  else raw.once('close', look)
  return gone.signal
}
