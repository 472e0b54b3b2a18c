import { randomUUID } from 'node:crypto'
import { CrosswalkError, type VendorErrorKind } from '@crosswalk/sdk'
import { parseRetryAfter } from '@crosswalk/sdk/retry-after'
import type { BudgetKey, Budgets, Pass } from '../budgets/budgets.ts'
import type { RequestContext, SeenByExecution } from '../engine/state/requests.ts'
import type { Exchange } from '../gateway/messages/exchanges.ts'
import { exchangesOf, maxTicketMs, requestDigest, type Ticket } from '../gateway/messages/tickets.ts'
import { platformError } from '../platform/errors.ts'
import type { Keyring } from '../values/secrets/keyring.ts'
import { recordSecretRead } from '../values/secrets/secret-reads.ts'
import { askedFor, budgetOf, limitsOf, ticketOf } from './admission-parts.ts'
import { type Credential, type Placed, readCredential } from './credential.ts'
import { CredentialReading } from './credential-values.ts'
import { parseHttpSpec } from './http-spec.ts'
import { getClient, type OpenedClient, openClient } from './opened-clients.ts'
import type { Destination } from './secret-hosts.ts'
import type { TokenExchange } from './tokens/token-exchange.ts'
import type { AskedFor, Tokens, WantedToken } from './tokens/tokens.ts'
import { type Admitted, UnderWay } from './under-way.ts'
import { noGateway, vendorError } from './vendor-failures.ts'

export type AdmitRequest = {
  client: string
  method: string
  url: string
  /** The exchange whose 401 says that its token is dead. */
  refused?: string | undefined
  /** What the runner calls it, to give it up by. */
  name?: string | undefined
  /** The key of the step that makes it, as the runner says. */
  step?: string | null | undefined
}
export type Admission = { ticket: string | null; exchange: string; waitedMs: number }
/** For requests that are not there yet: a series of tickets, one for each exchange. */
export type AheadAdmissions = { ticket: string; exchanges: string[] }

/** A connection as a client names it. `mapping` is the id of the mapping whose own it is. */
export type WantedConnection = { integration: string | null; name: string; mapping: string | undefined }

export type VendorCallsGiven = {
  keyring: Keyring
  /** Looks whether an execution may send a global secret to a host. Given by the slice that knows what mappings name. */
  admitGlobalTo(context: RequestContext, key: string, host: string, isOfOrganization: boolean): Promise<void>
  tokens: Pick<Tokens, 'get' | 'taken'>
  budgets: Pick<Budgets, 'take' | 'takeReady' | 'answered'>
  /** Null where there is no gateway, which would put the credentials in. */
  gateway: { ticketFor(ticket: Ticket): string; voidTickets(exchanges: string[]): void } | null
  /** The token of a connection that a person has consented to. */
  connection(reading: CredentialReading, which: WantedConnection, destination: Destination): Promise<WantedToken>
  /** What became of each request. */
  onExchange?(exchange: Exchange, admitted: Admitted): void
  /** The same, of one that was told already: its call failed by what was answered. */
  onFailed?(exchange: string, executionId: string, kind: VendorErrorKind): void
  /** What became of each request for a token that an execution needed first. */
  onTokenExchange?(exchange: TokenExchange, needed: NeededToken): void
}

/** Who needed a token. */
export type NeededToken = Pick<Admitted, 'executionId' | 'number' | 'integration' | 'withoutSecrets'> & { stepKey: string | null }

/** What a client was told is read again after this time, and at once where the vendor refuses it. */
const keptMs = 5_000
/** Exchanges whose token may still be said to be refused. */
const maxVersions = 20_000
/** A ticket that is given ahead is good for this time: what was let through has reached its vendor within a second, as budgets count. */
const maxAheadMs = 900
/** Of one execution, which may be given up: those that wait, and those that were let through last. */
const maxNamed = 2_000

