import { inScope } from '../../platform/database/database.ts'
import { outlastOutages } from '../../platform/database/outages.ts'
import type { RunOrder } from '../../protocol/channel.ts'
import { kinds } from '../../protocol/kinds.ts'
import { storable } from '../../protocol/storable.ts'
import { ExecutionProgress } from '../journal/progress.ts'
import type { RunnerLine } from '../runners/runner-process.ts'
import type { SessionListener } from '../runners/session-listener.ts'
import { heldBy } from '../state/claiming.queries.ts'
import { endHeld } from '../state/ending.ts'
import type { Wait } from '../state/execution.ts'
import { failed, outcomeOf, platformFailure, stoppedOutcome, type TimeLimit } from '../state/outcomes.ts'
import { nothingSeen, type Outcome, type RequestContext } from '../state/requests.ts'
import { sealOutcome } from '../steps/sealed-outcomes.ts'
import type { OpenStep } from '../steps/step-ledger.ts'
import { idempotencyKeyOf, markOfName } from '../steps/step-record.ts'
import { CodeRequests } from './code-requests.ts'
import { TakenOver } from './durable-run.ts'
import type { HeldExecution, RunGiven } from './held-execution.ts'
import { Idleness } from './idleness.ts'
import { lossErrors } from './loss-errors.ts'
import { type PreparedRun, prepareRun } from './prepared-run.ts'
import { RunEnding } from './run-ending.ts'
import { RunnerSession } from './runner-session.ts'
import type { Performed, StayEnd } from './runner-session-given.ts'
import { TimeLimits } from './time-limits.ts'

/** Made once: with no reason given, each end of an execution would make one with its stack. */
const isOver = new DOMException('The execution is over.', 'AbortError')
/** Of what code says about how far it is. */
const maxProgressChars = 500

/**
 * Runs an execution that this worker holds to its end, whatever happens to its runners, and writes that end; or to where its code only
 * waits, and lets it go. Unless others continue it.
 *
 * @throws what the database refused every end with
 */
export async function runExecution(given: RunGiven, held: HeldExecution): Promise<void> {
  const prepared = await prepareRun(given, held).catch((error: unknown) => {
    if (given.isClosing() || error instanceof TakenOver) return undefined
    given.logger.error({ err: error, executionId: held.execution.id }, 'the platform could not begin an execution')
    return endAsBroken(given, held).then(() => undefined)
  })
  if (!prepared) return
  const run = new ExecutionRun(given, held, prepared)
  const outcome = await run.outcome().catch((error: unknown): Outcome | undefined => {
    if (given.isClosing() || error instanceof TakenOver) return undefined
    given.logger.error({ err: error, executionId: held.execution.id }, 'the platform could not continue with an execution')
    return failed(platformFailure)
  })
  if (!outcome) return
  const write = async () => {
    if (outcome.status !== 'waiting') return run.ending.end(outcome)
    // Somebody wanted it cancelled just now; or another worker has it, and nothing is written.
    if (!(await run.ending.letGo(outcome.wait))) await run.ending.end(stoppedOutcome('cancelled', held.execution))
  }
  await outlastOutages(write).catch((error: unknown) => {
    given.logger.error({ err: error, executionId: held.execution.id }, 'the end of an execution was refused, and is written as a failure')
    return endAsBroken(given, held)
  })
}

function endAsBroken(given: RunGiven, held: HeldExecution): Promise<void> {
  return outlastOutages(() =>
    inScope(given.db, 'allOrganizations', async (transaction) => {
      await endHeld(transaction, given.endHandlers, held, failed(platformFailure))
    }),
  )
}

class ExecutionRun {
  readonly #given: RunGiven
  readonly #held: HeldExecution
  readonly #prepared: PreparedRun
  readonly ending: RunEnding
  readonly #seen = nothingSeen()
  /** Rejects when the platform itself cannot continue with it, for instance because a step cannot be recorded. */
  readonly #broken = Promise.withResolvers<never>()
  readonly #stopped = Promise.withResolvers<TimeLimit | 'cancelled'>()
  readonly #idle = Promise.withResolvers<StayEnd>()
  readonly #idleness: Idleness
  /** Aborted when what it asked for is of no use any more. */
  readonly #abort = new AbortController()
  /** Resolves when there is nothing more to wait for. */
  readonly #over = Promise.withResolvers<void>()
  #stopReason: TimeLimit | 'cancelled' | undefined
  #runnerSession: RunnerSession | undefined
  #limits: TimeLimits | undefined
  readonly #progress: ExecutionProgress
  readonly #context: RequestContext
  readonly #requests: CodeRequests

