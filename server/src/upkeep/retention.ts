import type { Logger } from 'pino'
import type { Database } from '../platform/database/database.ts'
import { outlastOutages } from '../platform/database/outages.ts'
import {
  beginUpkeep,
  deleteBatches,
  deleteExecutions,
  deleteExpiredOptions,
  deleteKeys,
  deleteOldDiscoveryRuns,
  findExpired,
  keepPartitions,
} from './retention.queries.ts'

export type RetentionGiven = {
  db: Database
  logger: Logger
  /** Executions that ended well or badly are kept for so long after they were asked for. */
  retentionDays: number
  now: () => Date
}

/** How often all of it is done, by one worker of all. */
const everyHours = 24
/** How often a worker looks whether it is time. */
const lookMs = 60 * 60_000
/** Rows of one transaction: others never wait long for it. */
const batchRows = 500
const keptDiscoveryRuns = 50
const dayMs = 24 * 60 * 60_000

/**
 * Deletes what is older than it has to be kept, in small transactions: executions with their steps, lines, records and idempotency keys;
 * batches; old runs of discovery; options that have expired. Audit events are kept: they say who did what, and
 * name executions that are gone. Cut off anywhere, the next time goes on with it.
 *
 * @returns how many executions were deleted and how many partitions dropped
 */
export async function deleteExpired(given: RetentionGiven, signal: AbortSignal): Promise<{ executions: number; partitions: number }> {
  const { db } = given
  const before = new Date(given.now().getTime() - given.retentionDays * dayMs)
  let executions = 0
  for (;;) {
    const ids = signal.aborted ? [] : await findExpired(db, before, batchRows)
    if (ids.length === 0) break
    executions += await deleteExecutions(db, ids)
  }
  await inBatches(signal, () => deleteKeys(db, before, batchRows))
  await inBatches(signal, () => deleteBatches(db, before, batchRows))
  await inBatches(signal, () => deleteOldDiscoveryRuns(db, keptDiscoveryRuns, batchRows))
  await inBatches(signal, () => deleteExpiredOptions(db, given.now(), batchRows))
  return { executions, partitions: signal.aborted ? 0 : await keepPartitions(db, before) }
}

async function inBatches(signal: AbortSignal, deleteBatch: () => Promise<number>): Promise<void> {
  while (!signal.aborted && (await deleteBatch()) === batchRows);
}

/** Has one worker of all delete what has expired, once a day. Stops soon, with what it has done. */
export function startRetention(given: RetentionGiven): {
  /** Does it now where it is time. */ look(): Promise<void>
  stop(): Promise<void>
} {
  const { db, logger } = given
  const stopping = new AbortController()
  let working: Promise<void> = Promise.resolve()
  const look = () => {
    working = working.then(async () => {
      if (stopping.signal.aborted || !(await beginUpkeep(db, 'retention', given.now(), everyHours))) return
      const deleted = await outlastOutages(
        () => deleteExpired(given, stopping.signal),
        () => stopping.signal.aborted,
      )
      logger.info({ ...deleted, retentionDays: given.retentionDays }, 'what had expired was deleted')
    })
    working = working.catch((error) => logger.warn({ err: error }, 'what has expired could not be deleted and waits for the next day'))
    return working
  }
  const timer = setInterval(look, lookMs)
  void look()
  return {
    look,
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await working
    },
  }
}
