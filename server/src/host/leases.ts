import { hostname } from 'node:os'
import { findCancelling, renewLease } from './host.queries.ts'
import { deleteLease, offerPlaces } from './take-over.queries.ts'
import { sweepOrphans, type TakeOverGiven } from './take-over.ts'

export type LeaseGiven = TakeOverGiven & {
  /** How long a worker that is not heard of counts as alive. */
  leaseMs: number
  /** Executions that this worker works on at once. */
  places: number
  cancel(executionId: string): void
  /** Looks for executions that were given to this worker. */
  takeAssigned(): void
  onLeaseLost(): void
}

/** A worker's word that it lives, and its eye on those that do not any more. */
export interface Lease {
  setCodeVersion(codeVersion: string): Promise<void>
  /** Can be given executions from now on, and looks at once for what dead workers left. */
  begin(): void
  /** Looks at once for what dead workers left. */
  sweep(): void
  /** Cancels what someone wants cancelled, should a notification have been missed. */
  lookForCancelled(): void
  /** Takes nothing over any more; the lease goes on. */
  drain(): void
  /** Gives the lease up: others take over at once what was not finished. */
  end(): Promise<void>
}

/** Takes a lease and keeps it. */
export async function holdLease(given: LeaseGiven): Promise<Lease> {
  const { db, workerId, logger, leaseMs } = given
  let codeVersion: string | null = null
  let isDraining = false
  let places = 0
  let isOffered = true
  let renewedAt = Date.now()

  async function renew(): Promise<void> {
    const isHeld = await renewLease(db, { id: workerId, host: hostname(), pid: process.pid, leaseMs, codeVersion, isDraining })
    if (!isHeld && !isDraining) return given.onLeaseLost()
    renewedAt = Date.now()
  }

  async function cancelThose(): Promise<void> {
    for (const executionId of await findCancelling(db, workerId)) given.cancel(executionId)
  }

  /** Tried again with the next heartbeat where it fails. */
  async function offer(wanted: number): Promise<void> {
    places = wanted
    isOffered = true
    await offerPlaces(db, workerId, wanted).catch((error) => {
      isOffered = false
      logger.warn({ err: error }, 'the places of this worker could not be told')
    })
  }

  const sweep = () =>
    void sweepOrphans(given).catch((error) => logger.warn({ err: error }, 'could not look for executions of dead workers'))
  await renew()
  const heartbeat = setInterval(() => {
    // Should a notification have been missed, or the answer to a claim.
    given.takeAssigned()
    if (!isOffered) void offer(places)
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
    begin() {
      void offer(given.places).then(sweep)
    },
    drain() {
      isDraining = true
      clearInterval(sweeping)
      void offer(0)
    },
    async end() {
      clearInterval(heartbeat)
      await deleteLease(db, workerId).catch(() => {})
    },
  }
}
