import type { Logger } from 'pino'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { type BreakerRow, claimProbe, closeBreaker, listBreakers, openBreaker } from './breakers.queries.ts'
import { vendorDown } from './refusals.ts'

/** Whose call it was: what fails for one caller alone says little of the vendor. */
export type Caller = { host: string; credential: string; organizationId: string | null }
/** How a call ended. `isConnection`: no answer came, and that is not the caller's doing. */
export type CallEnd = { status: number } | { isConnection: boolean; reason: string }

/** So many calls in a row fail before nobody calls any more, each within a minute of the one before. */
const maxFailures = 5
const rowMs = 60_000
/** Another worker tries whether the vendor is there. */
const probedMs = 2_000

type Failing = { count: number; lastAt: number; callers: Set<string> }

/** Vendors that failed again and again, which nobody calls for a while: known to all workers. */
export class Breakers {
  readonly #db: Database
  readonly #logger: Logger
  /** Those that are open, as this worker knows: until when, by its own clock. */
  readonly #open = new Map<string, { until: number; reason: string }>()
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

  /** @throws vendor_error (unavailable) - the vendor is not called for now. */
  async admit(caller: Caller): Promise<void> {
    if (this.#open.size === 0) return
    for (const id of idsOf(caller)) {
      const breaker = this.#open.get(id)
      if (!breaker) continue
      const restMs = breaker.until - performance.now()
      if (restMs > 0) throw vendorDown(caller.host, restMs, breaker.reason)
      const probe = await claimProbe(this.#db, id)
      if (probe === 'gone') this.#open.delete(id)
      else if (probe !== 'mine') {
        this.#learn(probe)
        throw vendorDown(caller.host, Math.max(probe.openMs, probedMs), probe.reason)
      }
    }
  }

  ended(caller: Caller, end: CallEnd): void {
    const isConnection = 'isConnection' in end && end.isConnection
    if ('isConnection' in end ? !end.isConnection : end.status < 500 || end.status === 501) {
      // An answer of any kind: the vendor is there.
      if ('status' in end) this.#works(caller)
      return
    }
    const [host] = idsOf(caller)
    const now = performance.now()
    const before = this.#failing.get(host)
    const failing = before && now - before.lastAt < rowMs ? before : { count: 0, lastAt: now, callers: new Set<string>() }
    failing.count++
    failing.lastAt = now
    failing.callers.add(`${caller.credential} ${caller.organizationId}`)
    this.#failing.set(host, failing)
    // A probe that fails is enough.
    const isProbe = idsOf(caller).some((id) => (this.#open.get(id)?.until ?? Number.POSITIVE_INFINITY) <= now)
    if (failing.count < maxFailures && !isProbe) return
    const isOfAll = isConnection || failing.callers.size > 1
    this.#failing.delete(host)
    const reason = 'status' in end ? `status ${end.status}` : end.reason
    this.#openFor(caller, isOfAll ? null : caller.credential, reason)
  }

  #openFor(caller: Caller, credential: string | null, reason: string): void {
    const [ofHost, ofCredential] = idsOf(caller)
    const id = credential === null ? ofHost : ofCredential
    // Here at once.
    this.#learn({ id, openMs: 1_000, reason })
    openBreaker(this.#db, { id, host: caller.host, credential, reason }).then(
      (row) => {
        if (row) this.#learn(row)
        this.#tell(id)
        this.#logger.warn({ host: caller.host, reason }, 'a vendor is not called for now, since calls to it fail')
      },
      (error: unknown) => this.#logger.error({ err: error, host: caller.host }, 'other workers do not know that a vendor fails'),
    )
  }

  #works(caller: Caller): void {
    const [host] = idsOf(caller)
    this.#failing.delete(host)
    if (this.#open.size === 0) return
    for (const id of idsOf(caller)) {
      const breaker = this.#open.get(id)
      // What was under way when it was opened says nothing of now.
      if (!breaker || breaker.until > performance.now()) continue
      this.#open.delete(id)
      closeBreaker(this.#db, id).then(
        () => this.#tell(id),
        (error: unknown) => this.#logger.debug({ err: error }, 'that a vendor is back is told later'),
      )
    }
  }

  #learn({ id, openMs, reason }: BreakerRow): void {
    this.#open.set(id, { until: performance.now() + openMs, reason })
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

const idsOf = ({ host, credential }: Caller) => [host, `${host} ${credential}`] as const
