import type { Logger } from 'pino'
import type { Database } from '../../platform/database/database.ts'
import type { Notifications } from '../../platform/database/notifications.ts'
import { outlastOutages } from '../../platform/database/outages.ts'
import { newId } from '../../platform/ids.ts'
import type { Keyring } from '../../values/secrets/keyring.ts'
import type { MasterKey } from '../../values/secrets/sealing.ts'
import { asVendorError, type VendorFailure } from '../vendor-failures.ts'
import { type Asked, askForToken, type FetchOutside } from './asking.ts'
import { type HeldToken, heldToken, isDue, isGood, isYoung, openToken, personAfterMs } from './held-token.ts'
import { storeToken, tokenTopic } from './keeping.ts'
import { asLost, notRenewable, refusalOf } from './refused-renewals.ts'
import { countRenewal } from './renewals.queries.ts'
import { TakeOvers } from './take-overs.ts'
import type { AnswerPlaces, NewToken } from './token-answer.ts'
import type { TokenExchange } from './token-exchange.ts'
import type { TokenRequest } from './token-request.ts'
import { findToken, insertToken, keepRenewal, storeFailed, type TokenDraft, type TokenRow, takeRenewal } from './tokens.queries.ts'

/** A token that a client needs, and how it is had. */
export type WantedToken = Omit<TokenDraft, 'id'> & {
  /** The host as figures call it. */
  vendorHost: string
  places: AnswerPlaces
  /** The request; undefined where there is nothing to make it with, and a person has to connect first. */
  requestFor(refreshToken: string | null): TokenRequest | undefined
  /** A request uses up the refresh token that it is made with. */
  usesUp: boolean
  /** Whose it is at the vendor, where the request says so. */
  tenant?: string | undefined
  /** The connection that it is of, by the name that the integration gives it. */
  connection?: string
  /** What a person does where the refresh token is refused for good, as a sentence; null where it is a matter of secrets alone. */
  remedy: string | null
  /** The hosts that the integration is held to whose code names the address of the request. */
  declared: Asked['declared']
}

export type AskedFor = {
  /** The token of that version was refused by the vendor. */
  refusedVersion?: string | undefined
  /** One that is older is as good as none. Default: as old as it may be. */
  maxAgeMs?: number | undefined
  /** A person waits: then a vendor that failed is asked before its pause is over. */
  isPerson: boolean
  /** The organization whose execution asks; its requests take their turns apart from those of others. */
  organizationId: string | null
  /** Takes secrets out of what a vendor said. */
  withoutSecrets<T>(value: T): T
  /** Hears of each request that is made for it, and of none that is made for another who asks at the same time. */
  onExchange?(exchange: TokenExchange): void
}

export type TokensGiven = {
  db: Database
  notifications: Pick<Notifications, 'on' | 'onMissed'>
  keyring: Keyring
  fetchOutside: FetchOutside
  logger: Logger
  /** A renewal that fails for this time waits for a person. */
  giveUpMs: number
}

/** A renewal whose worker is not heard of for this time is another's. */
const leaseMs = 10_000
const heartbeatMs = 3_000
const maxWaitMs = 60_000
const lookMs = 1_000
/** A vendor that refuses two tokens in a row within this time is not asked for a third. */
const refusedAgainMs = 30_000
const [firstPauseMs, maxPauseMs] = [2_000, 15 * 60_000]
/** Tokens in memory. More are read again. */
const maxHeld = 5_000

/** The tokens of a worker process, shared with all others through the database: each is renewed by one of them at a time. */
export class Tokens {
  readonly #given: TokensGiven
  readonly #held = new Map<string, HeldToken>()
  readonly #renewing = new Map<string, Promise<HeldToken>>()
  /** The last two of a name that were refused, the newest first. */
  readonly #refused = new Map<string, readonly { version: string; at: number }[]>()
  readonly #taken = new Set<string>()
  readonly #takeOvers = new TakeOvers()
  /** Ids of rows that are other than before: what is held of them is read again before it is used. */
  readonly #changedIds = new Set<string>()
  readonly #reading = new Map<string, Promise<HeldToken | undefined>>()
  readonly #stops: (() => void)[]

