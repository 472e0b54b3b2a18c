import { AsyncLocalStorage } from 'node:async_hooks'
import { DBOS } from '@dbos-inc/dbos-sdk'
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor'
import { dbRetryConfig } from '@dbos-inc/dbos-sdk/internal/utils'
import pg from 'pg'
import type { Logger } from 'pino'
import type { ChannelOutcome } from '../platform/channel.ts'
import { keptAlive, outliveLostConnections, sessionOptions } from '../platform/database.ts'
import { isDatabaseAway } from '../platform/outages.ts'

// Everything we know of the engine is in this file: what it is asked, and which of its inner names that takes.

/** What is kept of a step that ended. */
export type StepRecord = {
  name: string
  /** A mark of the call's arguments; empty where there is none. */
  fingerprint: string
  /** How many steps of that name and mark the code had asked for before this one. */
  occurrence: number
  /** Steps were answered in this order. Answered so again, the author's code asks the same again. */
  order: number
  outcome: ChannelOutcome
  /** False where the value was not plain data: the step was done, and its closure has to give the value again. */
  isPlain: boolean
  /** True where the value holds a secret: it is stored as sealed text. */
  isSealed: boolean
  /** The order of the record of an earlier execution that this one repeats: it was not done again. */
  source?: number
}

/** Which step it is: the same again when the code runs again. */
export type StepIdentity = Pick<StepRecord, 'name' | 'fingerprint' | 'occurrence'>

/** What a step came to. */
export type StepOutcome = Pick<StepRecord, 'outcome' | 'isPlain' | 'isSealed' | 'source'>

/** The durable side of one execution while it runs here. */
export interface DurableRun {
  readonly executionId: string
  /** What an earlier run of this execution recorded, in the order of their answers. */
  readonly recorded: readonly StepRecord[]
  /** Records of the execution that this one tries again, for steps that are not to be done again when the code asks for them. */
  readonly spare: readonly StepRecord[]
  /** Does something once: its record is stored before this resolves. The body's outcome may be a failure, which is recorded too. */
  record(step: StepIdentity, body: () => Promise<StepOutcome>): Promise<StepRecord>
}

export interface DurableEngine {
  /** Runs a claimed execution durably; resolves when it has run here to its end. */
  run(executionId: string): Promise<void>
  /** Hands the runs of processes that are gone to the living ones. Safe to repeat. Returns the executions that were handed over. */
  recover(executorIds: readonly string[]): Promise<string[]>
  /** What the engine knows of a run: whether it goes on somewhere, has ended, has died too often, or never began. */
  stateOf(executionId: string): Promise<'alive' | 'ended' | 'exhausted' | 'unknown'>
  /** The runs that the engine takes to be under way in this process, and that are not: an answer of the database to it was lost. */
  findStranded(): Promise<string[]>
  /** Has a run begin again, here or in another process. Should it go on somewhere all the same, that one is not recorded any more. */
  restart(executionId: string): Promise<void>
  /** Deletes what is kept of runs that have ended. Safe to repeat. */
  forget(executionIds: readonly string[]): Promise<void>
  /** Waits for running ones, at most so long, and leaves. What has not ended is taken over by others. */
  close(drainMs: number): Promise<void>
}

/** Another process goes on with the execution: this one has nothing more to do or to write. */
export class TakenOver extends Error {
  constructor(executionId: string) {
    super(`The execution ${executionId} was taken over by another worker.`)
  }
}

/** The engine's own word for it. Errors of it may come back without their class. */
function isTakenOver(error: unknown): boolean {
  return error instanceof Error && (error.name === 'DBOSWorkflowConflictError' || error.constructor.name === 'DBOSWorkflowConflictError')
}

const runName = 'runExecution'
/** The place of a step that was cut off: another takes its number when the run goes on, so it is marked as never recorded. */
const gapName = 'cut off'
/** After so many deaths of its process an execution is taken to be the cause. */
const maxRecoveryAttempts = 5

type Recorded = Omit<StepRecord, 'name'>

/** While the database is away the engine asks again after at most so long, and not after a minute. */
const longestRetrySeconds = 2

/** The engine outlasts the failures that it knows by their codes, and this one says what others mean as well: a name that is not found, a pipe that is broken. */
function asLostConnection(error: unknown): void {
  if (error instanceof Error && !(error instanceof pg.DatabaseError) && isDatabaseAway(error)) Object.assign(error, { code: 'ECONNRESET' })
}

