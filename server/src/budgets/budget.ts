import { setImmediate } from 'node:timers/promises'
import { isDatabaseAway } from '../platform/database/outages.ts'
import type { Answer, Question } from './budgets.queries.ts'
import { Chunks } from './chunks.ts'
import { type LimitSpec, type Limits, limitsOf, maxLagMs } from './limits.ts'
import { RecentCalls } from './recent-calls.ts'
import { noRoomInTime, notCounted, pausedTooLong, waitedTooLong, workerEnds } from './refusals.ts'
import { type Urgency, WaitingLine } from './waiting-line.ts'

/** A call that is let through. */
export type Pass = {
  waitedMs: number
  /**
   * The call is over: another one may take its place. Safe to repeat.
   *
   * @param answeredMsAgo when the first of the answer came; the vendor counts the call from then on at the latest
   */
  release(answeredMsAgo?: number): void
}

export type Asking = { organizationId: string | null; urgency: Urgency; maxWaitMs: number; signal?: AbortSignal | undefined }

type Waiter = Asking & { since: number; deadline: number; letThrough(pass: Pass): void; refuse(error: unknown): void; stop(): void }

export type BudgetGiven = {
  host: string
  /** Asks the database. Undefined where it does not know the budget any more. */
  ask(question: Omit<Question, 'budgetId' | 'workerId'>): Promise<Answer | undefined>
  /** Makes the budget known to the database. Returns for how long it is paused, in milliseconds, and which limits hold for all. */
  open(limits: readonly LimitSpec[]): Promise<{ pausedMs: number; limits: readonly LimitSpec[] }>
  /** Tells the other workers: someone waits for a place, or one is free. */
  tell(what: 'wanted' | 'free'): void
  warn(error: unknown): void
}

const never = Number.POSITIVE_INFINITY
/** Of what is in hand, that part may be used by calls that are not there yet. */
const readyPart = 2

/** Milliseconds. */
const times = {
  /** A database that is away is asked again after this. */
  retry: 500,
  /** Someone who waits asks at least so often: its wish is forgotten otherwise. */
  maxAsk: 8_000,
  /** Places at the same time that others want, too, are divided again after this. */
  turn: 250,
  /** What others free is told. Where that is missed, it is found by asking. */
  look: 1_000,
  /** Places that nobody needs are kept for this time. */
  idle: 2_000,
  /** Chunks are held no longer, however slow the database is. */
  maxHold: 4_000,
  /** Places are leased for 30 seconds. */
  renew: 10_000,
  /** A call that nobody ended by then has been lost. */
  maxCall: 15 * 60_000,
}

/** One worker's part in one budget: who waits, what it has taken, what is under way. */
export class Budget {
  readonly #given: BudgetGiven
  #declared: readonly LimitSpec[] = []
  #limits: Limits = limitsOf([])
  /** The database knows it, with the limits of now. */
  #isKnown = false
  /** Grows when limits are declared or change elsewhere, also while the budget is being opened. */
  #changes = 0
  readonly #line = new WaitingLine<Waiter>()
  readonly #chunks = new Chunks(maxLagMs)
  /** Calls under way, by when they began, where it is counted how many there are. */
  readonly #underWay = new Map<object, number>()
  /** So many may be under way, and so many are this worker's in the database. */
  #allotted = 0
  #held = 0
  #pausedUntil = 0
  /** When there is room in the windows again, and when to ask for it; when to ask for places at the same time. */
  #roomAt = 0
  #roomAsksAt = 0
  #placesAskAt = 0
  #askedForPeople = 0
  #othersWait = false
  /** Calls are about to come, and what is in hand may not last for them. */
  #isReadyWanted = false
  #askedAt = Number.NEGATIVE_INFINITY
  /** How long the last two answers took. */
  #answersMs: [number, number] = [0, 0]
  /** The database keeps something for this worker. */
  #hasWish = false
  #divideAt = never
  #asking: Promise<void> | undefined
  /** A database that is away is left alone until then. */
  #earliest = 0
  #isAway = false
  /** This worker ends. */
  #isEnded = false
  #timer: NodeJS.Timeout | undefined
  /** For how many may come next. */
  readonly #recent = new RecentCalls()
  lastUsedAt = performance.now()

  constructor(given: BudgetGiven) {
    this.#given = given
  }

  /** The limits as they are declared here from now on. Others may have declared stricter ones. */
  declare(limits: readonly LimitSpec[]): void {
    this.#declared = limits
    this.#changes++
    this.#isKnown = false
  }