  constructor(given: TokensGiven) {
    this.#given = given
    const { notifications } = given
    this.#stops = [
      notifications.on(tokenTopic, null, (id) => this.#noteChange(id)),
      notifications.onMissed(() => {
        for (const { id } of this.#held.values()) this.#noteChange(id)
      }),
    ]
  }

  /**
   * A token that is good for some time. Without one, it is waited for until one of the workers has it.
   *
   * @throws vendor_error with the kind credentials, rate_limited, unavailable, invalid_response or egress_refused
   */
  async get(wanted: WantedToken, asked: AskedFor): Promise<HeldToken> {
    const name = `${wanted.owner ?? ''} ${wanted.key}`
    const held = await this.#heldOf(name, wanted)
    if (held && isUsable(held, asked)) {
      // It is still good: who asks for it does not wait.
      if (isDue(held, asked.isPerson)) this.#renew(name, wanted, asked).catch(() => {})
      return held
    }
    if (held && held.version === asked.refusedVersion) this.#requireFirstRefusal(name, held.version, wanted)
    const renewed = await this.#renew(name, wanted, asked)
    return renewed.version === asked.refusedVersion ? this.#renew(name, wanted, asked) : renewed
  }

  /** What is held, as it is now: somebody may have connected another account since. */
  async #heldOf(name: string, wanted: WantedToken): Promise<HeldToken | undefined> {
    const underWay = this.#reading.get(name)
    if (underWay) return underWay
    const held = this.#held.get(name)
    if (!held || !this.#changedIds.delete(held.id)) return held
    const reading = this.#readAgain(name, wanted, held).finally(() => this.#reading.delete(name))
    this.#reading.set(name, reading)
    return reading
  }

  async #readAgain(name: string, wanted: WantedToken, held: HeldToken): Promise<HeldToken | undefined> {
    try {
      const row = await findToken(this.#given.db, wanted)
      const read = row && (await openToken(this.#given.keyring, row))
      if (read) this.#held.set(name, read)
      else this.#held.delete(name)
      return read
    } catch {
      // The database is away: until it is back, what is held is all there is.
      this.#changedIds.add(held.id)
      return held
    }
  }

  #noteChange(id: string): void {
    if (this.#changedIds.size >= maxHeld) {
      this.#changedIds.clear()
      this.#held.clear()
    }
    this.#changedIds.add(id)
  }

  /** The vendor has taken a token of that version: where it refuses it later, the token has died, and not what it is for. */
  taken(version: string): void {
    if (this.#taken.has(version)) return
    if (this.#taken.size >= maxHeld) this.#taken.clear()
    this.#taken.add(version)
  }

  /**
   * A token that is refused is renewed once, and once more where it had been taken: a resource that refuses what others take, and code that
   * says so of a good one, make no stream of requests for tokens.
   *
   * @throws credentials - those before it were refused a moment ago, too.
   */
  #requireFirstRefusal(name: string, version: string, wanted: WantedToken): void {
    const now = performance.now()
    // The same one again is one whose renewal failed: why it did is what people are told.
    const lately = (this.#refused.get(name) ?? []).filter((before) => before.version !== version && now - before.at < refusedAgainMs)
    if (lately.length >= (this.#taken.has(version) ? 2 : 1))
      throw refusalOf(wanted, {
        kind: 'credentials',
        message: `${wanted.host} gave a token, and what it is for refuses it. See what these credentials may do there.`,
      })
    if (this.#refused.size > maxHeld) this.#refused.clear()
    this.#refused.set(name, [{ version, at: now }, ...lately].slice(0, 2))
    this.#held.delete(name)
  }

  /** Once for all who ask in this process at the same time. */
  #renew(name: string, wanted: WantedToken, asked: AskedFor): Promise<HeldToken> {
    const underWay = this.#renewing.get(name)
    if (underWay) return underWay
    const renewing = this.#readOrRenew(wanted, asked)
      .then((held) => {
        if (this.#held.size >= maxHeld) this.#held.clear()
        this.#held.set(name, held)
        return held
      })
      .finally(() => this.#renewing.delete(name))
    this.#renewing.set(name, renewing)
    return renewing
  }

  /** Waits for renewals under way, which nobody may wait for: what a vendor answers to them is not to be lost. A minute, where the database is away. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop()
    const late = new Promise<void>((resolve) => setTimeout(resolve, maxWaitMs).unref())
    const settled = async () => {
      while (this.#renewing.size > 0) await Promise.allSettled(this.#renewing.values())
    }
    await Promise.race([settled(), late])
  }

  async #readOrRenew(wanted: WantedToken, asked: AskedFor): Promise<HeldToken> {
    const until = performance.now() + maxWaitMs
    for (;;) {
      const row = await this.#row(wanted)
      const held = await openToken(this.#given.keyring, row)
      const usable = held && isUsable(held, asked) ? held : undefined
      if (usable && !isDue(usable, asked.isPerson)) return usable
      const failure = this.#failureBefore(row, wanted, asked)
      if (failure) {
        if (usable) return usable
        throw refusalOf(wanted, failure)
      }
      // Before the vendor is asked: nothing is to come between its answer and the database.
      const masterKey = await this.#given.keyring.current()
      const renewer = newId()
      const isEarly = wanted.usesUp && this.#takeOvers.isEarly(row, performance.now())
      const taken = isEarly
        ? undefined
        : await takeRenewal(this.#given.db, wanted.owner, { id: row.id, generation: row.generation, renewer, leaseMs })
      if (taken) return this.#renewAs({ renewer, masterKey, row: taken, held, usable }, wanted, asked)
      if (usable) return usable
      if (performance.now() > until)
        throw asVendorError({
          kind: 'unavailable',
          message: `Another worker has been renewing the token of ${wanted.host} for a minute. Try again.`,
        })
      await this.#changed(row.id, Math.min(lookMs, Math.max(isEarly ? 500 : 50, row.renewal_rest_ms ?? 0)))
    }
  }

  async #row(wanted: WantedToken): Promise<TokenRow> {
    const { db } = this.#given
    const found = await findToken(db, wanted)
    if (found) return found
    // It was written when somebody connected. It is gone with its connection, and nothing would ever take another away.
    if (wanted.connection !== undefined) throw refusalOf(wanted, notRenewable(wanted))
    await insertToken(db, { ...wanted, id: newId() })
    const inserted = await findToken(db, wanted)
    // Its secret was changed in between: who asks reads that again.
    if (!inserted) throw asVendorError({ kind: 'unavailable', message: 'The secret that the token is of was changed just now. Try again.' })
    return inserted
  }

  /** Why the vendor is not asked now. */
  #failureBefore(row: TokenRow, { host }: WantedToken, { isPerson }: AskedFor): VendorFailure | undefined {
    const { last_error: last, next_attempt_ms: restMs, failing_ms: failingMs, failed_ago_ms: agoMs } = row
    if (!last || (isPerson && (agoMs ?? 0) > personAfterMs)) return undefined
    // Once is enough: a vendor may take a further try for theft.
    if (last.reason === 'renewal_lost') return last
    if (failingMs !== null && failingMs > this.#given.giveUpMs)
      return {
        ...last,
        kind: 'credentials',
        message: `No token could be had from ${host} for days, so it is not tried any more until someone sets the credentials again, connects again or tests the connection. Last: ${last.message}`,
      }
    return restMs !== null && restMs > 0 ? { ...last, retryAfterMs: Math.ceil(restMs) } : undefined
  }

  async #renewAs(
    { renewer, masterKey, row, held, usable }: Renewal,
    wanted: WantedToken,
    { withoutSecrets, organizationId, onExchange }: AskedFor,
  ): Promise<HeldToken> {
    const { db, fetchOutside, logger } = this.#given
    const heartbeat = setInterval(() => {
      keepRenewal(db, wanted.owner, row.id, renewer, leaseMs).catch(() => {})
    }, heartbeatMs)
    try {
      const request = wanted.requestFor(held?.refreshToken ?? null)
      const startedAt = performance.now()
      const { places, host, declared, usesUp, remedy } = wanted
      const asked = { places, host, declared, owner: organizationId ?? 'tokens', isRepeatable: !usesUp, onExchange }
      const answer = request
        ? await askForToken(fetchOutside, { ...asked, request })
        : { failure: notRenewable(wanted), mayBeUsedUp: false }
      if (!('failure' in answer)) {
        const stored = await this.#store(masterKey, row, wanted, answer, held, startedAt)
        this.#count(wanted, 'renewed')
        return stored
      }
      const isLost = usesUp && answer.mayBeUsedUp
      const lostAt = row.renewal_lost_at ?? (isLost ? new Date() : undefined)
      const told = withoutSecrets(answer.failure)
      const failure = usesUp && lostAt && remedy !== null ? asLost(told, lostAt, host, remedy) : told
      logger.warn(
        { host: wanted.host, integration: wanted.integration, kind: failure.kind, status: failure.status, reason: failure.reason },
        'a token could not be renewed',
      )
      this.#count(wanted, failure.kind)
      const nextAttemptMs = Math.max(failure.retryAfterMs ?? 0, Math.min(maxPauseMs, firstPauseMs * 2 ** row.failures))
      const failed = { id: row.id, generation: row.generation, renewer, nextAttemptMs, isLost }
      const isStored = await outlastOutages(() => storeFailed(db, wanted.owner, failed, failure))
      db.tell(tokenTopic, row.id)
      const better = usable ?? (isStored ? undefined : await this.#renewedMeanwhile(row, wanted))
      if (better) return better
      throw refusalOf(wanted, { ...failure, ...(failure.kind === 'credentials' ? {} : { retryAfterMs: nextAttemptMs }) })
    } finally {
      clearInterval(heartbeat)
    }
  }

  /** By the worker that this one took for lost. */
  async #renewedMeanwhile({ generation }: TokenRow, wanted: WantedToken): Promise<HeldToken | undefined> {
    const held = await openToken(this.#given.keyring, await this.#row(wanted))
    return held && held.generation > generation && isGood(held) ? held : undefined
  }

  #count({ integration, vendorHost: host }: WantedToken, outcome: string): void {
    const { db, logger } = this.#given
    countRenewal(db, { integration, host, outcome }).catch((error: unknown) =>
      logger.warn({ err: error }, 'a renewal is not in the figures'),
    )
  }

  /** Before it is used: a refresh token that was used up must not be lost, however long the database is away. */
  async #store(
    masterKey: MasterKey,
    row: TokenRow,
    { owner }: WantedToken,
    answer: NewToken,
    held: HeldToken | undefined,
    startedAt: number,
  ): Promise<HeldToken> {
    const { id, generation } = row
    const kept = {
      token: answer.token,
      refreshToken: answer.refreshToken ?? held?.refreshToken ?? null,
      fields: { ...held?.fields, ...answer.fields },
    }
    const version = { id, generation, owner }
    const stored = await outlastOutages(() => storeToken(this.#given, masterKey, version, kept, { livesMs: answer.livesMs, startedAt }))
    // The row is gone with its secret, or somebody was first: what came is good all the same.
    return heldToken(kept, stored ?? { id, generation: generation + 1, rest_ms: answer.livesMs, life_ms: answer.livesMs })
  }

  /** Resolves when the token may have changed, at the latest after that time. */
  #changed(id: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        stop()
        resolve()
      }
      const stop = this.#given.notifications.on(tokenTopic, id, done)
      const timer = setTimeout(done, ms)
    })
  }
}

const isUsable = (held: HeldToken, { refusedVersion, maxAgeMs = Number.POSITIVE_INFINITY }: AskedFor): boolean =>
  held.version !== refusedVersion && isGood(held) && (maxAgeMs === Number.POSITIVE_INFINITY || isYoung(held, maxAgeMs))

/** One that this worker has taken. `usable`: the token that is good meanwhile. */
type Renewal = { renewer: string; masterKey: MasterKey; row: TokenRow; held: HeldToken | undefined; usable: HeldToken | undefined }