type Connected = ((error: Error) => void) | ((error: null, client: pg.Client) => void)

class EngineClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config)
    // Told before the statements that fail with it.
    this.on('error', asLostConnection)
  }

  override connect(): Promise<pg.Client>
  override connect(callback: Connected): void
  override connect(callback?: Connected): Promise<pg.Client> | undefined {
    const connecting = super.connect()
    connecting.catch(asLostConnection)
    if (!callback) return connecting
    const tell = callback as (error: Error | null, client?: pg.Client) => void // both of its forms
    connecting.then((client) => tell(null, client), tell)
    return undefined
  }
}

/** Inside a run the engine takes a look at the run's steps for a step of its own, so that is done from outside. */
const outside = AsyncLocalStorage.snapshot()

/** Steps that are fed at once: each is a look at the database. */
const feedWidth = 32

type Steps = NonNullable<Awaited<ReturnType<typeof DBOS.listWorkflowSteps>>>

function stepsOf(executionId: string): Promise<Steps> {
  return outside(async () => (await DBOS.listWorkflowSteps(executionId)) ?? [])
}

/** What a run that has ended recorded, in the order of its answers. */
function recordsOf(steps: Steps): StepRecord[] {
  // Gaps have no output; every other step is one of ours.
  const records = steps.flatMap(({ name, output }) => (output ? [{ name, ...(output as Recorded) }] : []))
  return records.sort((left, right) => left.order - right.order)
}

/**
 * Steps get their numbers in the order they begin in. All numbers of an earlier run are taken again before the author's code starts.
 * What is inherited comes first, and is recorded where it was not yet.
 */
async function refeed(executionId: string, isResumed: boolean, inherited: readonly StepRecord[]): Promise<StepRecord[]> {
  const byNumber = new Map((isResumed ? await stepsOf(executionId) : []).map((step) => [step.functionID, step]))
  const count = Math.max(inherited.length, 1 + Math.max(-1, ...byNumber.keys()))
  const records: StepRecord[] = []
  const feed = async (number: number): Promise<void> => {
    const { name, ...recordable } = inherited[number] ?? { name: gapName }
    const stepName = byNumber.get(number)?.name ?? name
    const recorded = await DBOS.runStep(async () => ('order' in recordable ? (recordable as Recorded) : null), { name: stepName })
    if (recorded && stepName !== gapName) records.push({ name: stepName, ...recorded })
  }
  for (let start = 0; start < count; start += feedWidth)
    await Promise.all(Array.from({ length: Math.min(feedWidth, count - start) }, (_, offset) => feed(start + offset)))
  return records.sort((left, right) => left.order - right.order)
}

/**
 * Starts the engine in this process, once.
 *
 * @param executorId unique for each start of a process: its runs are found by it when it is gone
 * @param adopt makes the execution this process's own; undefined where there is nothing left to do
 * @param inherit decides what an execution takes over of the records of the one that it tries again
 * @param conduct runs an execution to its end; it must write that end itself, and be safe to call again after a crash
 */
