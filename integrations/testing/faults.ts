import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CrosswalkError, connectionFailure, type ExternalOrganization, isCrosswalkError, type VendorErrorKind } from '@crosswalk/sdk'
import type { FaultKind, VendorFaultDraft } from '@crosswalk/simulators/faults'
import type { Vendor } from '@crosswalk/simulators/kit'

/** A simulator with so many customers, and the discovery of its integration in a context that waits for nothing. */
export type FaultSubject = AsyncDisposable & { vendor: Vendor; list(): Promise<ExternalOrganization[]> }

/** `ok`: it is waited for or got over, and the list is whole. */
type Outcome = 'ok' | VendorErrorKind
type FaultCase = readonly [what: string, fault: VendorFaultDraft, outcome: Outcome]

/** What a vendor does to a discovery, and how that ends. `/token` stands for the path of tokens, `/list` for that of the list. */
const cases: readonly FaultCase[] = [
  ['every answer is a little slow', { kind: 'slow', ms: 3 }, 'ok'],
  ['a connection is cut once before an answer', { kind: 'cut', times: 1 }, 'ok'],
  ['a connection is cut once in an answer', { kind: 'cut', when: 'midway', times: 1 }, 'ok'],
  ['every connection is cut before an answer', { kind: 'cut' }, 'unavailable'],
  ['every connection is cut in an answer', { kind: 'cut', when: 'midway' }, 'unavailable'],
  ['429 once, with Retry-After', { kind: 'too_many_requests', retry_after: 30, times: 1 }, 'ok'],
  ['429 once, with a date', { kind: 'too_many_requests', retry_after: 'Wed, 21 Oct 2015 07:28:00 GMT', times: 1 }, 'ok'],
  ['429 once, without Retry-After', { kind: 'too_many_requests', times: 1 }, 'ok'],
  ['429 always', { kind: 'too_many_requests' }, 'rate_limited'],
  ['429 that asks for a wait of a day', { kind: 'too_many_requests', retry_after: 86_400 }, 'rate_limited'],
  ['500 once in the middle', { kind: 'error', status: 500, after: 1, times: 1, path: '/list' }, 'ok'],
  ['500 always', { kind: 'error', status: 500 }, 'unavailable'],
  ['500 from the second page on', { kind: 'error', status: 500, after: 1, path: '/list' }, 'unavailable'],
  ['503 once, with Retry-After', { kind: 'error', status: 503, retry_after: 5, times: 1 }, 'ok'],
  ['503 always', { kind: 'error', status: 503 }, 'unavailable'],
  ['a web page in the place of a page', { kind: 'html', after: 1, path: '/list' }, 'invalid_response'],
  ['a web page with 503', { kind: 'html', status: 503 }, 'unavailable'],
  ['JSON that breaks off', { kind: 'malformed_json', path: '/list' }, 'invalid_response'],
  ['an empty body', { kind: 'empty_body', path: '/list' }, 'invalid_response'],
  ['JSON of another shape', { kind: 'wrong_shape', path: '/list' }, 'invalid_response'],
  ['credentials that are refused', { kind: 'credentials_refused' }, 'credentials'],
  ['credentials that end in the middle', { kind: 'credentials_refused', after: 1, path: '/list' }, 'credentials'],
  ['no permission', { kind: 'forbidden', path: '/list' }, 'permission'],
  ['a request that is refused', { kind: 'error', status: 400, path: '/list' }, 'invalid_request'],
  ['a list that is not there', { kind: 'error', status: 404, path: '/list' }, 'not_found'],
  ['a page that repeats', { kind: 'page_repeats', path: '/list' }, 'incomplete'],
  ['a customer that is renamed between pages', { kind: 'renamed', id: '/first', name: 'Renamed', after: 1, path: '/list' }, 'ok'],
]

