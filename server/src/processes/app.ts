import { randomUUID } from 'node:crypto'
import { BlockList } from 'node:net'
import underPressure from '@fastify/under-pressure'
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { hasZodFastifySchemaValidationErrors, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { authorize, bearerOf, ConnectionDigests, whoActs } from '../access/auth.ts'
import { type RoutePermission, routePermissionOf } from '../access/permissions.ts'
import type { Identity, Principal } from '../access/principal.ts'
import { requireRecentProof } from '../access/proof-rule.ts'
import { narrowedScope, reachesAll, requireAllOrganizations } from '../access/reach.ts'
import { rememberAccess } from '../access/remembered.ts'
import { defaultIdleMinutes } from '../access/sessions.ts'
import { type Attempting, attempt } from '../access/sign-in-limits.ts'
import { requireTakenWhileViewing } from '../access/viewing-rule.ts'
import type { Actor } from '../audit/audit.ts'
import { recordRefusals, recordRefusedRequests } from '../audit/refusals.ts'
import { createQueueGate, defaultQueueLimits } from '../engine/dispatch/queue-gate.ts'
import { findMappingName } from '../mappings/mappings.ts'
import { findOrganizationNames, findTaggedOrganizations, selectOrganizationsNamed } from '../organizations/organizations.ts'
import { createMetrics } from '../overview/health.routes.ts'
import { peopleAuthentication } from '../people/authentication.ts'
import { openPeople } from '../people/people-runtime.ts'
import { personSessions } from '../people/person-sessions.ts'
import { isScimPath, scimMediaType, scimProblemOf } from '../people/scim/scim-problem.ts'
import { isDatabaseAway, isDiskFull, isReadOnly, isRolledBack, isTooSlow, isValueRefused } from '../platform/database/outages.ts'
import { DomainError, declaredErrors, platformError } from '../platform/errors.ts'
import { addressList, isIn, isLoopback } from '../platform/http/addresses.ts'
import { serveAdmin } from '../platform/http/admin-files.ts'
import { answerClientError, limitConnections } from '../platform/http/connections.ts'
import { describeApi } from '../platform/http/description.ts'
import { isFromThisMachine, requireOwnHost } from '../platform/http/hosts.ts'
import { addRoute } from '../platform/http/http.ts'
import { refuseOtherMethods } from '../platform/http/methods.ts'
import { refusalWords } from '../platform/http/refusal-words.ts'
import { secureServing } from '../platform/http/secure-serving.ts'
import { securityHeaders } from '../platform/http/security-headers.ts'
import { createAttempts, createPlaces, defaultSourceLimits } from '../platform/http/source-limits.ts'
import { addJsonParser } from '../platform/json-body.ts'
import { afterwards, type Soon } from '../platform/soon.ts'
import type { AppDependencies } from './app-dependencies.ts'
import { endHandlers, pauses, type RoutesGiven, slices } from './slices.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who acts, for the log of what was refused. A member, since an entry of a weak map for each request costs more than it. */
    caller: Actor | null
    /** The caller views as nobody else, and lacks no second factor: what is refused is more than they have. */
    isCallerThemselves: boolean
  }
}

/** Past this delay of the event loop the process answers 503 rather than everything late. */
const maxEventLoopDelayMs = 2_000
const startGraceMs = 10_000

const defaultMaxArrivalMs = 30_000