export async function startDurableEngine<Held extends { isResumed: boolean; retryOf: string | null }>(given: {
  databaseUrl: string
  executorId: string
  maxConnections: number
  logger: Logger
  adopt: (executionId: string) => Promise<Held | undefined>
  inherit: (retryOf: string, records: readonly StepRecord[]) => Promise<{ before: StepRecord[]; spare: StepRecord[] }>
  conduct: (run: DurableRun, held: Held) => Promise<void>
}): Promise<DurableEngine> {
  const { logger } = given
  dbRetryConfig.maxBackoffSec = longestRetrySeconds
  const pool = new pg.Pool({
    Client: EngineClient,
    connectionString: given.databaseUrl,
    max: given.maxConnections,
    options: sessionOptions,
    application_name: 'crosswalk engine',
    connectionTimeoutMillis: 10_000,
    ...keptAlive,
  })
  outliveLostConnections(pool)

  async function runExecution(executionId: string): Promise<void> {
    // Requests of the author's code arrive as messages, outside of the engine's context; what they record belongs into it.
    const within = AsyncLocalStorage.snapshot()
    const held = await given.adopt(executionId)
    if (!held) return
    const { before, spare } =
      held.retryOf === null ? { before: [], spare: [] } : await given.inherit(held.retryOf, recordsOf(await stepsOf(held.retryOf)))
    const recorded = held.isResumed || before.length > 0 ? await refeed(executionId, held.isResumed, before) : []
    const used = new Set(recorded.map((record) => record.source))
    let order = (recorded.at(-1)?.order ?? -1) + 1
    // Records of concurrent steps may be stored in another order than they were numbered in; they are answered as numbered.
    let previous: Promise<void> = Promise.resolve()
    const run: DurableRun = {
      executionId,
      recorded,
      spare: spare.filter((record) => !used.has(record.order)),
      record: ({ name, fingerprint, occurrence }, body) =>
        within(async () => {
          const stored = Promise.withResolvers<void>()
          let earlier: Promise<void> = Promise.resolve()
          try {
            const kept = await DBOS.runStep(
              async (): Promise<Recorded> => {
                const { outcome, isPlain, isSealed, source } = await body()
                earlier = previous
                previous = stored.promise
                return {
                  fingerprint,
                  occurrence,
                  order: order++,
                  outcome: isPlain ? outcome : { ok: true, value: null },
                  isPlain,
                  isSealed,
                  ...(source === undefined ? {} : { source }),
                }
              },
              { name },
            )
            await earlier
            return { name, ...kept }
          } catch (error) {
            throw isTakenOver(error) ? new TakenOver(executionId) : error
          } finally {
            stored.resolve()
          }
        }),
    }
    await given.conduct(run, held)
  }
  const durableRun = DBOS.registerWorkflow(runExecution, { name: runName, maxRecoveryAttempts })

  DBOS.setConfig({
    name: 'crosswalk',
    systemDatabaseUrl: given.databaseUrl,
    systemDatabasePool: pool,
    executorID: given.executorId,
    // Every version of Crosswalk goes on with what another began: an execution's own code is the author's, not ours.
    applicationVersion: 'crosswalk',
    runMigrations: false,
    useListenNotify: false,
    logger: {
      info: (entry: unknown) => logger.debug({ engine: String(entry) }, 'engine'),
      debug: () => {},
      // Whoever asks the database for more than steps tells of an outage, in one line and not in one for each step.
      warn: (entry: unknown) =>
        logger[/^Database connection failed/.test(String(entry)) ? 'debug' : 'warn']({ engine: String(entry) }, 'engine'),
      error: (entry: unknown) => logger.error({ engine: entry instanceof Error ? entry.message : String(entry) }, 'engine'),
    } as never,
  })
  await DBOS.launch()

  return {
    run(executionId) {
      // Whoever asks may do so at the end of another run; from inside of that, this one would become its child and share its fate.
      return outside(async () => {
        const handle = await DBOS.startWorkflow(durableRun, { workflowID: executionId })(executionId)
        await handle.getResult()
      })
    },
    async recover(executorIds) {
      const handles = (await DBOSExecutor.globalInstance?.recoverPendingWorkflows([...executorIds])) ?? []
      return handles.map((handle) => handle.workflowID)
    },
    async stateOf(executionId) {
      const status = (await DBOS.getWorkflowStatus(executionId))?.status
      if (status === undefined) return 'unknown'
      if (status === 'MAX_RECOVERY_ATTEMPTS_EXCEEDED') return 'exhausted'
      return status === 'SUCCESS' || status === 'ERROR' || status === 'CANCELLED' ? 'ended' : 'alive'
    },
    async findStranded() {
      const pending = await DBOS.listWorkflows({ status: 'PENDING', executorId: given.executorId, loadInput: false, loadOutput: false })
      const running = DBOSExecutor.globalInstance?.systemDatabase.runningWorkflowMap
      return pending.map(({ workflowID }) => workflowID).filter((id) => !running?.has(id))
    },
    async restart(executionId) {
      if (!DBOSExecutor.globalInstance?.systemDatabase.runningWorkflowMap.has(executionId)) await DBOS.resumeWorkflow(executionId)
    },
    async forget(executionIds) {
      await DBOS.deleteWorkflows([...executionIds])
    },
    async close(drainMs) {
      await DBOS.shutdown({ workflowCompletionTimeoutMS: drainMs })
      await pool.end()
    },
  }
}