/** Of vendors that give tokens. */
const tokenCases: readonly FaultCase[] = [
  ['a token that dies in the middle', { kind: 'token_dies', after: 1, path: '/list' }, 'ok'],
  ['credentials that get no token', { kind: 'credentials_refused', path: '/token' }, 'credentials'],
  ['a web page in the place of a token', { kind: 'html', path: '/token' }, 'invalid_response'],
  ['no token because of 500', { kind: 'error', status: 500, path: '/token' }, 'unavailable'],
]

export type FaultPlan = {
  listPath: string
  /** None where every request carries its credentials. */
  tokenPath?: string
  /** How no permission ends: in what the vendor tells it as, or got over where the list only adds to another. Default `permission`. */
  denied?: Outcome
  /** How what changes a list between pages ends: by how the vendor counts. */
  more: Partial<Record<'total_changes' | 'customer_vanishes' | 'merged', Outcome>>
  /** With few customers on small pages, since each fault has a vendor of its own. */
  start(): Promise<FaultSubject>
}

/** Each fault ends a discovery in its kind, or is got over; no list that is not whole counts as whole. */
export function testFaults(name: string, plan: FaultPlan): void {
  const ofLists = Object.entries(plan.more).map(([kind, outcome]): FaultCase => {
    const draft: Record<string, VendorFaultDraft> = {
      total_changes: { kind: 'total_changes', path: '/list' },
      customer_vanishes: { kind: 'customer_vanishes', after: 1, path: '/list' },
      merged: { kind: 'merged', id: '/first', into: '/last', after: 1, path: '/list' },
    }
    return [`${kind.replace('_', ' ')} between pages`, draft[kind] as VendorFaultDraft, outcome]
  })
  const all = [...cases, ...(plan.tokenPath === undefined ? [] : tokenCases), ...ofLists]
  test(`each of ${all.length} faults of ${name} ends in its kind, with what to do, or is got over`, async () => {
    for (const [what, fault, outcome] of all) {
      await using subject = await plan.start()
      subject.vendor.faults.begin(aimed(fault, subject, plan))
      const before = idsOf(subject)
      const found = await outcomeOf(subject)
      assert.equal(found.outcome, outcome === 'permission' ? (plan.denied ?? outcome) : outcome, `${what}: ${found.message}`)
      if (found.ids) assertWhole(found.ids, before, idsOf(subject), what)
      if (found.failure) assertTold(found.failure, what, { hasTokens: plan.tokenPath !== undefined })
    }
  })
}

/** What may pass was tried again, as often as is right; what is refused was not; and a person is told what to do. */
function assertTold(failure: CrosswalkError, what: string, { hasTokens }: { hasTokens: boolean }): void {
  const { kind, attempts, max_attempts: maxAttempts, retry_after_ms: askedMs, reason } = failure.details
  const { guidance } = connectionFailure(failure).details ?? {}
  assert.ok(typeof guidance === 'string' && guidance.length > 20, `${what}: nothing says what to do`)
  if (attempts === undefined) {
    // Told by a token request, or by what all pages together say.
    assert.ok(['token_refused', 'no_token', 'no_list'].includes(String(reason)) || kind === 'incomplete', what)
    return
  }
  // Another token is asked for once.
  if (kind === 'credentials') assert.equal(attempts, hasTokens ? 2 : 1, what)
  else if (kind === 'unavailable') assert.equal(attempts, maxAttempts, what)
  else if (kind !== 'rate_limited') assert.equal(attempts, 1, what)
  // Nobody waits for a day; for a vendor that asks to wait a little, longer than for one that is down.
  else assert.ok(Number(askedMs) >= 86_400_000 ? attempts === 1 : Number(attempts) > Number(maxAttempts), what)
}

function aimed(fault: VendorFaultDraft, { vendor }: FaultSubject, { listPath, tokenPath = '' }: FaultPlan): VendorFaultDraft {
  const ids = idsOf({ vendor })
  // The first is on a page that was given when the second is asked for.
  const standIns: Record<string, string | undefined> = { '/list': listPath, '/token': tokenPath, '/first': ids[1], '/last': ids.at(-1) }
  return Object.fromEntries(
    Object.entries(fault).map(([key, value]) => [key, typeof value === 'string' ? (standIns[value] ?? value) : value]),
  ) as VendorFaultDraft // only texts were replaced by texts
}

