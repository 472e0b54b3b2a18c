import { setTimeout as delay } from 'node:timers/promises'
import {
  answer,
  answerText,
  cutOff,
  simulateVendor,
  type VendorAnswer,
  type VendorRequest,
  type VendorRoutes,
} from '@crosswalk/sdk/testing'
import { controlRoutes } from './control.ts'
import { type Counts, createCounts } from './counts.ts'
import { createFaults, type Faults, type VendorFault } from './faults.ts'
import { createSlidingLimits, type SlidingLimit } from './limits.ts'
import { cutPage, type Page } from './pages.ts'
import type { Roster } from './roster.ts'
import { createTokens, type Tokens } from './tokens.ts'

/** What every simulator may be started with. */
export type VendorOptions = {
  /** Loopback port. Default 0: any free one. */
  port?: number
  /** The vendor's clock. Default: the real one. */
  now?: () => Date
  /** Instead of the vendor's own limits; an empty list is none. */
  limits?: readonly SlidingLimit[]
  /** How long its tokens live. Default: as long as the vendor's. */
  tokenLifetimeSeconds?: number
  /** Most items that it gives a page, whatever was asked for. Default: as the vendor does. */
  maxPageSize?: number
  /** Sees each exchange when it has been answered; faulty ones too. */
  onExchange?: (request: VendorRequest, reply: VendorAnswer) => void
}

/** How a vendor words what it refuses. The request tells whether it was for a token or for data. */
export type Refusals = {
  credentials(request: VendorRequest): VendorAnswer
  permission(request: VendorRequest): VendorAnswer
  tooMany(waitMs: number): VendorAnswer
  failure(status: number): VendorAnswer
}

/** What a vendor's routes work with. */
export type VendorParts<Subject> = {
  tokens: Tokens<Subject>
  now: () => Date
  /** The part of a list that a request gets, with the faults of lists in it. Cap the size before. */
  page<Item>(request: VendorRequest, all: readonly Item[], window: { start: number; size: number }): Page<Item>
  /** Gives out a token and counts it. */
  issue(subject: Subject): string
}

/** What makes one vendor. */
export type VendorDescription<Subject, Item extends { id: string | number; name: string }> = {
  options: VendorOptions
  organizations: Roster<Item>
  limits: readonly SlidingLimit[]
  tokenLifetimeSeconds: number
  /** Requests for tokens: limits and faults without a path leave them alone. */
  isForToken: (request: VendorRequest) => boolean
  refusals: Refusals
  routes: (parts: VendorParts<Subject>) => VendorRoutes
  /** What it can be told beside what every vendor can, below `/_control`. */
  control?: VendorRoutes
  /** Asked before the routes, with what the request's token stands for. */
  guard: (request: VendorRequest, subject: Subject | undefined) => VendorAnswer | undefined
}

/** A running simulator. */
export type Vendor<Item extends { id: string | number; name: string } = { id: string | number; name: string }> = AsyncDisposable & {
  /** Without a slash at its end. */
  readonly url: string
  readonly organizations: Roster<Item>
  readonly faults: Faults
  readonly counts: Readonly<Counts>
  /** What arrived, in order; refused and faulty ones too. */
  readonly requests: readonly VendorRequest[]
  /** Ends all tokens that were given out. */
  endTokens(): void
  /** Closes connections and port. Safe to repeat. */
  stop(): Promise<void>
}

