import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { findExecution } from '../executions/executions.queries.ts'
import { executionOf } from '../executions/executions.ts'
import type { EndHandler, HostRequest } from '../executions/requests.ts'
import type { Database } from '../platform/database.ts'
import type { Notifications } from '../platform/notifications.ts'
import { outlastOutages } from '../platform/outages.ts'
import type { ClaimedRow, ClaimLimits } from './claim.queries.ts'
import { conduct, type HeldExecution } from './conductor.ts'
import { createDispatcher } from './dispatcher.ts'
import { type DurableEngine, startDurableEngine } from './durable.ts'
import { adoptExecution } from './host.queries.ts'
import { inheritedFrom } from './inheritance.ts'
import { Journal } from './journal.ts'
import { holdLease } from './leases.ts'
import type { RunnerPool } from './runner-pool.ts'
import type { Loaded } from './runner-process.ts'
import type { Sealer } from './sealed-outcomes.ts'

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

/** How long a worker that stops tries to write the last log lines. */
const flushMs = 3_000

/** Starts the host of a worker process. */
export async function startWorkerHost(options: WorkerHostOptions): Promise<WorkerHost> {
  const { db, notifications, logger } = options
  // Sealing may have to ask the database which key is in use.
  const sealer: Sealer = {
    seal: (bytes) => outlastOutages(() => options.sealer.seal(bytes)),
    open: (text) => outlastOutages(() => options.sealer.open(text)),
  }
  const id = randomUUID()
  const journal = new Journal(db, id, logger)
  const claimed = new Map<string, ClaimedRow>()
  /** What something in this process works on. */
  const here = new Set<string>()
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

  function hold(row: ClaimedRow, isHandedOver: boolean): HeldExecution & { isHandedOver: boolean } {
    return {
      execution: executionOf(row),
      claim: { executionId: row.id, workerId: id, claim: row.claim },
      isResumed: row.claim > 1,
      retryOf: row.retry_of,
      codeVersion: row.code_version,
      organization: row.organization,
      isHandedOver,
    }
  }

  const engine: DurableEngine = await startDurableEngine<HeldExecution & { isHandedOver: boolean }>({
    databaseUrl: db.url,
    executorId: id,
    maxConnections: options.engineConnections,
    logger,
    async adopt(executionId) {
      const fresh = claimed.get(executionId)
      claimed.delete(executionId)
      here.add(executionId)
      const row = fresh ?? (await outlastOutages(() => adoptExecution(db, id, executionId)))
      if (!row) here.delete(executionId)
      return row && hold(row, fresh === undefined)
    },
    inherit: (firstId, records) => outlastOutages(() => inheritedFrom({ db, sealer }, firstId, records)),
    async conduct(run, held) {
      const work = conduct(conductorGiven, run, held).finally(() => here.delete(held.execution.id))
      // Those that the engine hands over were not claimed here, and take places as well.
      if (held.isHandedOver) dispatcher.occupy(work.then(() => {}))
      const isWritten = await work
      // A run that was handed back or taken away has not ended: were it to return, the engine would take it for done.
      if ((isClosing || !isWritten) && !(await outlastOutages(() => hasEnded(db, held)))) await new Promise(() => {})
    },
  })
  const dispatcher = createDispatcher({
    db,
    workerId: id,
    logger,
    maxConcurrent: options.maxConcurrent,
    limits: options.limits ?? { perOrganization: null, overall: null },
    run(row) {
      claimed.set(row.id, row)
      here.add(row.id)
      return engine.run(row.id).finally(() => here.delete(row.id))
    },
  })
  const lease = await holdLease({ ...options, workerId: id, engine, cancel, isHere: (executionId) => here.has(executionId) })
  const unlisten = [
    notifications.on('execution.pending', null, dispatcher.hear),
    notifications.on('execution.cancel', null, cancel),
    notifications.onMissed(() => {
      dispatcher.look()
      lease.catchUp()
    }),
  ]

  return {
    id,
    forget: engine.forget,
    begin() {
      dispatcher.begin()
      lease.sweep()
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
      // What cannot be written now belongs to executions that others go on with: they log it again.
      await Promise.race([journal.flush(), delay(flushMs, undefined, { ref: false })]).catch((error) =>
        logger.warn({ err: error }, 'log lines were lost at the end'),
      )
      await lease.end()
      await engine.close(0)
    },
  }
}

async function hasEnded(db: Database, held: HeldExecution): Promise<boolean> {
  const row = await findExecution(db, 'allOrganizations', held.execution.id)
  return !row || (row.status !== 'running' && row.status !== 'cancelling')
}
