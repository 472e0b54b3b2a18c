import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import { type Database, inScope, inScopeAtOnce, type Transaction } from '../../platform/database/database.ts'
import { outlastOutages } from '../../platform/database/outages.ts'
import { storable } from '../../platform/database/storable.ts'
import type { RunOrder } from '../../protocol/channel.ts'
import { withGuidance } from '../failures/failure-guidance.ts'
import { type Claim, countLogLines, heldBy } from '../host.queries.ts'
import { ExecutionJournal, type JournalRest } from '../journal/execution-journal.ts'
import type { Journal } from '../journal/journal.ts'
import { Mask } from '../journal/masking.ts'
import { ToldProgress } from '../journal/progress.ts'
import type { RunnerPool } from '../runners/runner-pool.ts'
import { endHeld } from '../state/ending.ts'
import type { Execution } from '../state/executions.ts'
import type { EndHandler, HostRequest, Outcome, RequestContext } from '../state/requests.ts'
import { openRecord, type Sealer, sealOutcome } from '../steps/sealed-outcomes.ts'
import { type Flight, type SpareRecord, StepLedger } from '../steps/step-ledger.ts'
import { markOfName, type StepIdentity } from '../steps/step-record.ts'
import { type DurableRun, openRun, TakenOver } from './durable-run.ts'
import { failed, lossErrors, outcomeOf, platformFailure, stoppedOutcome, storableError } from './outcomes.ts'
import { Attachment, type Performed, type StayEnd } from './runner-session.ts'

/** An execution that this worker holds. */
export type HeldExecution = {
  execution: Execution
  claim: Claim
  isResumed: boolean
  /** The execution that it goes on from. */
  retryOf: string | null
  /** The code that asked for what is recorded. */
  codeVersion: string | null
  organization: RunOrder['organization']
}

export type ConductorGiven = {
  db: Database
  pool: RunnerPool
  journal: Journal
  logger: Logger
  requests: ReadonlyMap<string, HostRequest>
  endHandlers: readonly EndHandler[]
  sealer: Sealer
  /** How long author code may go on after it was told to stop. */
  graceMs: number
  /** True once the worker is stopping: what is interrupted then is handed back, not failed. */
  isClosing(): boolean
  /** Calls back when someone cancels the execution, until the returned function is called. */
  onCancel(executionId: string, listener: () => void): () => void
}

/**
 * Runs an execution that this worker holds to its end, whatever happens to its runners, and writes that end: unless others go on with it.
 *
 * @throws what the database refused every end with
 */
export async function conduct(given: ConductorGiven, held: HeldExecution): Promise<void> {
  const conduction = await prepare(given, held).catch((error: unknown) => {
    if (given.isClosing() || error instanceof TakenOver) return undefined
    given.logger.error({ err: error, executionId: held.execution.id }, 'the platform could not begin an execution')
    return endAsBroken(given, held).then(() => undefined)
  })
  if (!conduction) return
  const outcome = await conduction.outcome().catch((error: unknown): Outcome | undefined => {
    if (given.isClosing() || error instanceof TakenOver) return undefined
    given.logger.error({ err: error, executionId: held.execution.id }, 'the platform could not go on with an execution')
    return failed(platformFailure)
  })
  if (!outcome) return
  await outlastOutages(() => conduction.end(outcome)).catch((error: unknown) => {
    given.logger.error({ err: error, executionId: held.execution.id }, 'the end of an execution was refused, and is written as a failure')
    return endAsBroken(given, held)
  })
}

function endAsBroken(given: ConductorGiven, held: HeldExecution): Promise<void> {
  return outlastOutages(() =>
    inScope(given.db, 'allOrganizations', async (transaction) => {
      await endHeld(transaction, given.endHandlers, held, failed(platformFailure))
    }),
  )
}