  /** Another worker has declared other limits. */
  limitsChanged(): void {
    this.#changes++
    this.#isKnown = false
    this.#proceed()
  }

  get isIdle(): boolean {
    return this.#line.people + this.#line.background + this.#underWay.size + this.#held === 0 && !this.#asking
  }

  /**
   * Waits for a place. Calls of people come first, then those of the organizations in turn.
   *
   * @throws vendor_error - rate_limited where there is none in time, unavailable while the database is away; the signal's reason.
   */
  take(asking: Asking): Promise<Pass> {
    asking.signal?.throwIfAborted()
    const now = performance.now()
    this.lastUsedAt = now
    return new Promise((letThrough, refuse) => {
      const waiter: Waiter = { ...asking, since: now, deadline: now + asking.maxWaitMs, stop: () => {}, letThrough, refuse }
      this.#line.add(waiter)
      this.#proceed()
      if (this.#line.has(waiter)) this.#watch(waiter)
    })
  }

  /** As many as may be made at once, and at most so many: of what this worker has in hand a part, so that a rest is there for who comes. */
  takeReady(max: number): Pass[] {
    const now = performance.now()
    const { windows, maxParallel } = this.#limits
    const mayTake = this.#isKnown && !this.#isEnded && !this.#isWaiting && !this.#othersWait && this.#pausedUntil <= now
    if (!mayTake || maxParallel !== undefined) return []
    this.lastUsedAt = now
    const count = windows.length === 0 ? max : Math.min(max, Math.floor(this.#chunks.inHand / readyPart))
    const passes: Pass[] = []
    for (let index = 0; index < count; index++) {
      const arrive = windows.length === 0 ? undefined : this.#chunks.use(now)
      if (windows.length > 0 && !arrive) break
      passes.push({ waitedMs: 0, release: (answeredMsAgo = 0) => this.#arrived(arrive, performance.now() - answeredMsAgo) })
    }
    const recent = this.#recent.add(passes.length, now, this.#limits.holdMs)
    // Before it runs out: with nothing in hand, each call would wait for the database.
    if (windows.length > 0 && recent > max && this.#chunks.inHand < Math.max(max, recent / readyPart)) {
      this.#isReadyWanted = true
      this.#proceed()
    }
    return passes
  }

  #arrived(arrive: ((at: number) => void) | undefined, at: number): void {
    arrive?.(at)
    if (arrive && this.#isSlow) this.#proceed()
  }

  /** Has a call that waits leave when its time is over, or nobody wants it any more. */
  #watch(waiter: Waiter): void {
    const leave = (error: unknown) => {
      this.#refuse(waiter, error)
      if (!this.#isWaiting && this.#hasWish) this.#proceed()
    }
    const onAbort = () => leave(waiter.signal?.reason)
    const timer = setTimeout(
      () => leave(this.#isAway ? notCounted(this.#given.host) : waitedTooLong(this.#given.host, waiter.maxWaitMs)),
      waiter.maxWaitMs,
    )
    waiter.signal?.addEventListener('abort', onAbort, { once: true })
    waiter.stop = () => {
      clearTimeout(timer)
      waiter.signal?.removeEventListener('abort', onAbort)
    }
  }

  #refuse(waiter: Waiter, error: unknown): void {
    if (!this.#line.delete(waiter)) return
    waiter.stop()
    waiter.refuse(error)
  }

  /** All who use the credential are to wait for this time from now on. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + ms)
    this.#proceed()
  }

  /** Others have given something back. */
  othersFreed(): void {
    this.#roomAsksAt = 0
    this.#placesAskAt = 0
    this.#proceed()
  }

  /** Others want a place. */
  othersWant(): void {
    this.#divideAt = Math.min(this.#divideAt, performance.now())
    this.#proceed()
  }

  /** Gives everything back. Those that wait are refused. */
  async close(): Promise<void> {
    this.#isEnded = true
    clearTimeout(this.#timer)
    for (const waiter of [...this.#line]) this.#refuse(waiter, workerEnds(this.#given.host))
    await this.#asking
    this.#underWay.clear()
    this.#chunks.endAll()
    if (this.#held + this.#chunks.inHand + this.#chunks.arrived === 0 && !this.#hasWish) return
    const isFreed = await this.#given.ask(this.#takeQuestion(performance.now())).then(
      () => true,
      () => false,
    )
    if (isFreed) this.#given.tell('free')
  }

  #proceed(): void {
    if (this.#isEnded) return
    const now = performance.now()
    this.#letThrough(now)
    this.#refuseHopeless(now)
    if (!this.#asking && this.#nextAsk(now) <= now) this.#asking = this.#ask()
    clearTimeout(this.#timer)
    if (this.#asking) return
    const next = Math.min(this.#nextAsk(now), this.#isWaiting && this.#pausedUntil > now ? this.#pausedUntil : never)
    if (next < never) this.#timer = setTimeout(() => this.#proceed(), Math.max(1, Math.ceil(next - now)))
  }

  get #isWaiting(): boolean {
    return this.#line.people + this.#line.background > 0
  }

  #letThrough(now: number): void {
    const { windows, maxParallel } = this.#limits
    while (this.#isKnown && this.#isWaiting && this.#pausedUntil <= now) {
      if (maxParallel !== undefined && this.#underWay.size >= this.#allotted) return
      const arrive = windows.length > 0 ? this.#chunks.use(now) : undefined
      if (windows.length > 0 && !arrive) return
      const waiter = this.#line.shift()
      if (!waiter) return
      this.#recent.add(1, now, this.#limits.holdMs)
      const call = {}
      if (maxParallel !== undefined) this.#underWay.set(call, now)
      waiter.stop()
      waiter.letThrough({
        waitedMs: now - waiter.since,
        release: (answeredMsAgo = 0) => {
          arrive?.(performance.now() - answeredMsAgo)
          if (this.#underWay.delete(call) || (arrive && this.#isSlow)) this.#proceed()
        },
      })
    }
  }

  /** Someone waits for room, here or elsewhere: the sooner it is known what has arrived, the sooner there is room. */
  get #isSlow(): boolean {
    return this.#othersWait || (this.#isWaiting && this.#chunks.inHand === 0)
  }

  /** Where answers take longer than a chunk may be held, each would come too late. A single one that did says little. */
  get #holdMs(): number {
    return Math.max(this.#limits.holdMs, Math.min(times.maxHold, ...this.#answersMs.map((ms) => ms * 2)))
  }

  /** Those that cannot be let through in time need not wait for it. */
  #refuseHopeless(now: number): void {
    const isPaused = this.#pausedUntil > now
    const earliest = isPaused ? this.#pausedUntil : this.#limits.windows.length > 0 && this.#chunks.inHand === 0 ? this.#roomAt : 0
    if (earliest <= now) return
    for (const waiter of [...this.#line]) {
      if (waiter.deadline < earliest) this.#refuse(waiter, (isPaused ? pausedTooLong : noRoomInTime)(this.#given.host, earliest - now))
    }
  }

  /** When to ask the database next. */
  #nextAsk(now: number): number {
    const wishes = [this.#nextWish(now), this.#nextReport(now)]
    if (this.#held > 0) {
      wishes.push(this.#divideAt, this.#askedAt + times.renew)
      if (this.#held > Math.max(this.#allotted, this.#underWay.size)) wishes.push(now)
      if (this.#underWay.size === 0 && !this.#isWaiting) wishes.push(this.#askedAt + times.idle)
    }
    return Math.max(this.#earliest, Math.min(...wishes))
  }

  #nextWish(now: number): number {
    const { windows, maxParallel } = this.#limits
    if (!this.#isWaiting) {
      if (!this.#isKnown) return never
      // What is kept for nobody the others may have.
      if (this.#hasWish) return now
      return this.#isReadyWanted && this.#pausedUntil <= now ? this.#roomAsksAt : never
    }
    if (!this.#isKnown) return now
    if (this.#pausedUntil > now) return never
    // The others leave room for a person from the moment when they know.
    if (this.#line.people > 0 && this.#askedForPeople === 0) return now
    if (maxParallel !== undefined && this.#underWay.size >= this.#allotted) return this.#placesAskAt
    return windows.length > 0 && this.#chunks.inHand === 0 ? this.#roomAsksAt : never
  }

  /** What was not used is given back. What has arrived is told where it gives room to someone. */
  #nextReport(now: number): number {
    const { nextEnd = never, arrived, underWay } = this.#chunks
    if (arrived === 0 || !this.#isSlow || this.#pausedUntil > now) return nextEnd
    return Math.min(nextEnd, this.#askedAt + (underWay === 0 ? this.#limits.minAskMs : times.look))
  }

  /** Takes with it what is to be reported. Where it fails nothing is given back: nobody knows whether it was heard, and less is asked of the vendor. */
  #takeQuestion(now: number): Omit<Question, 'budgetId' | 'workerId'> {
    const { maxParallel, windows } = this.#limits
    const chunk = Math.min(...windows.map((window) => window.chunk), 1_000_000)
    const ahead =
      windows.length > 0 && (this.#isWaiting || this.#isReadyWanted) && !this.#othersWait
        ? Math.min(Math.floor(this.#recent.count(now, this.#limits.holdMs)), Math.ceil(chunk / 2))
        : 0
    for (const [call, since] of this.#underWay) if (since < now - times.maxCall) this.#underWay.delete(call)
    return {
      limits: this.#limits,
      holdMs: this.#holdMs,
      reports: this.#chunks.takeReports(now),
      underWay: this.#underWay.size,
      people: this.#line.people,
      behind: this.#line.background,
      ahead,
      inHand: this.#chunks.inHand,
      maxGranted: windows.length === 0 ? 0 : Math.min(chunk, maxParallel === undefined ? chunk : maxParallel + ahead),
      organizations: this.#line.organizations,
    }
  }

  async #ask(): Promise<void> {
    // Those that come in the same turn of the event loop are asked for together.
    await setImmediate()
    try {
      if (this.#isKnown) await this.#askForMore()
      else {
        const changes = this.#changes
        const { pausedMs, limits } = await this.#given.open(this.#declared)
        this.#isKnown = changes === this.#changes
        this.#limits = limitsOf(limits)
        this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + pausedMs)
      }
      this.#isAway = false
    } catch (error) {
      this.#isAway = isDatabaseAway(error)
      if (!this.#isAway) this.#given.warn(error)
      this.#earliest = performance.now() + times.retry
    }
    this.#asking = undefined
    this.#proceed()
  }

  async #askForMore(): Promise<void> {
    const now = performance.now()
    this.#askedAt = now
    const question = this.#takeQuestion(now)
    this.#isReadyWanted = false
    const answer = await this.#given.ask(question)
    if (answer) this.#heard(question, answer, now)
    else this.#isKnown = false
  }

  #heard(question: Omit<Question, 'budgetId' | 'workerId'>, answer: Answer, askedAt: number): void {
    const now = performance.now()
    const { maxParallel, minAskMs } = this.#limits
    this.#answersMs = [this.#answersMs[1], now - askedAt]
    const hadWish = this.#hasWish
    this.#hasWish = answer.waitMs !== null
    this.#askedForPeople = question.people
    if (answer.granted > 0) this.#chunks.add({ count: answer.granted, usableUntil: askedAt + question.holdMs, slots: answer.slots }, now)
    if (answer.pausedMs > 0) this.#pausedUntil = Math.max(this.#pausedUntil, now + answer.pausedMs)
    this.#roomAt = answer.waitMs === null ? 0 : now + answer.waitMs
    this.#othersWait = answer.othersWait
    this.#roomAsksAt = answer.waitMs === null || answer.waitMs === 0 ? 0 : now + Math.min(Math.max(answer.waitMs, minAskMs), times.maxAsk)
    const isGivenBack = question.reports.some(({ agoMs }) => agoMs === undefined) || (hadWish && !this.#hasWish && !this.#isWaiting)
    // They wait for what was to arrive later.
    const hasArrived = question.reports.length > 0 && this.#chunks.underWay === 0
    const heldBefore = this.#held
    if (maxParallel !== undefined) this.#heardOfPlaces(question, answer, maxParallel, now)
    if (answer.othersWait && (isGivenBack || hasArrived || this.#held < heldBefore)) this.#given.tell('free')
  }

  #heardOfPlaces(question: Omit<Question, 'budgetId' | 'workerId'>, answer: Answer, maxParallel: number, now: number): void {
    this.#allotted = answer.allotted
    this.#held = Math.max(answer.allotted, question.underWay)
    this.#divideAt = answer.othersWait && this.#held > 0 ? now + times.turn : never
    this.#placesAskAt = answer.allotted >= maxParallel ? never : 0
    if (answer.allotted >= Math.min(maxParallel, question.underWay + question.people + question.behind)) return
    // Others have what it wants: they are to know.
    this.#placesAskAt = now + times.look
    this.#given.tell('wanted')
  }
}
