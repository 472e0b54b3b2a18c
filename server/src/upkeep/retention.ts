import type { Logger } from 'pino'
import { type Database, inScope } from '../platform/database/database.ts'
import { outlastOutages } from '../platform/database/outages.ts'
import type { Retention } from '../platform/slice.ts'
import { beginUpkeep } from './upkeep.queries.ts'

export type RetentionGiven = {
  db: Database
  logger: Logger
  /** Executions that ended well or badly are kept for this time after they were asked for. */
  retentionDays: number
  /** What the slices bring, in their order. */
  rules: readonly Retention[]
  now: () => Date
}

/** How often all of it is done, by one worker of all. */
const everyHours = 24
/** How often a worker looks whether it is time. */
const lookMs = 60 * 60_000
/** Rows of one transaction: others never wait long for it. */
const batchRows = 500
const dayMs = 24 * 60 * 60_000

/**
 * Deletes what is older than it has to be kept, as the slices say, in small transactions. Audit events are kept: they say who did what,
 * and name executions that are gone. Cut off anywhere, the next time continues with it.
 *
 * @returns how many were deleted, by what the rules count
 */
export async function deleteExpired(given: RetentionGiven, signal: AbortSignal): Promise<Record<string, number>> {
  const { db, rules } = given
  const now = given.now()
  const before = new Date(now.getTime() - given.retentionDays * dayMs)
  const counts: Record<string, number> = {}
  for (const { counted, deleteSome } of rules) {
    let total = 0
    for (let isMore = true; isMore && !signal.aborted; ) {
      const done = await inScope(db, 'allOrganizations', (transaction) => deleteSome(transaction, { before, now, limit: batchRows }))
      total += done.deleted
      isMore = done.isMore
    }
    if (counted !== null) counts[counted] = total
  }
  return counts
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