/** Reads what an earlier run left. */
async function prepare(given: ConductorGiven, held: HeldExecution): Promise<Conduction> {
  const { db, sealer } = given
  const stored = await openRun(given, held)
  const recorded = await Promise.all(stored.recorded.map((record) => openRecord(sealer, record)))
  const spare = await Promise.all(stored.spare.map(async (record) => ({ stored: record, record: await openRecord(sealer, record) })))
  const lines = held.isResumed ? await outlastOutages(() => countLogLines(db, held.execution.id)) : { fromAuthor: 0, next: 0 }
  return new Conduction(given, { ...stored, recorded }, held, spare, { ...lines, steps: recorded.length })
}

class Conduction {
  readonly #given: ConductorGiven
  readonly #run: DurableRun
  readonly #held: HeldExecution
  readonly #ledger: StepLedger
  readonly #journal: ExecutionJournal
  readonly #mask = new Mask()
  /** Rejects when the platform itself cannot go on with it, for instance because a step cannot be recorded. */
  readonly #broken = Promise.withResolvers<never>()
  readonly #stopped = Promise.withResolvers<'timeout' | 'cancelled'>()
  /** Resolves when there is nothing more to wait for. */
  readonly #over = Promise.withResolvers<void>()
  #stopReason: 'timeout' | 'cancelled' | undefined
  #attachment: Attachment | undefined
  /** The lines and steps that are written together with the end, also when that has to be tried again. */
  #rest: JournalRest | undefined
  readonly #progress: ToldProgress
  /** Something of an earlier run is there to be seen. */
  readonly #hasPast: boolean

  constructor(
    given: ConductorGiven,
    run: DurableRun,
    held: HeldExecution,
    spare: readonly SpareRecord[],
    earlier: { fromAuthor: number; next: number; steps: number },
  ) {
    this.#given = given
    this.#run = run
    this.#held = held
    this.#ledger = new StepLedger(run.recorded, spare)
    this.#journal = new ExecutionJournal(given.journal, held.claim, this.#mask, earlier)
    this.#progress = new ToldProgress(given, held.claim)
    this.#hasPast = held.isResumed && earlier.next + earlier.steps > 0
    // Heard by whichever stay is going on; after the last there is nobody to tell.
    this.#broken.promise.catch(() => {})
  }

