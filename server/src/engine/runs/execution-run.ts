import { Mask } from '@crosswalk/sdk/masking'
import type { Logger } from 'pino'
import { type Database, inScope, inScopeAtOnce, type Transaction } from '../../platform/database/database.ts'
import { outlastOutages } from '../../platform/database/outages.ts'
import type { RunOrder } from '../../protocol/channel.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { storable } from '../../protocol/storable.ts'
import { withGuidance } from '../failures/failure-guidance.ts'
import { type EarlierJournal, ExecutionJournal, type JournalRest } from '../journal/execution-journal.ts'
import { countLogLines } from '../journal/journal.queries.ts'
import type { Journal } from '../journal/journal.ts'
import { ExecutionProgress } from '../journal/progress.ts'
import { listShownSteps } from '../journal/shown-steps.queries.ts'
import { stepsBefore } from '../journal/steps-before.ts'
import type { RunnerPool } from '../runners/runner-pool.ts'
import type { RunnerLine, SessionListener } from '../runners/runner-process.ts'
import { type Claim, heldBy } from '../state/claiming.queries.ts'
import { endHeld } from '../state/ending.ts'
import type { Wait } from '../state/execution.ts'
import type { Execution } from '../state/executions.ts'
import { failed, outcomeOf, platformFailure, stoppedOutcome, storableError, type TimeLimit } from '../state/outcomes.ts'
import type { BatchPauses } from '../state/pauses.ts'
import { type EndHandler, type HostRequest, nothingSeen, type Outcome, type RequestContext } from '../state/requests.ts'
import { letGo } from '../state/waiting.ts'
import { openRecord, type Sealer, sealOutcome } from '../steps/sealed-outcomes.ts'
import { type OpenStep, type SpareRecord, StepLedger } from '../steps/step-ledger.ts'
import { idempotencyKeyOf, markOfName } from '../steps/step-record.ts'
import { sleepName } from './changed-code.ts'
import { CodeRequests } from './code-requests.ts'
import { type DurableRun, openRun, TakenOver } from './durable-run.ts'
import { keepEffectiveParameters } from './effective-parameters.ts'
import { Idleness } from './idleness.ts'
import { lossErrors } from './loss-errors.ts'
import { type Performed, RunnerSession, type StayEnd } from './runner-session.ts'
import { TimeLimits } from './time-limits.ts'

/** Of what code says about how far it is. */
const maxProgressChars = 500

/** An execution that this worker holds. */
export type HeldExecution = {
  execution: Execution
  claim: Claim
  claimedAt: Date
  isResumed: boolean
  /** It has waited, and what it waited for has come. */
  isWoken: boolean
  /** The execution that it continues from. */
  retryOf: string | null
  /** The code that asked for what is recorded. */
  codeVersion: string | null
  organization: RunOrder['organization']
}

export type RunGiven = {
  db: Database
  pool: RunnerPool
  journal: Journal
  logger: Logger
  requests: ReadonlyMap<string, HostRequest>
  endHandlers: readonly EndHandler[]
  pauses: BatchPauses
  sealer: Sealer
  /** The secrets that an execution has read before, or one that it continues from: what they recorded may hold them. */
  knownSecrets?(executionId: string): Promise<readonly string[]>
  /** How long author code may continue after it was told to stop. */
  graceMs: number
  /** Waits that are at least this long hold no place. */
  minWaitMs: number
  /** True once the worker is stopping: what is interrupted then is handed back, not failed. */
  isClosing(): boolean
  /** Calls back when someone cancels the execution, until the returned function is called. */
  onCancel(executionId: string, listener: () => void): () => void
}

/**
 * Runs an execution that this worker holds to its end, whatever happens to its runners, and writes that end; or to where its code only
 * waits, and lets it go. Unless others continue it.
 *
 * @throws what the database refused every end with
 */
