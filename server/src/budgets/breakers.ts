import type { Logger } from 'pino'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import {
  type BreakerRow,
  claimProbe,
  closeBreaker,
  forgetCallers,
  giveProbeBack,
  listBreakers,
  openBreaker,
  whoElseWaits,
} from './breakers.queries.ts'
import { vendorDown } from './refusals.ts'

/** Whose call it was: what fails for one caller alone says little of the vendor. */
export type Caller = { host: string; credential: string; organizationId: string | null }
/** How a call ended, and when it began. `isConnection`: no answer came, and that is not the caller's doing. */
export type CallEnd = { status: number; startedAtMs?: number | undefined } | { isConnection: boolean; reason: string }

/** So many calls in a row fail before nobody calls any more, each within a minute of the one before. */
const maxFailures = 5
/** So many of them are of other organizations than most: one alone can have its calls fail as it likes. */
const minOfOthers = 2
const rowMs = 60_000
/** More are the work of code that calls hosts which there are not. */
const maxHosts = 10_000
const maxCallers = 100
/** Another worker tries whether the vendor is there. */
const probedMs = 2_000

type Failing = { lastAt: number; callers: Map<string, { organizationId: string | null; count: number }> }

/** Vendors that failed again and again, which nobody calls for a while: known to all workers. */
export class Breakers {
  readonly #db: Database
  readonly #logger: Logger
  /** Those that are open, as this worker knows: until when, and since when it knows, by its own clocks. */
  readonly #open = new Map<string, { until: number; sinceMs: number; reason: string }>()
  readonly #failing = new Map<string, Failing>()
  readonly #stops: (() => void)[]