/** Starts a vendor on loopback: its routes behind its guard, its limits and the faults that were begun. */
export async function startVendor<Subject, Item extends { id: string | number; name: string }>(
  description: VendorDescription<Subject, Item>,
): Promise<Vendor<Item>> {
  const { options, organizations, refusals, isForToken } = description
  const now = options.now ?? (() => new Date())
  const tokens = createTokens<Subject>({ lifetimeSeconds: options.tokenLifetimeSeconds ?? description.tokenLifetimeSeconds, now })
  const limits = createSlidingLimits(options.limits ?? description.limits, now)
  const counts = createCounts()
  const { faults, take } = createFaults(isForToken)
  const met = new WeakMap<VendorRequest, VendorFault[]>()
  let open = 0

  const parts: VendorParts<Subject> = {
    tokens,
    now,
    page: (request, all, window) => cutPage(met.get(request) ?? [], all, window),
    issue(subject) {
      counts.tokens += 1
      return tokens.issue(subject)
    },
  }

  const limited = (request: VendorRequest): VendorAnswer | undefined => {
    if (isForToken(request)) return undefined
    const waitMs = limits.waitMs()
    if (waitMs > 0) counts.overLimit += 1
    else limits.take()
    return waitMs > 0 ? refusals.tooMany(waitMs) : undefined
  }

  async function replyTo(request: VendorRequest, answered: () => Promise<VendorAnswer>): Promise<VendorAnswer> {
    const mine = take(request)
    met.set(request, mine)
    for (const fault of mine) happen(fault, { organizations, endTokens: tokens.endAll })
    for (const fault of mine) if (fault.kind === 'slow') await delay(fault.ms, undefined, { ref: false })
    const refused = mine.map((fault) => refusalOf(fault, request, refusals)).find((reply) => reply !== undefined)
    let reply = refused ?? limited(request) ?? (await answered())
    for (const fault of mine) reply = spoiled(fault, reply)
    return reply
  }

  const vendor = await simulateVendor(description.routes(parts), {
    port: options.port ?? 0,
    guard: (request) => (isForToken(request) ? undefined : description.guard(request, tokens.find(request))),
    control: { ...controlRoutes({ faults, organizations, counts, requests: () => vendor.requests }), ...description.control },
    async around(request, answered) {
      open += 1
      counts.requests += 1
      counts.maxParallel = Math.max(counts.maxParallel, open)
      try {
        const reply = await replyTo(request, answered)
        counts.byStatus[reply.status] = (counts.byStatus[reply.status] ?? 0) + 1
        options.onExchange?.(request, reply)
        return reply
      } finally {
        open -= 1
      }
    },
  })
  const { url, requests, stop } = vendor
  return { url, requests, organizations, faults, counts, endTokens: tokens.endAll, stop, [Symbol.asyncDispose]: stop }
}

type World = {
  organizations: Pick<Roster<{ id: string | number; name: string }>, 'list' | 'rename' | 'remove' | 'merge'>
  endTokens(): void
}

/** What changes the vendor itself. */
function happen(fault: VendorFault, { organizations, endTokens }: World): void {
  if (fault.kind === 'token_dies') endTokens()
  // The second: on a page that was given already, and no entry that stands first and is no customer.
  if (fault.kind === 'customer_vanishes') organizations.remove(fault.id ?? organizations.list()[1]?.id ?? '')
  if (fault.kind === 'renamed') organizations.rename(fault.id, fault.name)
  if (fault.kind === 'merged') organizations.merge(fault.id, fault.into)
}

/** What is answered instead of asking the routes. */
function refusalOf(fault: VendorFault, request: VendorRequest, refusals: Refusals): VendorAnswer | undefined {
  switch (fault.kind) {
    case 'too_many_requests':
      return withRetryAfter(refusals.tooMany(60_000), fault.retry_after)
    case 'error':
      return withRetryAfter(refusals.failure(fault.status), fault.retry_after)
    case 'credentials_refused':
      return refusals.credentials(request)
    case 'forbidden':
      return refusals.permission(request)
    default:
      return undefined
  }
}

function withRetryAfter(reply: VendorAnswer, retryAfter: number | string | null): VendorAnswer {
  const { 'retry-after': _own, ...headers } = reply.headers
  return { ...reply, headers: retryAfter === null ? headers : { ...headers, 'retry-after': String(retryAfter) } }
}

/** What becomes of an answer on its way. */
function spoiled(fault: VendorFault, reply: VendorAnswer): VendorAnswer {
  const json = { 'content-type': 'application/json' }
  switch (fault.kind) {
    case 'cut':
      return cutOff(reply, fault.when)
    case 'html':
      return answerText(
        fault.status,
        '<!DOCTYPE html><html><head><title>Please wait</title></head><body>Checking your browser…</body></html>',
      )
    case 'malformed_json':
      return answerText(reply.status, JSON.stringify(reply.body ?? {}).slice(0, -1), json)
    case 'empty_body':
      return answerText(reply.status, '', json)
    case 'wrong_content_type':
      return { ...reply, headers: { ...reply.headers, 'content-type': fault.content_type } }
    case 'wrong_shape':
      return answer(reply.status, { unexpected: true })
    default:
      return reply
  }
}