  /** Undefined where the worker is stopping. */
  async outcome(): Promise<Outcome | undefined> {
    const { execution, retryOf } = this.#held
    if (this.#hasPast) this.#journal.platformLine('info', 'The execution goes on after its worker was lost.')
    else if (retryOf !== null) {
      const recordedSteps = this.#run.recorded.length
      const isBegun = recordedSteps + this.#run.spare.length > 0
      this.#journal.platformLine(
        'info',
        isBegun
          ? 'The execution goes on from the failed step of an earlier one, whose steps before it are not done again.'
          : 'The execution begins from its start: nothing is recorded of the earlier one that it could go on from.',
        { retry_of: retryOf, recorded_steps: recordedSteps },
      )
    }
    const restMs = (execution.startedAt?.getTime() ?? Date.now()) + execution.timeoutMs - Date.now()
    const timer = setTimeout(() => this.#stop('timeout'), Math.min(Math.max(restMs, 0), 2 ** 31 - 1))
    const unlisten = this.#given.onCancel(execution.id, () => this.#stop('cancelled'))
    if (execution.status === 'cancelling') this.#stop('cancelled')
    try {
      for (let losses = 0; ; losses++) {
        const end = await this.#stay(losses > 0)
        if (this.#stopReason) return stoppedOutcome(this.#stopReason, execution.timeoutMs)
        if (end.type === 'ended') return outcomeOf(end.outcome)
        if (end.loss === 'retired') return undefined
        // Who was alone with a runner that hung or filled its heap is the cause; others may have been its victims, once.
        if (losses > 0 || (end.wasAlone && end.loss !== 'crashed')) return failed(lossErrors[end.loss])
        this.#journal.platformLine('warn', 'The process that ran this execution was lost, and it goes on in another.', { cause: end.loss })
        this.#journal.restart()
      }
    } finally {
      clearTimeout(timer)
      unlisten()
      this.#over.resolve()
    }
  }

  /** One stay in one runner. When the execution is stopped, its code gets the grace to end by itself. */
  async #stay(isIsolated: boolean): Promise<StayEnd> {
    const attachment = new Attachment({
      run: this.#run,
      ledger: this.#ledger,
      journal: this.#journal,
      requests: this.#given.requests,
      context: this.#context(),
      codeVersion: this.#held.codeVersion,
      perform: (flight, attempt) => this.#perform(flight, attempt),
      delay: (ms) => this.#delay(ms),
      isStopping: () => this.#stopReason !== undefined,
      onRecorded: () => this.#attachment?.answerRecorded(),
      onBroken: (error) => this.#broken.reject(error),
      idempotencyKeyOf: (step) => this.#idempotencyKeyOf(step),
      nameOf: ({ name }) => (storable(name) === name && !this.#mask.isIn(name) ? name : markOfName(name)),
      seal: (performed) => sealOutcome(this.#given.sealer, this.#mask, performed),
    })
    this.#attachment = attachment
    const { execution, organization } = this.#held
    const order = {
      kind: execution.kind,
      name: execution.name,
      executionId: execution.id,
      organization,
      caller: execution.caller,
      input: execution.input,
    }
    const session = await this.#given.pool.open(
      order,
      {
        onMessage: (message) => attachment.onMessage(message),
        onLost: (loss, wasAlone) => {
          this.#ledger.restart()
          attachment.onLost(loss, wasAlone)
        },
      },
      isIsolated,
    )
    attachment.bind(session)
    const stopped = this.#stopped.promise.then(async (reason): Promise<StayEnd> => {
      session.send({ type: 'abort', channel: '', reason })
      let timer: NodeJS.Timeout | undefined
      const grace = new Promise<StayEnd>((resolve) => {
        timer = setTimeout(() => {
          // Code that does not listen cannot be ended alone: its runner takes nothing more, and goes when the others have ended.
          session.runner.retire()
          attachment.close()
          resolve({ type: 'ended', outcome: { ok: true, value: null } })
        }, this.#given.graceMs)
      })
      return Promise.race([attachment.end, grace]).finally(() => clearTimeout(timer))
    })
    return Promise.race([attachment.end, stopped, this.#broken.promise]).catch((error: unknown) => {
      attachment.close()
      throw error
    })
  }

  #idempotencyKeyOf({ name, fingerprint, occurrence }: StepIdentity): string {
    return createHash('sha256').update(`${this.#held.execution.id}\0${name}\0${fingerprint}\0${occurrence}`).digest('hex').slice(0, 32)
  }

  async #perform(flight: Flight, attempt: number): Promise<Performed> {
    const idempotencyKey = this.#idempotencyKeyOf(flight)
    for (;;) {
      const asked = flight.asked.promise
      const number = await asked
      const performed = await this.#attachment?.perform(number, attempt, idempotencyKey)
      if (performed && performed !== 'lost') return performed
      // Of a lost runner it is asked for anew. Otherwise its code ended without waiting for it, and nobody asks any more.
      if (flight.asked.promise === asked) return new Promise(() => {})
    }
  }

  #stop(reason: 'timeout' | 'cancelled'): void {
    this.#stopReason ??= reason
    this.#stopped.resolve(reason)
  }

  /** Resolves after that time. Once the execution is stopped or over there is nothing to go on with, so then it does not resolve. */
  #delay(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      void Promise.race([this.#stopped.promise, this.#over.promise]).then(() => clearTimeout(timer))
    })
  }

  #context(): RequestContext {
    const { db, logger } = this.#given
    const { execution, claim } = this.#held
    return {
      // What an execution changes of ours it changes only while it is in this worker's hands.
      db: { ...db, fence: heldBy(claim) },
      logger,
      execution,
      mask: (value) => this.#mask.add(value),
      progress: (done, total, message) => {
        const text = message === undefined ? null : String(message).slice(0, 500)
        this.#progress.tell(this.#mask.data({ done, total: total ?? null, message: text }))
      },
    }
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
