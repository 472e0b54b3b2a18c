import { createHash } from 'node:crypto'
import { maxTimerMs } from '@crosswalk/sdk/retry'
import type { CallInStep, ChannelOutcome, SessionMessage } from '../../protocol/channel.ts'
import { canonicalJson } from '../../protocol/json.ts'
import { QuotaExceeded, SessionQuota } from '../channel/quotas.ts'
import type { RunnerLine } from '../runners/runner-process.ts'
import type { RunnerLoss } from '../runners/session-listener.ts'
import { quotaExceeded } from '../steps/step-errors.ts'
import type { OpenStep } from '../steps/step-ledger.ts'
import type { StepRecord } from '../steps/step-record.ts'
import { ChangedCode, isInternal, sleepName } from './changed-code.ts'
import { type Asked, invalid } from './code-requests.ts'
import { Performances } from './performances.ts'
import type { Performed, RunnerSessionGiven, StayEnd } from './runner-session-given.ts'
import { allAttempts, shownAttempt } from './step-attempts.ts'

/** How long recorded steps wait behind one that the code does not ask for any more. */
const blockedMs = 1_000
/** A sleep that has no end in sight ends here: later times are not written as others are. */
const latestTime = Date.UTC(9999, 11, 31)
/** A value that is longer, in characters, holds up its runner until it is recorded. */
const largeChars = 1024 * 1024

/** An execution in one runner: answers what its code asks, and records its steps. */
export class RunnerSession {
  readonly #given: RunnerSessionGiven
  readonly #end = Promise.withResolvers<StayEnd>()
  readonly #performances = new Performances()
  readonly #quota = new SessionQuota()
  /** Steps that are not recorded yet. */
  readonly #recording = new Map<number, Promise<void>>()
  #openRequests = 0
  #line: RunnerLine | undefined
  #isOver = false
  readonly #changedCode: ChangedCode
  #blockedTimer: NodeJS.Timeout | undefined
  #probing: PromiseWithResolvers<boolean> | undefined

