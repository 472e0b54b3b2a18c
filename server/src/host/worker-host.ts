import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Logger } from 'pino'
import { findExecution } from '../executions/executions.queries.ts'
import { executionOf } from '../executions/executions.ts'
import type { EndHandler, HostRequest } from '../executions/requests.ts'
import { type Database, inScope } from '../platform/database.ts'
import type { Notifications } from '../platform/notifications.ts'
import { conduct, type HeldExecution } from './conductor.ts'
import { type DurableEngine, startDurableEngine } from './durable.ts'
import {
  adoptExecution,
  type ClaimedRow,
  claimPending,
  deleteLease,
  endExecution,
  findCancelling,
  findOrphans,
  renewLease,
  returnToPending,
} from './host.queries.ts'
import { Journal } from './journal.ts'
import type { RunnerPool } from './runner-pool.ts'
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
  setCodeVersion(codeVersion: string): Promise<void>
  /** Takes nothing new, waits for what runs, at most so long, and hands back the rest. */
  close(drainMs: number): Promise<void>
}

/** Looks for waiting executions at least so often, should a notification be missed. */
const pollMs = 2_000

/** Starts the host of a worker process. */
export async function startWorkerHost(options: WorkerHostOptions): Promise<WorkerHost> {
  const { db, notifications, logger, leaseMs } = options
  const id = randomUUID()
  const journal = new Journal(db, id, logger)
  const claimed = new Map<string, ClaimedRow>()
  const running = new Set<Promise<void>>()
  const requests = new Map(options.requests.map((request) => [request.name, request]))
  const cancels = new Map<string, () => void>()
  const cancel = (executionId: string) => cancels.get(executionId)?.()
  let codeVersion: string | null = null
  let isTaking = false
  let isClosing = false
  let renewedAt = Date.now()

  const conductorGiven = {
    db,
    pool: options.pool,
    journal,
    logger,
    requests,
    endHandlers: options.endHandlers,
    graceMs: options.graceMs,
    sealer: options.sealer,
    isClosing: () => isClosing,
    onCancel(executionId: string, listener: () => void) {
      cancels.set(executionId, listener)
      return () => cancels.delete(executionId)
    },
  }

  function hold(row: ClaimedRow): HeldExecution {
    return {
      execution: executionOf(row),
      claim: { executionId: row.id, workerId: id, claim: row.claim },
      isResumed: row.claim > 1,
      organization: row.organization,
    }
  }

  const engine: DurableEngine = await startDurableEngine<HeldExecution>({
    databaseUrl: db.url,
    executorId: id,
    maxConnections: options.engineConnections,
    logger,
    async adopt(executionId) {
      const fresh = claimed.get(executionId)
      claimed.delete(executionId)
      const row = fresh ?? (await adoptExecution(db, id, executionId))
      return row ? hold(row) : undefined
    },
    async conduct(run, held) {
      const work = conduct(conductorGiven, run, held)
      // Those that the engine hands over were not claimed here, and count as well.
      const counted = work.catch(() => {})
      if (held.isResumed) running.add(counted)
      try {
        await work
      } finally {
        running.delete(counted)
      }
      // A run that was handed back has not ended: were it to return, the engine would take it for done.
      if (isClosing && !(await hasEnded(db, held))) await new Promise(() => {})
    },
  })

  // One claim at a time; whoever asks meanwhile has it repeated.
  let claiming: Promise<void> | undefined
  let isWanted = false
  function take(): void {
    isWanted = true
    claiming ??= (async () => {
      while (isWanted && isTaking) {
        isWanted = false
        const free = options.maxConcurrent - running.size
        if (free <= 0) break
        const rows = await claimPending(db, id, codeVersion, free)
        for (const row of rows) {
          claimed.set(row.id, row)
          const run = engine
            .run(row.id)
            .catch((error) =>
              logger.error({ err: error, executionId: row.id }, 'an execution was interrupted by a failure of the platform'),
            )
            .finally(() => {
              running.delete(run)
              take()
            })
          running.add(run)
        }
        if (rows.length === free) isWanted = true
      }
    })()
      .catch((error) => logger.warn({ err: error }, 'waiting executions could not be looked for'))
      .finally(() => {
        claiming = undefined
      })
  }

  async function renew(): Promise<void> {
    await renewLease(db, { id, host: hostname(), pid: process.pid, leaseMs, codeVersion, isDraining: isClosing })
    renewedAt = Date.now()
  }

  async function lookForCancelled(): Promise<void> {
    for (const executionId of await findCancelling(db, id)) cancel(executionId)
  }

  /** Hands over what dead workers left, and mends what they left half-way. */
  async function sweep(): Promise<void> {
    const orphans = await findOrphans(db)
    if (orphans.length === 0) return
    logger.warn({ executions: orphans.length }, 'taking over the executions of workers that are gone')
    await engine.recover([...new Set(orphans.map((orphan) => orphan.worker_id))])
    for (const orphan of orphans) {
      const state = await engine.stateOf(orphan.id)
      if (state === 'unknown') await returnToPending(db, orphan.id, orphan.worker_id)
      else if (state === 'exhausted' || state === 'ended') await giveUp(orphan.id)
    }
  }

  /** The engine will not run it again, and nobody has written its end. */
  async function giveUp(executionId: string): Promise<void> {
    const row = await adoptExecution(db, id, executionId)
    if (!row) return
    const execution = executionOf(row)
    const outcome = {
      status: 'failed',
      result: null,
      error: {
        type: 'WorkerLost',
        message: 'The process that ran this execution died several times, so it is not tried again.',
        details: { code: 'worker_lost' },
      },
    } as const
    await inScope(db, 'allOrganizations', async (transaction) => {
      if (!(await endExecution(transaction, { executionId, workerId: id, claim: row.claim }, outcome))) return
      for (const handler of options.endHandlers) if (handler.kind === execution.kind) await handler.onEnd(transaction, execution, outcome)
    })
  }

  await renew()
  const heartbeat = setInterval(() => {
    Promise.all([renew(), lookForCancelled()]).catch((error) => {
      logger.warn({ err: error }, 'the lease could not be renewed')
      if (Date.now() - renewedAt > leaseMs && !isClosing) options.onLeaseLost()
    })
  }, leaseMs / 3)
  const sweeping = setInterval(
    () => void sweep().catch((error) => logger.warn({ err: error }, 'could not look for executions of dead workers')),
    leaseMs / 3,
  )
  const polling = setInterval(take, pollMs)
  const unlisten = [
    notifications.on('execution.pending', null, take),
    notifications.on('execution.cancel', null, cancel),
    notifications.onMissed(() => {
      take()
      lookForCancelled().catch((error) => logger.warn({ err: error }, 'cancelled executions could not be looked for'))
    }),
  ]

  return {
    id,
    begin() {
      isTaking = true
      take()
      sweep().catch((error) => logger.warn({ err: error }, 'could not look for executions of dead workers'))
    },
    async setCodeVersion(version) {
      codeVersion = version
      await renew()
    },
    async close(drainMs) {
      isTaking = false
      isClosing = true
      for (const stop of unlisten) stop()
      clearInterval(polling)
      clearInterval(sweeping)
      await claiming
      let timer: NodeJS.Timeout | undefined
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, drainMs)
      })
      while (running.size > 0) {
        const drained = await Promise.race([Promise.allSettled(running).then(() => true), patience.then(() => false)])
        if (!drained) break
      }
      clearTimeout(timer)
      await options.pool.close()
      clearInterval(heartbeat)
      await journal.flush().catch((error) => logger.warn({ err: error }, 'log lines were lost at the end'))
      // Without a lease others take over at once what was not finished.
      await deleteLease(db, id).catch(() => {})
      await engine.close(0)
    },
  }
}

async function hasEnded(db: Database, held: HeldExecution): Promise<boolean> {
  const row = await findExecution(db, 'allOrganizations', held.execution.id)
  return !row || (row.status !== 'running' && row.status !== 'cancelling')
}
