import { hostname } from 'node:os'
import type { Logger } from 'pino'
import { executionOf } from '../executions/executions.ts'
import type { EndHandler } from '../executions/requests.ts'
import { type Database, inScope } from '../platform/database.ts'
import type { DurableEngine } from './durable.ts'
import { adoptExecution, deleteLease, endExecution, findCancelling, findOrphans, renewLease, returnToPending } from './host.queries.ts'

export type LeaseGiven = {
  db: Database
  workerId: string
  logger: Logger
  /** How long a worker that is not heard of counts as alive. */
  leaseMs: number
  endHandlers: readonly EndHandler[]
  engine: Pick<DurableEngine, 'recover' | 'stateOf'>
  cancel(executionId: string): void
  onLeaseLost(): void
}

/** A worker's word that it lives, and its eye on those that do not any more. */
export interface Lease {
  setCodeVersion(codeVersion: string): Promise<void>
  /** Looks at once for what dead workers left. */
  sweep(): void
  /** Cancels what someone wants cancelled, should a notification have been missed. */
  lookForCancelled(): void
  /** Takes nothing over any more; the lease goes on. */
  drain(): void
  /** Gives the lease up: others take over at once what was not finished. */
  end(): Promise<void>
}

const workerLost = {
  status: 'failed',
  result: null,
  error: {
    type: 'WorkerLost',
    message: 'The process that ran this execution died several times, so it is not tried again.',
    details: { code: 'worker_lost' },
  },
} as const

/** Takes a lease and keeps it. */
export async function holdLease(given: LeaseGiven): Promise<Lease> {
  const { db, workerId, logger, leaseMs, engine } = given
  let codeVersion: string | null = null
  let isDraining = false
  let renewedAt = Date.now()

  async function renew(): Promise<void> {
    const isHeld = await renewLease(db, { id: workerId, host: hostname(), pid: process.pid, leaseMs, codeVersion, isDraining })
    if (!isHeld && !isDraining) return given.onLeaseLost()
    renewedAt = Date.now()
  }

  async function cancelThose(): Promise<void> {
    for (const executionId of await findCancelling(db, workerId)) given.cancel(executionId)
  }

  /** Hands over what dead workers left, and mends what they left half-way. */
  async function sweepOnce(): Promise<void> {
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
    const row = await adoptExecution(db, workerId, executionId)
    if (!row) return
    const execution = executionOf(row)
    await inScope(db, 'allOrganizations', async (transaction) => {
      if (!(await endExecution(transaction, { executionId, workerId, claim: row.claim }, workerLost))) return
      for (const handler of given.endHandlers) if (handler.kind === execution.kind) await handler.onEnd(transaction, execution, workerLost)
    })
  }

  const sweep = () => void sweepOnce().catch((error) => logger.warn({ err: error }, 'could not look for executions of dead workers'))
  await renew()
  const heartbeat = setInterval(() => {
    Promise.all([renew(), cancelThose()]).catch((error) => {
      logger.warn({ err: error }, 'the lease could not be renewed')
      if (Date.now() - renewedAt > leaseMs && !isDraining) given.onLeaseLost()
    })
  }, leaseMs / 3)
  const sweeping = setInterval(sweep, leaseMs / 3)

  return {
    sweep,
    lookForCancelled: () =>
      void cancelThose().catch((error) => logger.warn({ err: error }, 'cancelled executions could not be looked for')),
    async setCodeVersion(version) {
      codeVersion = version
      await renew()
    },
    drain() {
      isDraining = true
      clearInterval(sweeping)
    },
    async end() {
      clearInterval(heartbeat)
      await deleteLease(db, workerId).catch(() => {})
    },
  }
}
