import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { findExecution } from '../executions/executions.queries.ts'
import { executionOf } from '../executions/executions.ts'
import type { EndHandler, HostRequest } from '../executions/requests.ts'
import type { Database } from '../platform/database.ts'
import type { Notifications } from '../platform/notifications.ts'
import type { ClaimedRow, ClaimLimits } from './claim.queries.ts'
import { conduct, type HeldExecution } from './conductor.ts'
import { createDispatcher } from './dispatcher.ts'
import { type DurableEngine, startDurableEngine } from './durable.ts'
import { inheritedFrom } from './inheritance.ts'
import { Journal } from './journal.ts'
import { holdLease } from './leases.ts'
import type { RunnerPool } from './runner-pool.ts'
import type { Loaded } from './runner-process.ts'
import type { Sealer } from './sealed-outcomes.ts'
import { listAssigned } from './take-over.queries.ts'
import { goOn } from './take-over.ts'

export type WorkerHostOptions = {
  db: Database
  notifications: Notifications
  pool: RunnerPool
  logger: Logger
  requests: readonly HostRequest[]
  endHandlers: readonly EndHandler[]
  sealer: Sealer
  /** Executions that this worker works on at once. */
  maxConcurrent: number
  /** Executions that run at once in all workers together. Default: no limit. */
  limits?: Pick<ClaimLimits, 'perOrganization' | 'overall'>
  /** How long a worker that is not heard of counts as alive. */
  leaseMs: number
  graceMs: number
  engineConnections: number
  /** Called when the lease could not be renewed in time: others have taken this worker's executions over, and it must end. */
  onLeaseLost: () => void
}

/** A worker's part that takes executions and runs them to their ends. */
export interface WorkerHost {
  readonly id: string
  /** Takes executions from now on. */
  begin(): void
  /** What is started from now on is started with this code, and with the limits of these workflows. */
  setWorkspace(workspace: Pick<Loaded, 'codeVersion' | 'definitions'>): Promise<void>
  /** Forgets what the engine keeps of executions that have ended. */
  forget(executionIds: readonly string[]): Promise<void>
  /** Takes nothing new, waits for what runs, at most so long, and hands back the rest. */
  close(drainMs: number): Promise<void>
}

/** Starts the host of a worker process. */
export async function startWorkerHost(options: WorkerHostOptions): Promise<WorkerHost> {
  const { db, notifications, logger, sealer } = options
  const id = randomUUID()
  const journal = new Journal(db, id, logger)
  const begun = new Map<string, { row: ClaimedRow; isResumed: boolean }>()
  const requests = new Map(options.requests.map((request) => [request.name, request]))
  const cancels = new Map<string, () => void>()
  const cancel = (executionId: string) => cancels.get(executionId)?.()
  let isClosing = false

  const conductorGiven = {
    db,
    pool: options.pool,
    journal,
    logger,
    requests,
    endHandlers: options.endHandlers,
    graceMs: options.graceMs,
    sealer,
    isClosing: () => isClosing,
    onCancel(executionId: string, listener: () => void) {
      cancels.set(executionId, listener)
      return () => cancels.delete(executionId)
    },
  }

  function hold({ row, isResumed }: { row: ClaimedRow; isResumed: boolean }): HeldExecution {
    return {
      execution: executionOf(row),
      claim: { executionId: row.id, workerId: id, claim: row.claim },
      isResumed,
      retryOf: row.retry_of,
      codeVersion: row.code_version,
      organization: row.organization,
    }
  }

  const engine: DurableEngine = await startDurableEngine<HeldExecution>({
    databaseUrl: db.url,
    executorId: id,
    maxConnections: options.engineConnections,
    logger,
    adopt(executionId) {
      const here = begun.get(executionId)
      return here && hold(here)
    },
    inherit: (firstId, records) => inheritedFrom({ db, sealer }, firstId, records),
    async conduct(run, held) {
      // A run that others go on with has not ended: were it to return, the engine would take it for done.
      if (!(await conduct(conductorGiven, run, held)) && !(await hasEnded(db, held))) await new Promise(() => {})
    },
  })
  const takeOver = { db, workerId: id, logger, endHandlers: options.endHandlers, engine }
  /** Until its run has ended, an execution counts as begun here. */
  const begin = (row: ClaimedRow, isResumed: boolean, work: () => Promise<void>) => {
    begun.set(row.id, { row, isResumed })
    return work().finally(() => begun.delete(row.id))
  }
  const dispatcher = createDispatcher({
    db,
    workerId: id,
    logger,
    maxConcurrent: options.maxConcurrent,
    limits: options.limits ?? { perOrganization: null, overall: null },
    run: (row) => begin(row, false, () => engine.run(row.id)),
    listAssigned: () => listAssigned(db, id, [...begun.keys()]),
    goOn: (row) => begin(row, true, () => goOn(takeOver, row)),
  })
  const lease = await holdLease({ ...options, ...takeOver, places: options.maxConcurrent, cancel, takeAssigned: dispatcher.takeAssigned })
  const unlisten = [
    notifications.on('execution.pending', null, dispatcher.hear),
    notifications.on('execution.cancel', null, cancel),
    notifications.on('execution.assigned', id, dispatcher.takeAssigned),
    notifications.on('worker.left', null, () => lease.sweep()),
    notifications.onMissed(() => {
      dispatcher.look()
      dispatcher.takeAssigned()
      lease.lookForCancelled()
    }),
  ]

  return {
    id,
    forget: engine.forget,
    begin() {
      dispatcher.begin()
      lease.begin()
    },
    async setWorkspace({ codeVersion, definitions }) {
      const hasLimits = definitions.some((definition) => definition.kind === 'workflow' && definition.concurrency !== null)
      dispatcher.setWorkspace({ codeVersion, hasLimits })
      await lease.setCodeVersion(codeVersion)
    },
    async close(drainMs) {
      isClosing = true
      for (const stop of unlisten) stop()
      lease.drain()
      await dispatcher.stop()
      await dispatcher.drain(drainMs)
      await options.pool.close()
      await journal.flush().catch((error) => logger.warn({ err: error }, 'log lines were lost at the end'))
      await lease.end()
      await engine.close(0)
    },
  }
}

/** False also where the database cannot say: whoever has the execution then goes on with it. */
async function hasEnded(db: Database, held: HeldExecution): Promise<boolean> {
  const row = await findExecution(db, 'allOrganizations', held.execution.id).catch(() => held.execution)
  return !row || (row.status !== 'running' && row.status !== 'cancelling')
}