/** What may be given up by the name that the runner gave it: while it waits by its abort, then by its exchange. */
type Named = Map<string, AbortController | string>

type LetThrough = {
  client: OpenedClient
  budget: BudgetKey
  put: { placed: Placed; version?: string }
  pass: Pass
  isAhead?: boolean
}

/** The worker's part in calls to vendors: reads what names the caller, waits for budget and token, and hands out tickets. */
export class VendorCalls {
  readonly #given: VendorCallsGiven
  readonly #underWay: UnderWay
  readonly #named = new WeakMap<SeenByExecution, Named>()
  readonly #versions = new Map<string, string>()

  constructor(given: VendorCallsGiven) {
    this.#given = given
    this.#underWay = new UnderWay((exchanges) => given.gateway?.voidTickets(exchanges))
  }

  /** @throws as `parseHttpSpec` and `readCredential` */
  async open(context: RequestContext, args: unknown): Promise<{ client: string; baseUrl: string }> {
    const spec = parseHttpSpec(args)
    const client = await openClient(context, this.#reading(context), spec)
    // What is wrong with it is told at once, and not at the first call.
    await this.#credential(context, client, false)
    return { client: client.id, baseUrl: client.baseUrl }
  }

  /** @throws vendor_error, secret_not_found, secret_not_for_host, address_not_allowed, validation_failed */
  async admit(context: RequestContext, request: AdmitRequest): Promise<Admission> {
    const { name } = request
    if (name === undefined) return this.#admit(context, request, context.signal)
    const named = this.#namedOf(context)
    const giving = new AbortController()
    // For each call, so without the cost of AbortSignal.any.
    const onAbort = () => giving.abort(context.signal.reason)
    context.signal.addEventListener('abort', onAbort, { once: true })
    if (context.signal.aborted) onAbort()
    named.set(name, giving)
    try {
      const admission = await this.#admit(context, request, giving.signal)
      // Given up while its token was waited for.
      if (giving.signal.aborted) this.#underWay.giveUp([admission.exchange])
      named.set(name, admission.exchange)
      return admission
    } catch (error) {
      named.delete(name)
      // Nobody hears it.
      if (error === giving.signal.reason && !context.signal.aborted)
        throw vendorError('vendor_error', { kind: 'unavailable' }, 'The call was given up.')
      throw error
    } finally {
      context.signal.removeEventListener('abort', onAbort)
    }
  }

  /** Nobody wants that admission any more: it ends its wait, or gives its place back unless its request is made already. */
  giveUp(context: RequestContext, name: string): void {
    const named = this.#named.get(context.seen)?.get(name)
    if (named instanceof AbortController) named.abort(new DOMException('The call was given up.', 'AbortError'))
    else if (named !== undefined) this.#underWay.giveUp([named])
  }

  /** The runner says that the call failed by what was answered, whatever the status. Told before or after the gateway tells the exchange. */
  failed({ execution }: RequestContext, exchange: string, kind: VendorErrorKind): void {
    if (!this.#underWay.noteFailure(exchange, execution.id, kind)) this.#given.onFailed?.(exchange, execution.id, kind)
  }

  /** Tickets that were not used, and never will be. */
  unsent(exchanges: readonly string[]): void {
    this.#underWay.unsent(exchanges)
  }

  gatewayLost(): void {
    this.#underWay.gatewayLost()
  }

  async #admit(context: RequestContext, request: AdmitRequest, signal: AbortSignal): Promise<Admission> {
    const client = getClient(context, request.client)
    const url = URL.parse(request.url)
    if (url?.origin !== client.origin)
      throw platformError(
        'validation_failed',
        { url: ['is not of the base URL'] },
        `The client of ${client.origin} makes no requests to other hosts.`,
      )
    const credential = await this.#credential(context, client, request.refused !== undefined)
    const refusedVersion = request.refused === undefined ? undefined : this.#versions.get(request.refused)
    const asked = this.#askedFor(context, client, request.step, refusedVersion)
    // Twice. Before the budget: a call that has no token takes nothing of it, and a renewal does not hold a place meanwhile. After it:
    // the wait may be long, and the token another one by then. It is kept here while it is good, so the second costs no question.
    await this.#placed(context, client, credential, asked)
    const budget = budgetOf(context, client, credential)
    const pass = await this.#given.budgets
      .take(budget, limitsOf(client), {
        organizationId: context.execution.organizationId,
        urgency: asked.isPerson ? 'person' : 'background',
        executionId: context.execution.id,
        maxWaitMs: context.restMs(),
        signal,
      })
      .catch(throwAsDomainError)
    try {
      const put = await this.#placed(context, client, credential, asked)
      signal.throwIfAborted()
      const gateway = this.#gateway(credential)
      const exchange = randomUUID()
      this.#letThrough(context, exchange, { client, budget, put, pass })
      const ticket = {
        ...ticketOf(context, client, [exchange], put.placed),
        request: requestDigest(request.method, `${url.pathname}${url.search}`),
        expiresAtMs: Date.now() + maxTicketMs,
      }
      return { ticket: gateway?.ticketFor(ticket) ?? null, exchange, waitedMs: pass.waitedMs }
    } catch (error) {
      pass.release()
      throw error
    }
  }

  /**
   * Lets GETs through that are not there yet, as many as need not wait: for an execution that makes one small call after another, to
   * ask for each costs as much as the call. What is not used soon is worthless.
   */
  async admitAhead(
    context: RequestContext,
    { client: id, count, step }: { client: string; count: number; step?: string | null | undefined },
  ): Promise<AheadAdmissions | null> {
    const { gateway, budgets } = this.#given
    const client = getClient(context, id)
    if (!gateway) return null
    const credential = await this.#credential(context, client, false)
    const put = await this.#placed(context, client, credential, this.#askedFor(context, client, step))
    const budget = budgetOf(context, client, credential)
    context.signal.throwIfAborted()
    const passes = budgets.takeReady(budget, limitsOf(client), context.execution.organizationId, count)
    if (passes.length === 0) return null
    const exchanges = exchangesOf(randomUUID(), passes.length)
    for (const [index, pass] of passes.entries())
      this.#letThrough(context, exchanges[index] as string, { client, budget, put, pass, isAhead: true }) // as many as passes
    const ticket = gateway.ticketFor({
      ...ticketOf(context, client, exchanges, put.placed),
      request: null,
      expiresAtMs: Date.now() + maxAheadMs,
      isAhead: true,
    })
    return { ticket, exchanges }
  }

  #letThrough(context: RequestContext, exchange: string, { client, budget, put, pass, isAhead = false }: LetThrough): void {
    const { id: executionId, organizationId } = context.execution
    const admitted: Omit<Admitted, 'number'> = {
      ...{ executionId, organizationId, integration: client.integration, origin: client.origin, budget, waitedMs: pass.waitedMs },
      withoutSecrets: (value) => context.withoutSecrets(value),
    }
    this.#underWay.add(exchange, admitted, pass, context.signal, isAhead)
    if (put.version !== undefined) this.#noteVersion(exchange, put.version)
  }

