import { hostname } from 'node:os'
import { outlastOutages } from '../../platform/database/outages.ts'
import { listHeld, listWorkerIds, renewLease, takeLease } from './leases.queries.ts'
import { findLostClaims } from './lost-claims.ts'
import { leave } from './take-over.queries.ts'
import { putBackLostClaims, putBackRefused, sweepOrphans, type TakeOverGiven } from './take-over.ts'

export type LeaseGiven = TakeOverGiven & {
  /** How long a worker that is not heard of counts as alive. */
  leaseMs: number
  /** What of the boundary around author code is missing here. */
  sandboxProblem?: string | null
  /** What confines it here, in a sentence. */
  sandboxLayers?: string | null
  /** True while something in this process works on the execution. */
  isHere(executionId: string): boolean
  /** Executions that this worker holds and could not end, because the database refused every end of them. They are taken out once they are put back. */
  refused: Set<string>
  /** Told the workers that live, this one among them, again and again. */
  onPeers(workerIds: readonly string[]): void
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
  /** Takes nothing over any more; the lease continues. */
  drain(): void
  /** Gives the lease up, and puts back what was not finished: others continue with it at once. */
  end(): Promise<void>
}

/** How soon it is tried again to renew a lease. */
const retryMs = 500

/**
 * Takes a lease and keeps it. A worker that cannot renew it continues with what it has: while the database is away nobody else can
 * take that over either, and if only this worker is cut off, `claim` keeps out what it would write. Afterwards it renews the lease,
 * unless somebody has taken its executions over; then it has to end.
 */
export async function holdLease(given: LeaseGiven): Promise<Lease> {
  const { db, workerId, logger, leaseMs } = given
  let codeVersion: string | null = null
  let isDraining = false
  let isEnded = false
  let renewedAt = Date.now()
  /** Since when this worker has renewed its lease without a gap. */
  let inTouchSince = renewedAt
  let again: NodeJS.Timeout | undefined
  const lostClaims = findLostClaims()
  const terms = () => ({
    id: workerId,
    host: hostname(),
    pid: process.pid,
    leaseMs,
    codeVersion,
    isDraining,
    sandboxProblem: given.sandboxProblem ?? null,
    sandboxLayers: given.sandboxLayers ?? null,
  })

  async function renew(): Promise<void> {
    if (!(await renewLease(db, terms())) && !isDraining) return given.onLeaseLost()
    const now = Date.now()
    if (now - renewedAt > (leaseMs * 2) / 3) inTouchSince = now
    renewedAt = now
  }

  /** Puts back what was claimed for this worker without its having learned of it, and what it could not end. */
  async function lookAtHeld(): Promise<void> {
    if (isDraining) return
    const held = await listHeld(db, workerId)
    const notHere = held.filter((id) => !given.isHere(id))
    const lasting = lostClaims.lasting(notHere, Date.now())
    const refused = lasting.filter((id) => given.refused.has(id))
    await putBackLostClaims(
      given,
      lasting.filter((id) => !given.refused.has(id)),
    )
    await putBackRefused(given, refused)
    for (const id of refused) given.refused.delete(id)
  }

  const lookAtPeers = async () => given.onPeers(await listWorkerIds(db))

  /** One after the other: a worker that has nothing to do needs one connection for it. */
  async function lookAround(): Promise<void> {
    await renew()
    await lookAtHeld()
    await lookAtPeers()
  }

  /**
   * Others' leases are ended by a worker that has itself been in touch for a while. After an outage all leases have run out, and those
   * whose workers live are renewed first.
   */
  const isInTouch = () => Date.now() - renewedAt < (leaseMs * 2) / 3 && Date.now() - inTouchSince >= leaseMs / 4

  const sweep = () =>
    void sweepOrphans(given, isInTouch()).catch((error) => logger.warn({ err: error }, 'could not look for executions of dead workers'))
  function beat(): void {
    clearTimeout(again)
    again = undefined
    lookAround().catch((error) => {
      logger.debug({ err: error }, 'the lease could not be renewed')
      inTouchSince = Date.now()
      if (!isEnded) again ??= setTimeout(beat, Math.min(retryMs, leaseMs / 8))
    })
  }
  await outlastOutages(() => takeLease(db, terms()))
  renewedAt = Date.now()
  const heartbeat = setInterval(beat, leaseMs / 3)
  const sweeping = setInterval(sweep, leaseMs / 3)

  return {
    sweep,
    catchUp: beat,
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
      await leave(db, given.pauses, workerId).catch(() => {})
    },
  }
}
