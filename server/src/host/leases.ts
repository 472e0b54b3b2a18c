import { hostname } from 'node:os'
import type { Logger } from 'pino'
import { executionOf } from '../executions/executions.ts'
import type { EndHandler, Outcome } from '../executions/requests.ts'
import { type Database, inScope } from '../platform/database.ts'
import { outlastOutages } from '../platform/outages.ts'
import { findAstray } from './astray.ts'
import type { DurableEngine } from './durable.ts'
import { adoptExecution, deleteLease, endExecution, findOrphans, listHeld, renewLease, returnToPending, takeLease } from './host.queries.ts'
import { failed, platformFailure, stoppedOutcome } from './outcomes.ts'

export type LeaseGiven = {
  db: Database
  workerId: string
  logger: Logger
  /** How long a worker that is not heard of counts as alive. */
  leaseMs: number
  endHandlers: readonly EndHandler[]
  engine: Pick<DurableEngine, 'recover' | 'stateOf' | 'findStranded' | 'restart'>
  cancel(executionId: string): void
  /** True while something in this process works on the execution. */
  isHere(executionId: string): boolean
  /** Others have taken executions of this worker over: it must end. */
  onLeaseLost(): void
}

/** A worker's word that it lives, and its eye on those that do not any more. */
export interface Lease {
  setCodeVersion(codeVersion: string): Promise<void>
  /** Looks at once for what dead workers left. */
  sweep(): void
  /** The database may have been away: says at once that this worker lives, and looks for what it may not have been told. */
  catchUp(): void
  /** Takes nothing over any more; the lease goes on. */
  drain(): void
  /** Gives the lease up: others take over at once what was not finished. */
  end(): Promise<void>
}

const workerLost: Outcome = {
  status: 'failed',
  result: null,
  error: {
    type: 'WorkerLost',
    message: 'The process that ran this execution died several times, so it is not tried again.',
    details: { code: 'worker_lost' },
  },
}

/** How soon it is tried again to renew a lease. */
const retryMs = 500
/** After so many looks that found nothing there is nothing. */
const enoughLooks = 4

/**
 * Takes a lease and keeps it. A worker that cannot renew it goes on with what it has: while the database is away nobody else can
 * take that over either, and if only this worker is cut off, `claim` keeps out what it would write. Afterwards it renews the lease,
 * unless somebody has taken its executions over; then it has to end.
 */
export async function holdLease(given: LeaseGiven): Promise<Lease> {
  const { db, workerId, logger, leaseMs, engine } = given
  let codeVersion: string | null = null
  let isDraining = false
  let isEnded = false
  let renewedAt = Date.now()
  /** Since when this worker has renewed its lease without a gap. */
  let inTouchSince = renewedAt
  let again: NodeJS.Timeout | undefined
  /** How often the engine is still asked what it may have missed. */
  let looksAfterLoss = 0
  const astray = findAstray()
  const terms = () => ({ id: workerId, host: hostname(), pid: process.pid, leaseMs, codeVersion, isDraining })

  async function renew(): Promise<void> {
    if (!(await renewLease(db, terms())) && !isDraining) return given.onLeaseLost()
    const now = Date.now()
    if (now - renewedAt > (leaseMs * 2) / 3) inTouchSince = now
    renewedAt = now
  }

  /** Cancels what someone wants cancelled, and takes up what was claimed for this worker without its having learned of it. */
  async function lookAtHeld(): Promise<void> {
    const held = await listHeld(db, workerId)
    for (const { id, status } of held) if (status === 'cancelling') given.cancel(id)
    if (isDraining) return
    const notHere = held.filter(({ id }) => !given.isHere(id))
    // The engine has an answer to miss only where connections were lost, and looking for it reads more than a lease is worth.
    const stranded = looksAfterLoss > 0 ? await engine.findStranded() : []
    if (stranded.length === 0 && looksAfterLoss > 0) looksAfterLoss--
    for (const id of astray.lasting([...notHere.map((row) => row.id), ...stranded], Date.now())) {
      const status = notHere.find((row) => row.id === id)?.status
      logger.warn({ executionId: id }, 'an execution was assigned to this worker without its learning of it, and goes on')
      if (stranded.includes(id)) await engine.restart(id)
      else if (status) await takeUp(id, status)
    }
  }

  async function takeUp(executionId: string, status: 'running' | 'cancelling'): Promise<void> {
    const state = await engine.stateOf(executionId)
    if (state === 'alive') await engine.restart(executionId)
    else if (state !== 'unknown') await giveUp(executionId, failed(platformFailure))
    else if (status === 'running') await returnToPending(db, executionId, workerId)
    else await giveUp(executionId, stoppedOutcome('cancelled', 0))
  }

  /**
   * Others' leases are ended by a worker that has itself been in touch for a while. After an outage all leases have run out, and those
   * whose workers live are renewed first.
   */
  const isInTouch = () => Date.now() - renewedAt < (leaseMs * 2) / 3 && Date.now() - inTouchSince >= leaseMs / 4

  /** Hands over what dead workers left, and mends what they left half-way. */
  async function sweepOnce(): Promise<void> {
    const orphans = await findOrphans(db, { workerId, endsLeases: isInTouch() })
    if (orphans.length === 0) return
    logger.warn({ executions: orphans.length }, 'taking over the executions of workers that are gone')
    await engine.recover([...new Set(orphans.map((orphan) => orphan.worker_id))])
    for (const orphan of orphans) {
      const state = await engine.stateOf(orphan.id)
      if (state === 'unknown') await returnToPending(db, orphan.id, orphan.worker_id)
      else if (state === 'exhausted' || state === 'ended') await giveUp(orphan.id, workerLost)
    }
  }

  /** The engine will not run it again, and nobody has written its end. */
  async function giveUp(executionId: string, outcome: Outcome): Promise<void> {
    const row = await adoptExecution(db, workerId, executionId)
    if (!row) return
    const execution = executionOf(row)
    await inScope(db, 'allOrganizations', async (transaction) => {
      if (!(await endExecution(transaction, { executionId, workerId, claim: row.claim }, outcome))) return
      for (const handler of given.endHandlers) if (handler.kind === execution.kind) await handler.onEnd(transaction, execution, outcome)
    })
  }

  const sweep = () => void sweepOnce().catch((error) => logger.warn({ err: error }, 'could not look for executions of dead workers'))
  function beat(): void {
    clearTimeout(again)
    again = undefined
    Promise.all([renew(), lookAtHeld()]).catch((error) => {
      logger.debug({ err: error }, 'the lease could not be renewed')
      inTouchSince = Date.now()
      looksAfterLoss = enoughLooks
      if (!isEnded) again ??= setTimeout(beat, Math.min(retryMs, leaseMs / 8))
    })
  }
  await outlastOutages(() => takeLease(db, terms()))
  renewedAt = Date.now()
  const heartbeat = setInterval(beat, leaseMs / 3)
  const sweeping = setInterval(sweep, leaseMs / 3)

  return {
    sweep,
    catchUp() {
      looksAfterLoss = enoughLooks
      beat()
    },
    async setCodeVersion(version) {
      codeVersion = version
      await outlastOutages(renew)
    },
    drain() {
      isDraining = true
      clearInterval(sweeping)
    },
    async end() {
      isEnded = true
      clearInterval(heartbeat)
      clearTimeout(again)
      await deleteLease(db, workerId).catch(() => {})
    },
  }
}