  constructor(given: RunGiven, held: HeldExecution, prepared: PreparedRun) {
    const { ledger, journal, mask } = prepared
    this.#given = given
    this.#held = held
    this.#prepared = prepared
    this.#progress = new ExecutionProgress(given, held.claim)
    this.ending = new RunEnding(given, held, { journal, progress: this.#progress, mask })
    this.#context = this.#contextOf(given, held)
    this.#requests = new CodeRequests(given.requests, this.#context)
    this.#idleness = new Idleness({
      minWaitMs: given.minWaitMs,
      probe: () => this.#runnerSession?.probe() ?? Promise.resolve(false),
      isBlocked: () => ledger.isBlocked,
      onIdle: (wait) => this.#idle.resolve({ type: 'idle', wait }),
    })
    if (!kinds[held.execution.kind].mayLetGo) this.#idleness.close()
    // Heard by the stay that is under way; after the last there is nobody to tell.
    this.#broken.promise.catch(() => {})
  }

  /** How it ended, or what it waits for. Undefined where the worker is stopping. */
  async outcome(): Promise<Outcome | { status: 'waiting'; wait: Wait } | undefined> {
    const { execution } = this.#held
    this.#sayWhyItContinues()
    const limits = new TimeLimits(execution, this.#held.claimedAt, (limit) => this.#stop(limit))
    this.#limits = limits
    const unlisten = this.#given.onCancel(execution.id, () => this.#stop('cancelled'))
    if (execution.status === 'cancelling') this.#stop('cancelled')
    try {
      // Its time was over before it came here.
      if (this.#stopReason) return stoppedOutcome(this.#stopReason, execution)
      for (let losses = 0; ; losses++) {
        const end = await this.#stay(losses > 0)
        if (this.#stopReason) return stoppedOutcome(this.#stopReason, execution)
        if (end.type === 'stopped') throw new Error('A run ended as stopped, and nothing had stopped it.')
        if (end.type === 'idle') return { status: 'waiting', wait: end.wait }
        if (end.type === 'ended') return outcomeOf(end.outcome)
        if (end.loss === 'retired') return undefined
        // Who was alone with a runner that hung or filled its heap is the cause; others may have been its victims, once.
        if (losses > 0 || (end.wasAlone && end.loss !== 'crashed')) return failed(lossErrors[end.loss])
        this.#prepared.journal.platformLine('warn', 'The process that ran this execution was lost, and it continues in another.', {
          cause: end.loss,
        })
        this.#prepared.journal.restart()
      }
    } finally {
      limits.clear()
      this.#idleness.close()
      unlisten()
      this.#over.resolve()
      this.#abort.abort(isOver)
    }
  }

  #sayWhyItContinues(): void {
    const { run, journal, hasPast } = this.#prepared
    const { isWoken, retryOf } = this.#held
    if (isWoken) journal.platformLine('info', 'The execution continues after its wait.')
    else if (hasPast) journal.platformLine('info', 'The execution continues after its worker was lost.')
    else if (retryOf !== null) {
      const recordedSteps = run.recorded.length
      const isBegun = recordedSteps + run.spare.length > 0
      journal.platformLine(
        'info',
        isBegun
          ? 'The execution continues from the failed step of an earlier one, whose steps before it are not done again.'
          : 'The execution begins from its start: nothing is recorded of the earlier one that it could continue from.',
        { retry_of: retryOf, recorded_steps: recordedSteps },
      )
    }
  }