  constructor(given: RunnerSessionGiven) {
    this.#given = given
    this.#changedCode = new ChangedCode(given.ledger, (failure) => {
      this.#line?.send({ type: 'abort', reason: 'cancelled' })
      this.close()
      this.#end.resolve({ type: 'ended', outcome: failure })
    })
  }

  /** Resolves when the author's code has ended, or its runner is lost. */
  get end(): Promise<StayEnd> {
    return this.#end.promise
  }

  bind(line: RunnerLine): void {
    this.#line = line
    this.#changedCode.begin(this.#given.codeVersion, line.runner.codeVersion)
  }

  /** Takes what the runner says. A promise where it is to say no more until that is settled. */
  onMessage(message: SessionMessage, chars: number): Promise<void> | undefined {
    if (this.#isOver) return undefined
    try {
      this.#quota.count(message, chars, this.#openRequests)
    } catch (error) {
      if (!(error instanceof QuotaExceeded)) throw error
      this.#exceed(error)
      return undefined
    }
    this.#hear(message)
    if (message.type === 'log') return this.#given.journal.room
    // What is large is not taken faster than it is recorded.
    return message.type === 'performed' && chars > largeChars ? this.#recording.get(message.number) : undefined
  }

  /** Its code continues where it cannot be ended alone; the runner takes nothing more, and goes when the others have ended. */
  #exceed(exceeded: QuotaExceeded): void {
    const error = quotaExceeded(exceeded)
    this.#line?.runner.retire()
    this.drop()
    this.#end.resolve({ type: 'ended', outcome: { ok: false, error } })
  }

  #hear(message: SessionMessage): void {
    const { journal, context, idleness } = this.#given
    if (message.type === 'probed') {
      this.#probing?.resolve(message.isIdle)
      return
    }
    idleness.heard()
    this.#changedCode.heard()
    switch (message.type) {
      case 'log':
        journal.authorLine(message.level, message.message, message.data, message.isInStep)
        break
      case 'progress':
        context.progress(message.done, message.total, message.message)
        break
      case 'waiting':
        this.#given.onWaiting(message.ms)
        break
      case 'ask':
        this.#openRequests++
        this.#settle(this.#onAsk(message))
        break
      case 'step': {
        this.#openRequests++
        const recording = this.#onStep(message.number, message.name, message.fingerprint, (openStep) =>
          allAttempts(this.#given, openStep, message),
        )
        this.#recording.set(message.number, recording)
        this.#settle(recording.finally(() => this.#recording.delete(message.number)))
        break
      }
      case 'started':
        this.#given.onStarted(message.parameters)
        break
      case 'call':
        this.#performances.onCall(message)
        break
      case 'performed':
        this.#performances.end(message)
        break
      case 'ended':
        this.close()
        this.#end.resolve({ type: 'ended', outcome: (message.outcome.ok && this.#changedCode.failure()) || message.outcome })
        break
    }
  }

  onLost(loss: RunnerLoss, wasAlone: boolean): void {
    this.close()
    this.#performances.lose()
    this.#end.resolve({ type: 'lost', loss, wasAlone })
  }

  /** Asks the runner whether the code is at rest: it has taken all its answers, and nothing of it that we know of is active. */
  probe(): Promise<boolean> {
    if (this.#isOver || !this.#line) return Promise.resolve(false)
    this.#probing = Promise.withResolvers()
    this.#line.send({ type: 'probe' })
    return this.#probing.promise
  }

  /** Has the runner drop the code where it is, without a word to it: it continues by replay later. */
  drop(): void {
    this.#line?.send({ type: 'drop' })
    this.close()
  }

  /** Takes no more from the runner, and sends it nothing. */
  close(): void {
    this.#isOver = true
    clearTimeout(this.#blockedTimer)
    this.#changedCode.close()
    this.#line?.close()
  }

  #settle(work: Promise<unknown>): void {
    this.#given.idleness.track(work).catch((error: unknown) => this.#given.onBroken(error))
  }

  async #onAsk({ number, request: name, args, isInStep }: Extract<SessionMessage, { type: 'ask' }>): Promise<void> {
    if (name === 'sleep') {
      const ms = sleepMs(args)
      if (ms !== undefined) return this.#sleep(number, ms)
      return this.#answer(number, { ok: false, error: invalid('The arguments of sleep are not valid: ms is no time.') })
    }
    if (name === 'keepLines') {
      await this.#given.journal.flush()
      return this.#answer(number, { ok: true, value: null })
    }
    const asked = this.#given.requests.find(name, args)
    if ('error' in asked) return this.#answer(number, { ok: false, error: asked.error })
    const mayWait = asked.request.handleWaiting !== undefined
    if (mayWait && isInStep)
      return this.#answer(number, {
        ok: false,
        error: invalid(`${name} may wait for days, and a step cannot: call it before or after the step.`),
      })
    const handle = () => this.#given.requests.handle(asked, this.#given.delay)
    if (!asked.request.isRecorded || isInStep) return this.#answer(number, await handle())
    const fingerprint = createHash('sha1').update(canonicalJson(asked.args)).digest('base64url')
    return this.#onStep(number, name, fingerprint, async (openStep) =>
      shownAttempt(this.#given, openStep, async () => {
        const outcome = mayWait ? await this.#handleWaiting(asked, openStep) : await handle()
        return { outcome, isPlain: true, hasCalls: false }
      }),
    )
  }

  #handleWaiting(asked: Asked, openStep: OpenStep): Promise<ChannelOutcome> {
    const { requests, delay, idleness, idempotencyKeyOf, onWaitAsked } = this.#given
    onWaitAsked()
    return requests.handle(asked, delay, { key: idempotencyKeyOf(openStep), waiting: (wait) => idleness.waiting(wait), delay })
  }

  async #onStep(number: number, name: string, fingerprint: string, body: (openStep: OpenStep) => Promise<Performed>): Promise<void> {
    const openStep = this.#given.ledger.ask(number, name, fingerprint)
    if (!openStep) return this.answerRecorded()
    const replayed = this.#changedCode.holdBack()
    if (replayed) {
      this.answerRecorded()
      await replayed
    }
    const spare = this.#given.ledger.takeSpare(name, fingerprint)
    let performed: Pick<Performed, 'outcome'> | undefined = spare?.record
    const record = await this.#given.run.record({ ...openStep, name: this.#given.nameOf(openStep) }, async () => {
      if (spare) return { ...spare.stored, source: spare.record.order }
      const done = await body(openStep)
      performed = done
      return this.#given.seal(done)
    })
    this.#given.journal.landed(openStep)
    this.#given.ledger.land(openStep, performed ? { ...record, outcome: performed.outcome, isSealed: false } : record)
    this.#given.onRecorded()
  }

  /** Answers every recorded step whose turn it is. */
  answerRecorded(): void {
    if (this.#isOver) return
    for (let next = this.#given.ledger.takeAnswer(isInternal); next; next = this.#given.ledger.takeAnswer(isInternal))
      this.#answerWith(next)
    clearTimeout(this.#blockedTimer)
    if (this.#given.ledger.isBlocked && !this.#changedCode.isChanged) {
      this.#blockedTimer = setTimeout(() => {
        if (this.#isOver) return
        for (const waiting of this.#given.ledger.takeBlocked()) this.#answerWith(waiting)
      }, blockedMs)
    }
  }

  #answerWith({ number, record }: { number: number; record: StepRecord }): void {
    if (record.isPlain || this.#performances.ranHere(number)) this.#answer(number, record.outcome)
    // The value was not plain data, so it is not kept: the closure gives it again.
    else
      this.#settle(
        this.perform(number, 1, this.#given.idempotencyKeyOf(record), () => {}).then(
          (performed) => performed !== 'lost' && this.#answer(number, performed.outcome),
        ),
      )
  }

  /** Has the closure of a step run in this runner. */
  perform(number: number, attempt: number, idempotencyKey: string, onCall: (call: CallInStep) => void): Promise<Performed | 'lost'> {
    if (this.#isOver) return Promise.resolve('lost')
    const performed = this.#performances.begin(number, onCall)
    this.#line?.send({ type: 'perform', number, attempt, idempotencyKey })
    return performed
  }

  async #sleep(number: number, ms: number): Promise<void> {
    const { run, ledger } = this.#given
    const fingerprint = String(ms)
    let record = ledger.takeForHost(sleepName, fingerprint)
    if (!record) {
      record = await run.record({ name: sleepName, fingerprint, occurrence: 0 }, async () => ({
        outcome: { ok: true, value: Date.now() + ms },
        isPlain: true,
        isSealed: false,
      }))
      ledger.keep(record)
    }
    const until = Math.min(Number(record.outcome.ok ? record.outcome.value : 0), latestTime)
    return this.#onStep(number, 'sleep', fingerprint, async (openStep) =>
      shownAttempt(this.#given, openStep, async () => {
        const waited = this.#given.idleness.waiting({ until: new Date(until), for: { type: 'time' } })
        for (let rest = until - Date.now(); rest > 0; rest = until - Date.now()) await this.#given.delay(Math.min(rest, maxTimerMs))
        waited()
        return { outcome: { ok: true, value: null }, isPlain: true, hasCalls: false }
      }),
    )
  }

  #answer(number: number, outcome: ChannelOutcome): void {
    this.#openRequests--
    if (!this.#isOver) this.#line?.send({ type: 'answer', number, outcome })
  }
}

function sleepMs(args: unknown): number | undefined {
  const ms = typeof args === 'object' && args !== null && 'ms' in args ? args.ms : undefined
  return typeof ms === 'number' && Number.isFinite(ms) && ms >= 0 ? ms : undefined
}