/** Whatever goes wrong, as the seeds have it: a discovery fails, or it has every customer that was there all the time. */
export function testRandomFaults(name: string, plan: FaultPlan, runs = Number(process.env.CROSSWALK_RANDOM_RUNS ?? 60)): void {
  test(`${name}: no customer is missing from a list after any of ${runs} random runs of faults`, {
    timeout: 60_000 + runs * 1_000,
  }, async () => {
    for (let seed = 1; seed <= runs; seed += 1) {
      const random = numbersOf(seed)
      await using subject = await plan.start()
      const before = idsOf(subject)
      const faults = Array.from({ length: 1 + Math.floor(random() * 3) }, () => randomFault(random, before, plan))
      for (const fault of faults) subject.vendor.faults.begin(fault)
      const { ids } = await outcomeOf(subject)
      if (ids) assertWhole(ids, before, idsOf(subject), `seed ${seed}: ${JSON.stringify(faults)}`)
    }
  })
}

const randomKinds: readonly FaultKind[] = [
  ...(['cut', 'too_many_requests', 'error', 'html', 'malformed_json', 'empty_body', 'wrong_shape', 'credentials_refused'] as const),
  ...(['page_repeats', 'total_changes', 'token_dies', 'customer_vanishes', 'renamed', 'merged', 'wrong_content_type'] as const),
]

function randomFault(random: () => number, ids: readonly string[], { listPath }: FaultPlan): VendorFaultDraft {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item // it is below the length
  const kind = pick(randomKinds)
  const aim = { after: Math.floor(random() * 4), ...(random() < 0.6 ? { times: 1 + Math.floor(random() * 3) } : {}), path: listPath }
  if (kind === 'renamed') return { kind, id: pick(ids), name: 'Renamed', ...aim }
  if (kind === 'merged') return { kind, id: pick(ids), into: pick(ids), ...aim }
  if (kind === 'customer_vanishes') return { kind, id: pick(ids), ...aim }
  if (kind === 'total_changes') return { kind, by: Math.floor(random() * 41) - 20, ...aim }
  if (kind === 'error') return { kind, status: pick([400, 404, 408, 500, 502, 503]), ...aim }
  if (kind === 'cut') return { kind, when: pick(['before', 'midway'] as const), ...aim }
  return { kind, ...aim } as VendorFaultDraft // the rest has nothing but its aim
}

type Found = { outcome: Outcome; message: string; ids?: Set<string>; failure?: CrosswalkError }

async function outcomeOf({ list }: FaultSubject): Promise<Found> {
  try {
    const listed = await list()
    assert.equal(new Set(listed.map(({ id }) => id)).size, listed.length, 'no customer comes twice')
    return { outcome: 'ok', ids: new Set(listed.map(({ id }) => id)), message: `${listed.length} customers` }
  } catch (error) {
    if (!isCrosswalkError(error, 'vendor_error')) throw error
    assert.ok(error.message.length > 20)
    return { outcome: error.details.kind as VendorErrorKind, message: error.message, failure: error } // a VendorError has a kind
  }
}

function assertWhole(found: ReadonlySet<string>, before: readonly string[], after: readonly string[], what: string): void {
  const stayed = after.filter((id) => before.includes(id))
  const missing = stayed.filter((id) => !found.has(id))
  assert.deepEqual(missing, [], `${what}: these are there and not in the list`)
}

/** Ids of what the vendor lists, in its order. An entry that it keeps for itself, such as an inactive one, is left out by the plan's start. */
function idsOf({ vendor }: Pick<FaultSubject, 'vendor'>): string[] {
  return vendor.organizations.list().map(({ id }) => String(id))
}

function numbersOf(seed: number): () => number {
  let state = seed * 2_654_435_761
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