export async function runExecution(given: RunGiven, held: HeldExecution): Promise<void> {
  const run = await prepare(given, held).catch((error: unknown) => {
    if (given.isClosing() || error instanceof TakenOver) return undefined
    given.logger.error({ err: error, executionId: held.execution.id }, 'the platform could not begin an execution')
    return endAsBroken(given, held).then(() => undefined)
  })
  if (!run) return
  const outcome = await run.outcome().catch((error: unknown): Outcome | undefined => {
    if (given.isClosing() || error instanceof TakenOver) return undefined
    given.logger.error({ err: error, executionId: held.execution.id }, 'the platform could not continue with an execution')
    return failed(platformFailure)
  })
  if (!outcome) return
  const write = async () => {
    if (outcome.status !== 'waiting') return run.end(outcome)
    // Somebody wanted it cancelled just now; or another worker has it, and nothing is written.
    if (!(await run.letGo(outcome.wait))) await run.end(stoppedOutcome('cancelled', held.execution))
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

/** Reads what an earlier run left. */
async function prepare(given: RunGiven, held: HeldExecution): Promise<ExecutionRun> {
  const { db, sealer } = given
  const stored = await openRun(given, held)
  const recorded = await Promise.all(stored.recorded.map((record) => openRecord(sealer, record)))
  const spare = await Promise.all(stored.spare.map(async (record) => ({ stored: record, record: await openRecord(sealer, record) })))
  const run = { ...stored, recorded }
  const shown = recorded.filter((record) => record.name !== sleepName)
  const mask = new Mask()
  const hasPast = held.isResumed || held.retryOf !== null
  for (const secret of hasPast ? ((await outlastOutages(async () => given.knownSecrets?.(held.execution.id))) ?? []) : []) mask.add(secret)
  if (!held.isResumed)
    return new ExecutionRun(given, run, held, spare, mask, { fromAuthor: 0, next: 0, nextPosition: shown.length, steps: [] })
  const [lines, rows] = await Promise.all([
    outlastOutages(() => countLogLines(db, held.execution.id)),
    outlastOutages(() => listShownSteps(db, held.execution.id)),
  ])
  const ownRecords = recorded.slice(run.inherited).filter((record) => record.name !== sleepName && record.source === undefined)
  const before = stepsBefore(rows, ownRecords, (record) => idempotencyKeyOf(held.execution.id, record))
  const { executionId, claim } = held.claim
  for (const line of before.unshown) given.journal.addStep({ ...line, executionId, claim })
  const nextPosition = Math.max(before.nextPosition, shown.length)
  return new ExecutionRun(given, run, held, spare, mask, { ...lines, nextPosition, steps: before.open })
}

/** What a wait is, in the log. */
function waitLine({ until, for: { type } }: Wait): JsonObject {
  return { until: until === null ? null : until.toISOString(), for: type }
}

class ExecutionRun {
  readonly #given: RunGiven
  readonly #run: DurableRun
  readonly #held: HeldExecution
  readonly #ledger: StepLedger
  readonly #journal: ExecutionJournal
  readonly #mask: Mask
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
  #parametersKept: Promise<void> | undefined
  #runnerSession: RunnerSession | undefined
  #limits: TimeLimits | undefined
  /** The lines and steps that are written together with the end, also when that has to be tried again. */
  #rest: JournalRest | undefined
  readonly #progress: ExecutionProgress
  readonly #context: RequestContext
  readonly #requests: CodeRequests
  /** Something of an earlier run is there to be seen. */
  readonly #hasPast: boolean

  constructor(given: RunGiven, run: DurableRun, held: HeldExecution, spare: readonly SpareRecord[], mask: Mask, earlier: EarlierJournal) {
    this.#given = given
    this.#mask = mask
    this.#run = run
    this.#held = held
    this.#ledger = new StepLedger(run.recorded, spare)
    this.#journal = new ExecutionJournal(given.journal, held.claim, this.#mask, earlier)
    this.#progress = new ExecutionProgress(given, held.claim)
    this.#context = this.#contextOf(given, held)
    this.#requests = new CodeRequests(given.requests, this.#context)
    this.#idleness = new Idleness({
      minWaitMs: given.minWaitMs,
      probe: () => this.#runnerSession?.probe() ?? Promise.resolve(false),
      isBlocked: () => this.#ledger.isBlocked,
      onIdle: (wait) => this.#idle.resolve({ type: 'idle', wait }),
    })
    // Somebody waits for the answer of the other kinds.
    if (held.execution.kind !== 'workflow') this.#idleness.close()
    this.#hasPast = held.isResumed && earlier.next + earlier.nextPosition > 0
    // Heard by the stay that is under way; after the last there is nobody to tell.
    this.#broken.promise.catch(() => {})
  }

  /** How it ended, or what it waits for. Undefined where the worker is stopping. */
  async outcome(): Promise<Outcome | { status: 'waiting'; wait: Wait } | undefined> {
    const { execution, retryOf } = this.#held
    if (this.#held.isWoken) this.#journal.platformLine('info', 'The execution continues after its wait.')
    else if (this.#hasPast) this.#journal.platformLine('info', 'The execution continues after its worker was lost.')
    else if (retryOf !== null) {
      const recordedSteps = this.#run.recorded.length
      const isBegun = recordedSteps + this.#run.spare.length > 0
      this.#journal.platformLine(
        'info',
        isBegun
          ? 'The execution continues from the failed step of an earlier one, whose steps before it are not done again.'
          : 'The execution begins from its start: nothing is recorded of the earlier one that it could continue from.',
        { retry_of: retryOf, recorded_steps: recordedSteps },
      )
    }
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
        if (end.type === 'idle') return { status: 'waiting', wait: end.wait }
        if (end.type === 'ended') return outcomeOf(end.outcome)
        if (end.loss === 'retired') return undefined
        // Who was alone with a runner that hung or filled its heap is the cause; others may have been its victims, once.
        if (losses > 0 || (end.wasAlone && end.loss !== 'crashed')) return failed(lossErrors[end.loss])
        this.#journal.platformLine('warn', 'The process that ran this execution was lost, and it continues in another.', {
          cause: end.loss,
        })
        this.#journal.restart()
      }
    } finally {
      limits.clear()
      this.#idleness.close()
      unlisten()
      this.#over.resolve()
      this.#abort.abort()
    }
  }

  /** One stay in one runner. When the execution is stopped, its code gets the grace to end by itself. */
  async #stay(isIsolated: boolean): Promise<StayEnd> {
    const { execution, organization } = this.#held
    const runnerSession = new RunnerSession({
      run: this.#run,
      ledger: this.#ledger,
      journal: this.#journal,
      requests: this.#requests,
      context: this.#context,
      idleness: this.#idleness,
      codeVersion: this.#held.codeVersion,
      perform: (openStep, attempt) => this.#perform(openStep, attempt),
      delay: (ms) => this.#delay(ms),
      isStopping: () => this.#stopReason !== undefined,
      onRecorded: () => this.#runnerSession?.answerRecorded(),
      onStarted: (parameters) => this.#started(parameters),
      onWaiting: (ms) => this.#limits?.putOff(ms),
      onBroken: (error) => this.#broken.reject(error),
      idempotencyKeyOf: (step) => idempotencyKeyOf(execution.id, step),
      nameOf: ({ name }) => (storable(name) === name && !this.#mask.isIn(name) ? name : markOfName(name)),
      seal: (performed) => sealOutcome(this.#given.sealer, this.#mask, performed),
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
      mask: this.#mask,
      onLost: (loss, wasAlone) => {
        this.#ledger.restart()
        runnerSession.onLost(loss, wasAlone)
      },
    }
    const session = await this.#open(order, listener, isIsolated)
    if (!session) {
      runnerSession.close()
      return { type: 'ended', outcome: { ok: true, value: null } }
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
          resolve({ type: 'ended', outcome: { ok: true, value: null } })
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
    const idempotencyKey = idempotencyKeyOf(this.#held.execution.id, openStep)
    for (;;) {
      const asked = openStep.asked.promise
      const number = await asked
      const performed = await this.#runnerSession?.perform(number, attempt, idempotencyKey, (call) => this.#journal.call(openStep, call))
      if (performed && performed !== 'lost') return performed
      // Of a lost runner it is asked for again. Otherwise its code ended without waiting for it, and nobody asks any more.
      if (openStep.asked.promise === asked) return new Promise(() => {})
      await openStep.asked.promise
      this.#journal.cutOff(openStep)
    }
  }

  /** The first time that its code says so here. */
  #started(parameters: JsonObject): void {
    this.#parametersKept ??= keepEffectiveParameters(
      this.#given,
      { claim: this.#held.claim, mask: this.#mask, given: this.#held.execution.input.parameters },
      parameters,
    )
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
    return {
      // What an execution changes of ours it changes only while it is in this worker's hands.
      db: { ...db, fence: heldBy(claim) },
      logger,
      execution,
      seen: this.#seen,
      mask: (value) => this.#mask.add(value),
      holdsSecret: (value) => this.#mask.isSurelyIn(value),
      withoutSecrets: (value) => this.#mask.data(value),
      signal: this.#abort.signal,
      restMs: () => this.#limits?.restMs ?? execution.timeoutMs,
      progress: (done, total, message) => {
        // Masked before it is cut: a secret that is cut in two is not known again.
        const told = this.#mask.data({ done, total: total ?? null, message: message === undefined ? null : String(message) })
        this.#progress.tell({ ...told, message: told.message?.slice(0, maxProgressChars).toWellFormed() ?? null })
      },
    }
  }

  /** Writes the rest of the lines, and lets it go. False where it cannot wait, because somebody wants it cancelled or another worker has it. */
  async letGo(wait: Wait): Promise<boolean> {
    if (!this.#rest) this.#journal.platformLine('info', 'The execution waits, and holds no place until it continues.', waitLine(wait))
    this.#rest ??= await this.#journal.takeRest()
    await this.#parametersKept
    const { write: writeRest } = this.#rest
    const progress = this.#progress.take()
    return inScope(this.#given.db, 'allOrganizations', async (transaction) => {
      const [, isGone] = await Promise.all([
        writeRest(transaction),
        letGo(transaction, this.#given.pauses, this.#held.claim, wait, progress),
      ])
      return isGone
    })
  }

  /** Writes the rest of the lines, the end, and what the kind's slice does with it, in one transaction. */
  async end(raw: Outcome): Promise<void> {
    const { db, endHandlers, logger } = this.#given
    const { execution, claim } = this.#held
    const error = raw.status === 'failed' && raw.error !== null ? await withGuidance({ db, logger }, execution, raw.error) : raw.error
    const outcome: Outcome = {
      status: raw.status,
      result: this.#mask.data(raw.result),
      error: error === null ? null : storableError(this.#mask.data(error)),
    }
    this.#rest ??= await this.#journal.takeRest()
    await this.#parametersKept
    const { write: writeRest, hasOpenSteps } = this.#rest
    const progress = this.#progress.take()
    const ending = { execution: progress ? { ...execution, progress } : execution, claim, progress }
    const write = async (transaction: Transaction) => {
      const [, isEnded] = await Promise.all([
        writeRest(transaction),
        // An earlier worker may have left some too.
        endHeld(transaction, endHandlers, ending, outcome, hasOpenSteps || this.#held.isResumed),
      ])
      if (!isEnded) logger.warn({ executionId: execution.id }, 'an execution was taken over by another worker; its end here is dropped')
    }
    // Without a handler nothing depends on an answer.
    const transact = endHandlers.some((handler) => handler.kind === execution.kind) ? inScope : inScopeAtOnce
    await transact(db, 'allOrganizations', write, 'kept')
  }
}