  /** One stay in one runner. When the execution is stopped, its code gets the grace to end by itself. */
  async #stay(isIsolated: boolean): Promise<StayEnd> {
    const { execution, organization } = this.#held
    const { run, ledger, journal, mask } = this.#prepared
    const runnerSession = new RunnerSession({
      run,
      ledger,
      journal,
      requests: this.#requests,
      context: this.#context,
      idleness: this.#idleness,
      codeVersion: this.#held.codeVersion,
      perform: (openStep, attempt) => this.#perform(openStep, attempt),
      delay: (ms) => this.#delay(ms),
      isStopping: () => this.#stopReason !== undefined,
      onRecorded: () => this.#runnerSession?.answerRecorded(),
      onStarted: (parameters) => this.ending.keepParameters(parameters),
      onWaiting: (ms) => this.#limits?.putOff(ms),
      onWaitAsked: () => this.ending.expectWaits(),
      onBroken: (error) => this.#broken.reject(error),
      idempotencyKeyOf: (step) => idempotencyKeyOf(execution.id, step),
      nameOf: ({ name }) => (storable(name) === name && !mask.isIn(name) ? name : markOfName(name)),
      seal: (performed) => sealOutcome(this.#given.sealer, mask, performed),
    })
    this.#runnerSession = runnerSession
    const order: RunOrder = {
      kind: execution.kind,
      name: execution.name,
      executionId: execution.id,
      organization,
      caller: execution.caller,
      input: execution.input,
    }
    const listener: SessionListener = {
      onMessage: (message, chars) => runnerSession.onMessage(message, chars),
      mask,
      onLost: (loss, wasAlone) => {
        ledger.restart()
        runnerSession.onLost(loss, wasAlone)
      },
    }
    const session = await this.#open(order, listener, isIsolated)
    if (!session) {
      runnerSession.close()
      return { type: 'stopped' }
    }
    runnerSession.bind(session)
    const stopped = this.#stopped.promise.then(async (reason): Promise<StayEnd> => {
      session.send({ type: 'abort', reason: reason === 'cancelled' ? reason : 'timeout' })
      let timer: NodeJS.Timeout | undefined
      const grace = new Promise<StayEnd>((resolve) => {
        timer = setTimeout(() => {
          // Code that does not listen cannot be ended alone: its runner takes nothing more, and goes when the others have ended.
          session.runner.retire()
          runnerSession.close()
          resolve({ type: 'stopped' })
        }, this.#given.graceMs)
      })
      return Promise.race([runnerSession.end, grace]).finally(() => clearTimeout(timer))
    })
    const idle = this.#idle.promise.then((end) => {
      // Told to stop at the same moment: then it has its grace.
      if (this.#stopReason) return stopped
      runnerSession.drop()
      return end
    })
    return Promise.race([runnerSession.end, stopped, idle, this.#broken.promise]).catch((error: unknown) => {
      runnerSession.close()
      throw error
    })
  }

  /** Undefined where it was stopped before there was a runner with room: its code does not begin. */
  #open(order: RunOrder, listener: SessionListener, isIsolated: boolean): Promise<RunnerLine | undefined> {
    const isWanted = () => this.#stopReason === undefined
    const opening = this.#given.pool.open(order, listener, isIsolated, isWanted)
    return Promise.race([opening, this.#stopped.promise.then(() => undefined)])
  }

  async #perform(openStep: OpenStep, attempt: number): Promise<Performed> {
    const { journal } = this.#prepared
    const idempotencyKey = idempotencyKeyOf(this.#held.execution.id, openStep)
    for (;;) {
      const asked = openStep.asked.promise
      const number = await asked
      const performed = await this.#runnerSession?.perform(number, attempt, idempotencyKey, (call) => journal.call(openStep, call))
      if (performed && performed !== 'lost') return performed
      // Of a lost runner it is asked for again. Otherwise its code ended without waiting for it, and nobody asks any more.
      if (openStep.asked.promise === asked) return new Promise(() => {})
      await openStep.asked.promise
      journal.cutOff(openStep)
    }
  }

  #stop(reason: TimeLimit | 'cancelled'): void {
    this.#idleness.close()
    this.#stopReason ??= reason
    this.#stopped.resolve(reason)
    this.#abort.abort()
  }

  /** Resolves after that time. Once the execution is stopped or over there is nothing to continue, so then it does not resolve. */
  #delay(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      void Promise.race([this.#stopped.promise, this.#over.promise]).then(() => clearTimeout(timer))
    })
  }

  #contextOf({ db, logger }: RunGiven, { execution, claim }: HeldExecution): RequestContext {
    const { mask } = this.#prepared
    return {
      // What an execution changes of ours it changes only while it is in this worker's hands.
      db: { ...db, fence: heldBy(claim) },
      logger,
      execution,
      seen: this.#seen,
      mask: (value) => mask.add(value),
      holdsSecret: (value) => mask.isSurelyIn(value),
      mayHoldSecret: (json) => mask.mayBeInJson(json),
      withoutSecrets: (value) => mask.data(value),
      signal: this.#abort.signal,
      restMs: () => this.#limits?.restMs ?? execution.timeoutMs,
      progress: (done, total, message) => {
        // Masked before it is cut: a secret that is cut in two is not known again.
        const told = mask.data({ done, total: total ?? null, message: message === undefined ? null : String(message) })
        this.#progress.tell({ ...told, message: told.message?.slice(0, maxProgressChars).toWellFormed() ?? null })
      },
    }
  }
}