  /** Requests with a ticket that are over. */
  heard(exchanges: readonly Exchange[]): void {
    for (const exchange of exchanges) {
      const exchanging = this.#underWay.take(exchange.exchange)
      if (!exchanging) continue
      const { admitted, pass } = exchanging
      const { outcome, retryAfter, firstByteMs, startedAtMs } = exchange
      const version = this.#versions.get(exchange.exchange)
      if (version !== undefined && 'status' in outcome && outcome.status < 300) this.#given.tokens.taken(version)
      pass.release(firstByteMs === null ? undefined : Math.max(0, Date.now() - startedAtMs - firstByteMs))
      const retryAfterMs = parseRetryAfter(retryAfter, Date.now())
      if (retryAfterMs !== undefined || ('status' in outcome && outcome.status === 429)) this.#underWay.giveUpAhead(admitted.budget)
      this.#given.budgets.answered(admitted.budget, { ...outcome, startedAtMs, retryAfterMs, organizationId: admitted.organizationId })
      this.#given.onExchange?.(exchange, admitted)
    }
  }

  #askedFor(context: RequestContext, client: OpenedClient, step: string | null = null, refusedVersion?: string): AskedFor {
    const onExchange = (exchange: TokenExchange) =>
      this.#given.onTokenExchange?.(exchange, {
        ...{ executionId: context.execution.id, integration: client.integration, stepKey: step },
        number: this.#underWay.numberOf(context.signal),
        withoutSecrets: (value) => context.withoutSecrets(value),
      })
    return askedFor(context, client, { refusedVersion, onExchange })
  }

  #reading(context: RequestContext): CredentialReading {
    const { keyring, admitGlobalTo } = this.#given
    const { db, execution } = context
    return new CredentialReading({
      ...{ db, organizationId: execution.organizationId, keyring, mask: (value) => context.mask(value) },
      admitGlobalTo: (key, host, isOfOrganization) => admitGlobalTo(context, key, host, isOfOrganization),
      noteRead: (key, isGlobal) => recordSecretRead(context, key, isGlobal),
    })
  }

  async #credential(context: RequestContext, client: OpenedClient, isRefused: boolean): Promise<Credential> {
    const known = client.credential
    const now = performance.now()
    if (known && !isRefused && now - known.atMs < keptMs) return known.read
    const { spec, baseUrl, destination, integration } = client
    const reading = this.#reading(context)
    const connection = (name: string, mapping: string | undefined) =>
      this.#given.connection(reading, { integration, name, mapping }, destination)
    const read = readCredential(reading, { auth: spec.auth, baseUrl, destination, integration }, connection)
    client.credential = { read, atMs: now }
    read.catch(() => {
      if (client.credential?.read === read) client.credential = undefined
    })
    return read
  }

  /** What goes into a request, a good token where there is one. */
  async #placed(
    context: RequestContext,
    client: OpenedClient,
    credential: Credential,
    asked: AskedFor,
  ): Promise<{ placed: Placed; version?: string }> {
    if (credential.type === 'none') return { placed: { headers: [], query: [] } }
    if (credential.type === 'placed') {
      for (const made of credential.masks) this.#mask(context, client, made)
      return { placed: credential.placed }
    }
    const { header, prefix } = credential.use
    const { token, version } = await this.#given.tokens.get(credential.wanted, asked)
    this.#mask(context, client, token)
    return { placed: { headers: [[header, `${prefix}${token}`]], query: [] }, version }
  }

  #mask(context: RequestContext, { masked }: OpenedClient, value: string): void {
    if (masked.has(value)) return
    masked.add(value)
    context.mask(value)
  }

  #gateway(credential: Credential): VendorCallsGiven['gateway'] {
    const { gateway } = this.#given
    if (gateway || credential.type === 'none') return gateway
    throw noGateway()
  }

  #namedOf({ seen }: RequestContext): Named {
    const named: Named = this.#named.get(seen) ?? new Map()
    this.#named.set(seen, named)
    if (named.size >= maxNamed) for (const [name, what] of named) if (typeof what === 'string') named.delete(name)
    return named
  }

  #noteVersion(exchange: string, version: string): void {
    this.#versions.set(exchange, version)
    if (this.#versions.size <= maxVersions) return
    const [oldest] = this.#versions.keys()
    if (oldest !== undefined) this.#versions.delete(oldest)
  }
}

/** Errors of the SDK reach the author's code as ours do. Every other is thrown as it is. */
function throwAsDomainError(error: unknown): never {
  if (error instanceof CrosswalkError && error.code === 'vendor_error') throw vendorError('vendor_error', error.details, error.message)
  throw error
}
