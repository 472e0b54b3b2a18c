import type { Logger } from 'pino'
import { type Database, inScope, type Sql, type Transaction } from '../../platform/database/database.ts'
import { endHeldAnyhow } from '../state/ending.ts'
import { executionOf } from '../state/executions.ts'
import { failed, platformFailure, stoppedOutcome } from '../state/outcomes.ts'
import type { BatchPauses } from '../state/pauses.ts'
import { type Losses, noLosses } from '../state/putting-back.queries.ts'
import type { EndHandler, Outcome } from '../state/requests.ts'
import { endLostLeases, listCharged, lockBatchesOfChosen, orphans, putBack, takeOverToEnd, theseOf } from './take-over.queries.ts'

export type TakeOverGiven = { db: Database; workerId: string; logger: Logger; pauses: BatchPauses; endHandlers: readonly EndHandler[] }

/**
 * After so many deaths of its worker that an execution was the cause of, or refusals of its end, it is not tried again; nor after so many
 * of which nobody could tell, which are many, because others may be.
 */
const limits = { maxLosses: 5, maxSharedLosses: 20 }

const workerLost = failed({
  type: 'WorkerLost',
  message: 'The process that ran this execution died several times, so it is not tried again.',
  details: { code: 'worker_lost' },
})

/**
 * Puts what dead workers left back among the waiting, once: any worker continues with it. One worker at a time does it; all of it is done or none.
 *
 * @param isSure this worker has been in touch for long enough to know that it is the others who are gone
 */
export async function sweepOrphans(given: TakeOverGiven, isSure: boolean): Promise<void> {
  const left = await inScope(
    given.db,
    'allOrganizations',
    async (transaction) => {
      const lostWorkerIds = await endLostLeases(transaction, given.workerId, isSure)
      if (lostWorkerIds === undefined) return 0
      const chosen = await lockBatchesOfChosen(transaction, given.pauses, orphans)
      const losses = { workerIds: lostWorkerIds, chargedIds: await listCharged(transaction, chosen, lostWorkerIds) }
      return release(given, transaction, chosen, losses, workerLost)
    },
    'kept',
  )
  if (left > 0) given.logger.warn({ executions: left }, 'executions of workers that are gone continue elsewhere')
}

/** The same for what this worker was given without learning of it, because an answer of the database was lost. */
export async function putBackLostClaims(given: TakeOverGiven, executionIds: readonly string[]): Promise<void> {
  if (executionIds.length === 0) return
  const { db, workerId, logger } = given
  const left = await inScope(db, 'allOrganizations', async (transaction) => {
    const chosen = await lockBatchesOfChosen(transaction, given.pauses, theseOf(workerId, executionIds))
    return release(given, transaction, chosen, noLosses, workerLost)
  })
  logger.warn({ executions: left }, 'executions were assigned to this worker without its learning of it, and continue')
}

/**
 * The same for what this worker could not end, because the database refused whatever it wrote. It counts as a loss each time: what was
 * in the way may be gone the next time, and what is refused for good ends as well.
 */
export async function putBackRefused(given: TakeOverGiven, executionIds: readonly string[]): Promise<void> {
  if (executionIds.length === 0) return
  const { db, workerId, logger } = given
  const left = await inScope(db, 'allOrganizations', async (transaction) => {
    const chosen = await lockBatchesOfChosen(transaction, given.pauses, theseOf(workerId, executionIds))
    return release(given, transaction, chosen, { workerIds: [], chargedIds: executionIds }, failed(platformFailure))
  })
  logger.warn({ executions: left, ended: executionIds.length - left }, 'executions whose end was refused are tried again, or ended plainly')
}

/** Ends what someone wanted cancelled, and what was lost too often; the rest waits again. The batches of all are locked. Returns how many do. */
async function release(
  { workerId, pauses, endHandlers, logger }: TakeOverGiven,
  transaction: Transaction,
  chosen: Sql,
  losses: Losses,
  lost: Outcome,
): Promise<number> {
  for (const row of await takeOverToEnd(transaction, workerId, chosen, losses, limits)) {
    const outcome = row.status === 'cancelling' ? stoppedOutcome('cancelled', executionOf(row)) : lost
    const claim = { executionId: row.id, workerId, claim: row.claim }
    await endHeldAnyhow(transaction, endHandlers, { execution: executionOf(row), claim }, outcome, logger)
  }
  return putBack(transaction, pauses, chosen, losses)
}