/** The errors of one field path, as the contract's `details`. */
function fieldErrors(error: FastifyError): Record<string, string[]> {
  const details: Record<string, string[]> = {}
  for (const issue of error.validation ?? []) {
    const field = issue.instancePath.replace(/^\//, '').replaceAll('/', '.') || 'body'
    ;(details[field] ??= []).push(refusalWords(issue.message ?? 'is not valid'))
  }
  return details
}

const diskFullMessage = 'The disk of the database is full, so nothing can be changed. Free space on it; then try again.'
const readOnlyMessage =
  'The database is read-only, as a standby is. Try again in a few seconds; if it lasts, see that DATABASE_URL leads to a server that takes changes.'

const valueRefusedMessage =
  'A value of the request is none that can be looked for or kept: a time or number out of range, or text with a character that is not kept. Check its values.'

/** The domain error that a failure of the framework, the database or our own code stands for. */
const rolledBackMessage =
  'Another change was made to the same at the same moment, and the database gave this one up. Nothing of it was done: try again.'

function domainErrorOf(error: unknown): DomainError {
  if (error instanceof DomainError) return error
  if (hasZodFastifySchemaValidationErrors(error)) return platformError('validation_failed', fieldErrors(error as FastifyError))
  if (isDiskFull(error)) return platformError('database_unavailable', {}, diskFullMessage)
  if (isReadOnly(error)) return platformError('database_unavailable', {}, readOnlyMessage)
  if (isDatabaseAway(error)) return platformError('database_unavailable')
  if (isValueRefused(error)) return platformError('validation_failed', {}, valueRefusedMessage)
  if (isTooSlow(error)) return platformError('database_too_slow')
  if (isRolledBack(error)) return platformError('database_too_slow', {}, rolledBackMessage)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return platformError('body_too_large')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return platformError('unsupported_media_type')
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY' || code === 'FST_ERR_CTP_INVALID_JSON_BODY' || error instanceof SyntaxError)
    return platformError('malformed_json')
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status >= 400 && status < 500) return platformError('validation_failed', {}, (error as Error).message)
  return platformError('internal_error')
}

function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const failure = domainErrorOf(error)
  // An outage of the database is told of once, and not for each request.
  if (failure.code === 'database_unavailable') request.log.debug({ err: error, requestId: request.id }, 'request failed')
  else if (failure.status === 502)
    // A vendor's fault or a person's, who has the reason in the answer: no stack of ours leads to it.
    request.log.warn({ code: failure.code, reason: failure.details.reason, requestId: request.id }, 'an outside system failed a request')
  else if (failure.status >= 500) request.log.error({ err: error, requestId: request.id }, 'request failed')
  const { retry_after_seconds: retryAfterSeconds = failure.status === 503 ? 2 : undefined } = failure.details
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds))
  // Where there is no route yet, nothing has said so.
  reply.header('cache-control', 'no-store')
  if (failure.status === 401) reply.header('www-authenticate', 'Bearer')
  reply.code(failure.status)
  if (isScimPath(request.url)) reply.type(scimMediaType).send(scimProblemOf(failure, request.id))
  else reply.send({ error: failure.code, message: failure.message, details: failure.details, request_id: request.id })
}

/** Refusals that say what comes first, and not that somebody asked for more than they have. */
const stepsOnTheWay: ReadonlySet<string> = new Set(['proof_required', 'wrong_password'])

/**
 * True where somebody who does not reach all was told that there is none. What is another organization's is answered like what is nowhere, and
 * is not told apart here either: what is recorded takes no look at it, so the answer comes as soon for both.
 */
function isOutOfReach(request: FastifyRequest, error: DomainError): boolean {
  if (error.status !== 404 || declaredErrors().get(error.code)?.hidesOthers !== true) return false
  const principal = request.admitted as Principal | null | undefined // what `authorize` below gives
  return principal != null && !reachesAll(principal)
}

const maxAskedChars = 200

/** The ids that a request asked for: those in its path, and the organization that it was to be of. */
function askedFor({ params }: FastifyRequest, { details }: DomainError): string {
  const named = [...Object.values(params as Record<string, unknown>), details.org_id, details.org_ids].flat()
  const ids = named.filter((value) => typeof value === 'string')
  return [...new Set(ids)].join(' ').slice(0, maxAskedChars).toWellFormed()
}

