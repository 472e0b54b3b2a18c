import { createHash } from 'node:crypto'
import { type RetryOptions, retryDelayMs, retryPolicy } from '@crosswalk/sdk'
import { retryLine } from '@crosswalk/sdk/retry'
import { isDoneInPart } from '@crosswalk/sdk/step-scope'
import type { CallInStep, ChannelOutcome, SessionMessage } from '../../protocol/channel.ts'
import { ProtocolViolation } from '../../protocol/frames.ts'
import { canonicalJson } from '../../protocol/json.ts'
import { QuotaExceeded, SessionQuota } from '../channel/quotas.ts'
import type { ExecutionJournal } from '../journal/execution-journal.ts'
import type { RunnerLoss, RunnerSession } from '../runners/runner-process.ts'
import type { Wait } from '../state/execution.ts'
import type { RequestContext } from '../state/requests.ts'
import { asThrown, codeChanged, quotaExceeded } from '../steps/step-errors.ts'
import type { Flight, StepLedger } from '../steps/step-ledger.ts'
import type { StepIdentity, StepOutcome, StepRecord } from '../steps/step-record.ts'
import { type CodeRequests, invalid } from './code-requests.ts'
import type { DurableRun } from './durable-run.ts'
import type { Idleness } from './idleness.ts'

/** How one stay of an execution in a runner ended. */
export type StayEnd =
  | { type: 'ended'; outcome: ChannelOutcome }
  | { type: 'lost'; loss: RunnerLoss; wasAlone: boolean }
  /** The code has nothing to do but wait. */
  | { type: 'idle'; wait: Wait }

/** What a step's closure came to, once. */
export type Performed = { outcome: ChannelOutcome; isPlain: boolean; hasCalls: boolean }

/** Recorded for the host alone: when a sleep ends. */
export const sleepName = 'sleep until'
const isInternal = (record: StepRecord) => record.name === sleepName
/** How long recorded steps wait behind one that the code does not ask for any more. */
const blockedMs = 1_000
/** How long changed code may be silent before what is recorded is taken not to fit it. */
const unfittingMs = 5_000
/** A sleep that has no end in sight ends here: later times are not written as others are. */
const latestTime = Date.UTC(9999, 11, 31)
/** Longest delay that a timer can hold. */
const longestTimerMs = 2 ** 31 - 1

/** A value that is longer, in characters, holds up its runner until it is recorded. */
const largeChars = 1024 * 1024

/** What the attachments of one execution share. */
export type AttachmentGiven = {
  run: DurableRun
  ledger: StepLedger
  journal: ExecutionJournal
  requests: CodeRequests
  context: RequestContext
  idleness: Idleness
  /** The code that asked for what is recorded. Null where that is not known. */
  codeVersion: string | null
  /** Has the closure of a step run, in whichever runner the execution is attached to then. */
  perform(flight: Flight, attempt: number): Promise<Performed>
  /** Waits; for ever, once the execution is stopped or over. */
  delay(ms: number): Promise<void>
  isStopping(): boolean
  /** The key that a step has whenever its closure runs. */
  idempotencyKeyOf(step: StepIdentity): string
  /** The name of a step as it is recorded. */
  nameOf(flight: Flight): string
  /** Makes what a step came to fit to be stored: sealed where it holds a secret. */
  seal(performed: Performed): Promise<StepOutcome>
  /** A step was recorded, maybe one that an earlier runner asked for: whichever is attached now may have answers to give. */
  onRecorded(): void
  /** A vendor asked the code to wait for so long. */
  onWaiting(ms: number): void
  /** The platform itself cannot go on. */
  onBroken(error: unknown): void
}

/** An execution in one runner: answers what its code asks, and records its steps. */
export class Attachment {
  readonly #given: AttachmentGiven
  readonly #end = Promise.withResolvers<StayEnd>()
  readonly #performing = new Map<number, PromiseWithResolvers<Performed | 'lost'> & { onCall(call: CallInStep): void }>()
  /** Steps whose closure ran in this runner, which so holds their value. */
  readonly #performedHere = new Set<number>()
  readonly #quota = new SessionQuota()
  /** Steps that are not recorded yet. */
  readonly #recording = new Map<number, Promise<void>>()
  #openRequests = 0
  #session: RunnerSession | undefined
  #isOver = false
  /** The code is not the one that asked for what is recorded: it does nothing new before it has asked for all of that. */
  #isCodeChanged = false
  #blockedTimer: NodeJS.Timeout | undefined
  #unfittingTimer: NodeJS.Timeout | undefined
  #probing: PromiseWithResolvers<boolean> | undefined
  /** New steps that wait for the recorded ones to be answered. */
  #heldBack = 0

