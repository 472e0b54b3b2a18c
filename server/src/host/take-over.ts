import type { Logger } from 'pino'
import type { ExecutionRow } from '../executions/executions.queries.ts'
import { executionOf } from '../executions/executions.ts'
import type { EndHandler, Outcome } from '../executions/requests.ts'
import { type Database, inScope, type Transaction } from '../platform/database.ts'
import type { ClaimedRow } from './claim.queries.ts'
import type { DurableEngine } from './durable.ts'
import { closeOpenSteps, endExecution } from './host.queries.ts'
import { failed, platformFailure } from './outcomes.ts'
import { assignOrphans, closeLostLeases, holdAgain, takeExhausted } from './take-over.queries.ts'

export type TakeOverGiven = { db: Database; workerId: string; logger: Logger; endHandlers: readonly EndHandler[] }

/** After so many deaths of its worker an execution is taken to be the cause. */
const mostLosses = 5

const workerLost = failed({
  type: 'WorkerLost',
  message: 'The process that ran this execution died several times, so it is not tried again.',
  details: { code: 'worker_lost' },
})

/**
 * Gives what dead workers left to the living ones, each execution to one of them, once: from then on it is that one's, unless that one
 * dies as well. Ends what has died too often. One worker at a time does it; it is safe to repeat.
 */
export async function sweepOrphans({ db, workerId, logger, endHandlers }: TakeOverGiven): Promise<void> {
  const assigned = await inScope(db, 'allOrganizations', async (transaction) => {
    if (!(await closeLostLeases(transaction))) return []
    for (const row of await takeExhausted(transaction, workerId, mostLosses))
      await endHere(transaction, workerId, endHandlers, row, workerLost)
    return assignOrphans(transaction)
  })
  for (const { worker_id, executions } of assigned) logger.warn({ executions, to: worker_id }, 'executions of workers that are gone go on')
}

/** Goes on with an execution that this worker was given; resolves when it has run here to its end. */
export async function goOn(given: TakeOverGiven & { engine: Pick<DurableEngine, 'run' | 'resume'> }, row: ClaimedRow): Promise<void> {
  const { db, workerId, engine } = given
  const state = await engine.resume(row.id)
  // Its worker died between the claim and the beginning. Nothing of it has run, so a pause of its batch holds it.
  if (state === 'unknown' && !(await holdAgain(db, { executionId: row.id, workerId, claim: row.claim }))) await engine.run(row.id)
  if (state !== 'over') return
  given.logger.error({ executionId: row.id }, 'the engine has ended an execution that has no end')
  await inScope(db, 'allOrganizations', (transaction) => endHere(transaction, workerId, given.endHandlers, row, failed(platformFailure)))
}

async function endHere(
  transaction: Transaction,
  workerId: string,
  endHandlers: readonly EndHandler[],
  row: ExecutionRow,
  outcome: Outcome,
): Promise<void> {
  if (!(await endExecution(transaction, { executionId: row.id, workerId, claim: row.claim }, outcome))) return
  await closeOpenSteps(transaction, row.id)
  for (const handler of endHandlers) if (handler.kind === row.kind) await handler.onEnd(transaction, executionOf(row), outcome)
}