/** Builds the API without a port: tests inject requests, the api process listens. */
export async function buildApp(dependencies: AppDependencies): Promise<FastifyInstance> {
  const {
    db,
    logger,
    certificate,
    trustedProxies = [],
    maxArrivalMs = defaultMaxArrivalMs,
    idleMinutes = defaultIdleMinutes,
  } = dependencies
  const limits = dependencies.sourceLimits ?? defaultSourceLimits
  const app = fastify({
    loggerInstance: dependencies.logger,
    logController: new LogController({ disableRequestLogging: true }),
    // A path that is no URL fails before there is a route.
    frameworkErrors: (error, request, reply) => answerFailure(error, request, reply),
    bodyLimit: 1_048_576,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 500 },
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    requestTimeout: maxArrivalMs,
    http: { headersTimeout: maxArrivalMs, connectionsCheckingInterval: Math.min(2_000, maxArrivalMs) },
    clientErrorHandler: answerClientError,
    ...(certificate ? secureServing(certificate, maxArrivalMs) : {}),
  }) as unknown as FastifyInstance
  app.decorateRequest('caller', null)
  app.decorateRequest('isCallerThemselves', false)
  const onRefused = recordRefusals({ db, logger })
  const onRequestRefused = recordRefusedRequests({ db, logger })
  app.addHook('onError', async (request, _reply, error: unknown) => {
    if (!(error instanceof DomainError)) return
    const isHidden = isOutOfReach(request, error)
    if (error.status !== 403 && !isHidden) return
    const { type, id } = request.caller ?? {}
    const { permission } = error.details
    const asked = isHidden ? askedFor(request, error) : undefined
    const what = {
      actor: { type, id },
      address: request.ip,
      method: request.method,
      route: request.routeOptions.url,
      requestId: request.id,
    }
    if (isHidden) logger.info({ ...what, code: error.code, asked }, 'what is out of reach or not there was asked for')
    else logger.warn({ ...what, code: error.code, permission }, 'a request was not allowed')
    if (!request.caller || !request.isCallerThemselves || stepsOnTheWay.has(error.code)) return
    onRequestRefused({
      acting: { actor: request.caller, requestId: request.id, address: request.ip },
      route: `${request.method} ${request.routeOptions.url}`,
      code: error.code,
      ...(typeof permission === 'string' ? { permission } : {}),
      asked,
    })
  })
  const proxies = addressList(trustedProxies) ?? new BlockList()
  limitConnections(app.server, createPlaces(limits.maxConnections), proxies, (address) => onRefused('connection.refused', address))
  const hosts = new Set((dependencies.hosts ?? []).map((host) => host.toLowerCase()))
  const tagged = rememberAccess<readonly string[]>(dependencies, { topic: 'tags' })
  app.addHook('onClose', async () => tagged.close())
  const headersOfAll = securityHeaders(certificate !== undefined)
  // These are asked for every request: a hook that calls back costs less than one that makes a promise.
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headersOfAll)
    // Said by a proxy of ours, or on this machine: from elsewhere anybody can write it. Our own TLS says it itself.
    const { headers, socket } = request.raw
    if (
      !certificate &&
      headers['x-forwarded-proto'] !== undefined &&
      !isLoopback(socket.remoteAddress) &&
      !isIn(proxies, socket.remoteAddress)
    )
      delete headers['x-forwarded-proto']
    requireOwnHost(hosts, request)
    done()
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    // Whatever is not a file of the interface is of somebody, and now.
    if (!request.url.startsWith('/assets/') && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    done(null, payload)
  })
  refuseOtherMethods(app)
  addJsonParser(app)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(dependencies.checksAnswers ? serializerCompiler : () => (value) => JSON.stringify(value))
  const builtAt = Date.now()
  await app.register(underPressure, {
    maxEventLoopDelay: dependencies.maxEventLoopDelayMs ?? maxEventLoopDelayMs,
    pressureHandler(request) {
      // The first sample holds the start of the process itself, and a look at its health is not the load.
      if (Date.now() - builtAt < startGraceMs || !request.url.startsWith('/api/')) return
      throw platformError('overloaded')
    },
  })
  const people = openPeople({ ...dependencies, idleMinutes })
  app.addHook('onClose', () => people.close())
  const authenticate = peopleAuthentication(people, dependencies.authenticate)
  const findTagged = (tags: readonly string[]) =>
    afterwards(
      tagged.get(tags.join('\n'), () => findTaggedOrganizations(db, tags)),
      (found) => found ?? [],
    )
  const digests = new ConnectionDigests()
  const attempting: Attempting = { attempts: createAttempts(limits.maxWrongKeys), onRefused }
  const identify = (request: FastifyRequest, isFollowing: boolean): Soon<Identity | undefined> => {
    const { authorization } = request.headers
    const { method, headers, ip: address } = request
    // Made once: it is looked at for how often it was wrong, whether it is the administrator's, and whose it is.
    const key = bearerOf(authorization)
    const keyDigest = key === undefined ? undefined : digests.of(request.raw.socket, key)
    const look = () => authenticate(authorization, { method, headers, address, isFollowing, keyDigest })
    const found = authorization === undefined || isFollowing ? look() : attempt(attempting, address, keyDigest ?? authorization, look)
    return afterwards(found, (identity) => {
      if (identity) {
        request.caller = whoActs(identity)
        request.isCallerThemselves = !identity.viewedBy && !identity.needsSecondFactor
      }
      return identity
    })
  }
  const admit = (request: FastifyRequest, identity: Identity | undefined, permission: RoutePermission) =>
    authorize(findTagged, identity, permission, permission === 'local' && isFromThisMachine(request))
  await describeApi(app, async (request) => admit(request, await identify(request, false), 'local'))
  const metrics = createMetrics(dependencies.db)
  app.addHook('onResponse', (request, reply, done) => {
    metrics.observeRequest(request.routeOptions.url ?? 'none', request.method, reply.statusCode, reply.elapsedTime / 1_000)
    done()
  })
  app.setErrorHandler(answerFailure)
  app.setNotFoundHandler((request, reply) => {
    answerFailure(platformError('route_not_found', { method: request.method, path: request.url.split('?')[0] }), request, reply)
  })
  const queue = createQueueGate(dependencies.db, dependencies.queueLimits ?? defaultQueueLimits)
  const given: RoutesGiven = {
    ...dependencies,
    metrics,
    queue,
    attempting,
    people,
    personSessions: personSessions(people),
    idleMinutes,
    renewalDays: dependencies.renewalDays ?? 7,
    findMappingName: (organizationId, id, integrationName) => findMappingName(db, organizationId, id, integrationName),
    fetchOutside: dependencies.fetchOutside ?? (() => Promise.reject(new Error('This process has no way to the outside.'))),
    endHandlers,
    pauses,
    scopeFor: narrowedScope,
    requireAll: requireAllOrganizations,
    findOrganizationNames: (scope, ids) => findOrganizationNames(db, scope, ids),
    selectOrganizationsNamed,
  }
  const streams = createPlaces(limits.maxStreams)
  const takeStream = (request: FastifyRequest) => {
    const leave = streams.take(request.ip)
    if (!leave) onRefused('stream.refused', request.ip)
    return leave
  }
  const loaded = await Promise.all(slices.map((slice) => slice.routes?.()))
  for (const route of loaded.flatMap((routesOf) => routesOf?.(given) ?? [])) {
    const permission = routePermissionOf(route)
    const authorizeFor = (request: FastifyRequest, isFollowing: boolean): Soon<Principal | undefined> =>
      dependencies.takenFor ??
      afterwards(identify(request, isFollowing), (identity) => {
        requireTakenWhileViewing(identity, route)
        requireRecentProof(identity, route)
        return admit(request, identity, permission)
      })
    addRoute(app, route, { authorize: authorizeFor, takeStream })
  }
  await serveAdmin(app)
  return app
}