  constructor(given: AttachmentGiven) {
    this.#given = given
  }

  /** Resolves when the author's code has ended, or its runner is lost. */
  get end(): Promise<StayEnd> {
    return this.#end.promise
  }

  bind(session: RunnerSession): void {
    this.#session = session
    const { codeVersion, ledger } = this.#given
    this.#isCodeChanged = codeVersion !== null && codeVersion !== session.runner.codeVersion && !ledger.isReplayed
    this.#watchFitting()
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

  /** Its code goes on where it cannot be ended alone; the runner takes nothing more, and goes when the others have ended. */
  #exceed(exceeded: QuotaExceeded): void {
    const error = quotaExceeded(exceeded)
    this.#session?.runner.retire()
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
    this.#watchFitting()
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
        const recording = this.#onStep(message.number, message.name, message.fingerprint, (flight) => this.#attempts(flight, message))
        this.#recording.set(message.number, recording)
        this.#settle(recording.finally(() => this.#recording.delete(message.number)))
        break
      }
      case 'started':
        break
      case 'call':
        this.#performing.get(message.number)?.onCall(message)
        break
      case 'performed': {
        const performing = this.#performing.get(message.number)
        if (!performing) throw new ProtocolViolation('A step was performed that nobody asked for.')
        this.#performing.delete(message.number)
        performing.resolve({ outcome: message.outcome, isPlain: message.isPlain, hasCalls: message.hasCalls })
        break
      }
      case 'ended':
        this.close()
        this.#end.resolve({ type: 'ended', outcome: (message.outcome.ok && this.#unfitting()) || message.outcome })
        break
    }
  }

  onLost(loss: RunnerLoss, wasAlone: boolean): void {
    this.close()
    for (const performing of this.#performing.values()) performing.resolve('lost')
    this.#end.resolve({ type: 'lost', loss, wasAlone })
  }

  /** Asks the runner whether the code is at rest: it has taken all its answers, and nothing of it that we know of goes on. */
  probe(): Promise<boolean> {
    if (this.#isOver || !this.#session) return Promise.resolve(false)
    this.#probing = Promise.withResolvers()
    this.#session.send({ type: 'probe' })
    return this.#probing.promise
  }

  /** Has the runner drop the code where it is, without a word to it: it goes on by replay later. */
  drop(): void {
    this.#session?.send({ type: 'drop' })
    this.close()
  }

  /** Takes no more from the runner, and sends it nothing. */
  close(): void {
    this.#isOver = true
    clearTimeout(this.#blockedTimer)
    clearTimeout(this.#unfittingTimer)
    this.#session?.close()
  }

  /** The failure of code that was changed and does not ask for a recorded step any more. */
  #unfitting(): ChannelOutcome | undefined {
    const record = this.#isCodeChanged ? this.#given.ledger.firstUnasked(isInternal) : undefined
    return record && { ok: false, error: codeChanged(record.name) }
  }

  /** Code that waits for its first new step, or for an answer that is not its turn, will not ask for the recorded one any more. */
  #watchFitting(): void {
    clearTimeout(this.#unfittingTimer)
    const { ledger } = this.#given
    if (!this.#isCodeChanged || ledger.isReplayed || this.#isOver) return
    this.#unfittingTimer = setTimeout(() => {
      const failure = this.#heldBack > 0 || ledger.isBlocked ? this.#unfitting() : undefined
      if (!failure) return this.#watchFitting()
      this.#session?.send({ type: 'abort', reason: 'cancelled' })
      this.close()
      this.#end.resolve({ type: 'ended', outcome: failure })
    }, unfittingMs)
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
    const handle = () => this.#given.requests.handle(asked, this.#given.delay)
    if (!asked.request.isRecorded || isInStep) return this.#answer(number, await handle())
    const fingerprint = createHash('sha1').update(canonicalJson(asked.args)).digest('base64url')
    return this.#onStep(number, name, fingerprint, async (flight) =>
      this.#shown(flight, async () => ({ outcome: await handle(), isPlain: true, hasCalls: false })),
    )
  }

  async #onStep(number: number, name: string, fingerprint: string, body: (flight: Flight) => Promise<Performed>): Promise<void> {
    const flight = this.#given.ledger.ask(number, name, fingerprint)
    if (!flight) return this.answerRecorded()
    if (this.#isCodeChanged && !this.#given.ledger.isReplayed) {
      this.#heldBack++
      this.answerRecorded()
      await this.#given.ledger.replayed
    }
    const spare = this.#given.ledger.takeSpare(name, fingerprint)
    let performed: Pick<Performed, 'outcome'> | undefined = spare?.record
    const record = await this.#given.run.record({ ...flight, name: this.#given.nameOf(flight) }, async () => {
      if (spare) return { ...spare.stored, source: spare.record.order }
      const done = await body(flight)
      performed = done
      return this.#given.seal(done)
    })
    this.#given.journal.landed(flight)
    this.#given.ledger.land(flight, performed ? { ...record, outcome: performed.outcome, isSealed: false } : record)
    this.#given.onRecorded()
  }

  /** Answers every recorded step whose turn it is. */
  answerRecorded(): void {
    if (this.#isOver) return
    for (let next = this.#given.ledger.takeAnswer(isInternal); next; next = this.#given.ledger.takeAnswer(isInternal))
      this.#answerWith(next)
    clearTimeout(this.#blockedTimer)
    if (this.#given.ledger.isBlocked && !this.#isCodeChanged) {
      this.#blockedTimer = setTimeout(() => {
        for (const waiting of this.#given.ledger.takeBlocked()) this.#answerWith(waiting)
      }, blockedMs)
    }
  }

  #answerWith({ number, record }: { number: number; record: StepRecord }): void {
    if (record.isPlain || this.#performedHere.has(number)) this.#answer(number, record.outcome)
    // The value was not plain data, so it is not kept: the closure gives it again.
    else
      this.#settle(
        this.perform(number, 1, this.#given.idempotencyKeyOf(record), () => {}).then(
          (performed) => performed !== 'lost' && this.#answer(number, performed.outcome),
        ),
      )
  }

  /** Does a step until it succeeds, or its attempts are used up. */
  async #attempts(flight: Flight, { retry, args }: { retry?: RetryOptions | undefined; args?: unknown }): Promise<Performed> {
    const policy = retryPolicy(retry)
    for (let attempt = 1; ; attempt++) {
      const performed = await this.#shown(flight, () => this.#given.perform(flight, attempt), args)
      if (performed.outcome.ok) return performed
      const { error } = performed.outcome
      const delayMs = isDoneInPart(policy, performed) ? undefined : retryDelayMs(asThrown(error), attempt, policy, Math.random)
      if (delayMs === undefined || this.#given.isStopping()) return performed
      const line = retryLine(flight.name, attempt, policy.maxAttempts, delayMs, error.message)
      this.#given.journal.platformLine('warn', line, { attempt, max_attempts: policy.maxAttempts, delay_ms: delayMs })
      await this.#given.delay(delayMs)
    }
  }

  /** Has the closure of a step run in this runner. */
  perform(number: number, attempt: number, idempotencyKey: string, onCall: (call: CallInStep) => void): Promise<Performed | 'lost'> {
    if (this.#isOver) return Promise.resolve('lost')
    const performing = { ...Promise.withResolvers<Performed | 'lost'>(), onCall }
    this.#performing.set(number, performing)
    this.#performedHere.add(number)
    this.#session?.send({ type: 'perform', number, attempt, idempotencyKey })
    return performing.promise
  }

  async #shown(flight: Flight, work: () => Promise<Performed>, args?: unknown): Promise<Performed> {
    const step = this.#given.journal.step(flight, this.#given.idempotencyKeyOf(flight), args)
    const performed = await work()
    step.end(performed.outcome)
    return performed
  }

  async #sleep(number: number, ms: number): Promise<void> {
    const { run, ledger } = this.#given
    const fingerprint = String(ms)
    let record = ledger.takeInternal(sleepName, fingerprint)
    if (!record) {
      record = await run.record({ name: sleepName, fingerprint, occurrence: 0 }, async () => ({
        outcome: { ok: true, value: Date.now() + ms },
        isPlain: true,
        isSealed: false,
      }))
      ledger.keep(record)
    }
    const until = Math.min(Number(record.outcome.ok ? record.outcome.value : 0), latestTime)
    return this.#onStep(number, 'sleep', fingerprint, async (flight) =>
      this.#shown(flight, async () => {
        const waited = this.#given.idleness.waiting({ until: new Date(until), for: { type: 'time' } })
        for (let rest = until - Date.now(); rest > 0; rest = until - Date.now()) await this.#given.delay(Math.min(rest, longestTimerMs))
        waited()
        return { outcome: { ok: true, value: null }, isPlain: true, hasCalls: false }
      }),
    )
  }

  #answer(number: number, outcome: ChannelOutcome): void {
    this.#openRequests--
    if (!this.#isOver) this.#session?.send({ type: 'answer', number, outcome })
  }
}

function sleepMs(args: unknown): number | undefined {
  const ms = typeof args === 'object' && args !== null && 'ms' in args ? args.ms : undefined
  return typeof ms === 'number' && Number.isFinite(ms) && ms >= 0 ? ms : undefined
}