  constructor({ db, notifications, logger }: { db: Database; notifications: Notifications; logger: Logger }) {
    this.#db = db
    this.#logger = logger
    this.#stops = [
      notifications.on('vendors.breaker', null, (id) => this.#look([decodeURIComponent(id)])),
      notifications.onMissed(() => this.#look()),
    ]
    this.#look()
  }

  close(): void {
    for (const stop of this.#stops) stop()
  }

  /**
   * @returns what this call tries for all others, none where nothing is wrong. It is given back where the call is not made.
   * @throws vendor_error (unavailable) - the vendor is not called for now.
   */
  async admit(caller: Caller): Promise<readonly string[]> {
    if (this.#open.size === 0) return []
    const ids = idsOf(caller).filter((id) => this.#open.has(id))
    // Before any is claimed: a call that is not made tries nothing.
    for (const id of ids) {
      const { until, reason } = this.#open.get(id) ?? { until: 0, reason: '' }
      const restMs = until - performance.now()
      if (restMs > 0) throw vendorDown(caller.host, restMs, reason)
    }
    const probes: string[] = []
    for (const id of ids) {
      const probe = await claimProbe(this.#db, id)
      if (probe === 'gone') this.#open.delete(id)
      else if (probe === 'mine') probes.push(id)
      else {
        this.giveBack(probes)
        this.#learn(probe)
        throw vendorDown(caller.host, Math.max(probe.openMs, probedMs), probe.reason)
      }
    }
    return probes
  }

  /** The call that was to try them is not made. */
  giveBack(probes: readonly string[]): void {
    if (probes.length === 0) return
    giveProbeBack(this.#db, probes).catch((error: unknown) => this.#logger.debug({ err: error }, 'a vendor is tried a little later'))
  }

  /** Whether the vendor is called, as far as this worker knows. */
  isClosed(caller: Caller): boolean {
    return this.#open.size === 0 || !idsOf(caller).some((id) => this.#open.has(id))
  }

  ended(caller: Caller, end: CallEnd): void {
    if ('isConnection' in end ? !end.isConnection : end.status < 500 || end.status === 501) {
      // An answer of any kind: the vendor is there.
      if ('status' in end) this.#works(caller, end.startedAtMs ?? 0)
      return
    }
    const [ofHost, ofCaller] = idsOf(caller)
    const now = performance.now()
    const isProbed = (id: string) => (this.#open.get(id)?.until ?? Number.POSITIVE_INFINITY) <= now
    const { isOfAll, count } = this.#count(caller, now)
    const reason = 'status' in end ? `status ${end.status}` : end.reason
    // A probe that fails is enough.
    if (isOfAll || isProbed(ofHost)) {
      this.#failing.delete(ofHost)
      this.#openFor(caller, ofHost, reason)
    } else if (!this.#open.has(ofHost) && (count >= maxFailures || isProbed(ofCaller))) this.#openFor(caller, ofCaller, reason)
  }

  /** One more call that failed. `isOfAll`: it fails for callers of several organizations. `count`: how often it did for this caller. */
  #count(caller: Caller, now: number): { isOfAll: boolean; count: number } {
    const [ofHost, ofCaller] = idsOf(caller)
    const { organizationId } = caller
    const before = this.#failing.get(ofHost)
    const failing: Failing = before && now - before.lastAt < rowMs ? before : { lastAt: now, callers: new Map() }
    failing.lastAt = now
    const count = (failing.callers.get(ofCaller)?.count ?? 0) + 1
    putLast(failing.callers, ofCaller, { organizationId, count }, maxCallers)
    putLast(this.#failing, ofHost, failing, maxHosts)
    const byOrganization = new Map<string | null, number>()
    for (const one of failing.callers.values())
      byOrganization.set(one.organizationId, (byOrganization.get(one.organizationId) ?? 0) + one.count)
    const counts = [...byOrganization.values()]
    const total = counts.reduce((sum, one) => sum + one, 0)
    return { isOfAll: total >= maxFailures && total - Math.max(...counts) >= minOfOthers, count }
  }

  #openFor(caller: Caller, id: string, reason: string): void {
    const { host, organizationId } = caller
    const whose = id === host ? { credential: null, caller: null } : { credential: caller.credential, caller: organizationId }
    // Here at once.
    this.#learn({ id, openMs: 1_000, reason })
    openBreaker(this.#db, { id, host, ...whose, reason })
      .then(async (row) => {
        if (row) this.#learn(row)
        this.#tell(id)
        this.#logger.warn({ host, reason }, 'a vendor is not called for now, since calls to it fail')
        if (id === host) return this.#forgetCallers(host)
        const others = await whoElseWaits(this.#db, { host, caller: organizationId })
        // It was opened for all meanwhile, and those that wait alone were forgotten before this one was among them.
        if (others === 'everybody') {
          this.#look([host])
          return this.#forgetCallers(host)
        }
        // The calls of another may fail in another worker, where nobody counts those of this one.
        if (others === 'others') this.#openFor(caller, host, reason)
      })
      .catch((error: unknown) => this.#logger.error({ err: error, host }, 'other workers do not know that a vendor fails'))
  }

  async #forgetCallers(host: string): Promise<void> {
    for (const id of await forgetCallers(this.#db, host)) this.#tell(id)
  }

  #works(caller: Caller, startedAtMs: number): void {
    const [host] = idsOf(caller)
    this.#failing.delete(host)
    if (this.#open.size === 0) return
    for (const id of idsOf(caller)) {
      const breaker = this.#open.get(id)
      // What was under way when it was opened says nothing of now. A call that began later is one that a person had made.
      if (!breaker || (breaker.until > performance.now() && startedAtMs <= breaker.sinceMs)) continue
      this.#open.delete(id)
      closeBreaker(this.#db, id).then(
        () => this.#tell(id),
        (error: unknown) => this.#logger.debug({ err: error }, 'that a vendor is back is told later'),
      )
    }
  }

  #learn({ id, openMs, reason }: BreakerRow): void {
    putLast(this.#open, id, { until: performance.now() + openMs, sinceMs: Date.now(), reason }, maxHosts)
  }

  #tell(id: string): void {
    this.#db.tell('vendors.breaker', encodeURIComponent(id))
  }

  /** Reads those of these ids, or all. */
  #look(ids?: string[]): void {
    listBreakers(this.#db, ids).then(
      (rows) => {
        for (const id of ids ?? [...this.#open.keys()]) this.#open.delete(id)
        for (const row of rows) this.#learn(row)
      },
      (error: unknown) => this.#logger.debug({ err: error }, 'vendors that fail are looked at later'),
    )
  }
}

/** Of the host, and of this caller's calls to it. */
const idsOf = ({ host, credential, organizationId }: Caller) => [host, `${host} ${credential} ${organizationId ?? ''}`] as const

/** Puts it behind all others; the first of them goes where there are too many. */
function putLast<Value>(map: Map<string, Value>, key: string, value: Value, max: number): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= max) return
  const [first] = map.keys()
  if (first !== undefined) map.delete(first)
}
