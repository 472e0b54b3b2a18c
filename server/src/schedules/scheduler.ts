import type { Logger } from 'pino'
import { beginPlanned, findNextPlanned } from '../discovery/planned-discoveries.ts'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { createWorkLoop } from '../platform/work-loop.ts'
import { builtInNames } from './declared.ts'
import { fireDue, reconcileSchedules } from './firing.ts'
import { findNextDue } from './schedules.queries.ts'

/** Looks at least so often: clocks are set, machines sleep, notifications are missed. */
const maxWaitMs = 60_000
/** Another worker may just be firing what is due. */
const minWaitMs = 200
const afterFailureMs = 5_000

/**
 * Fires what is due, in each worker process: all of them try, and one does. Wakes at the next due time, and when schedules or
 * workflows change.
 */
export function startScheduler(given: { db: Database; notifications: Notifications; logger: Logger; now?: () => Date }): {
  close(): Promise<void>
} {
  const { db, notifications, logger, now = () => new Date() } = given
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  let isWanted = false

  async function fireAllDue(): Promise<void> {
    await reconcileSchedules(db, now())
    while (!isClosed) {
      const fired = await fireDue(db, now())
      if (!fired) break
      if (fired.error) logger.error({ schedule: fired.name, err: fired.error }, 'a scheduled run could not be started')
      else logger.info({ schedule: fired.name, batchId: fired.batchId }, 'a schedule was due')
    }
    while (!isClosed) {
      const begun = await beginPlanned(db, now())
      if (!begun) break
      const { integrationName: integration, owner: organizationId, executionId, error } = begun
      if (error) logger.error({ integration, organizationId, err: error }, 'a daily discovery could not be started')
      else if (executionId) logger.info({ integration, organizationId, executionId }, 'a daily discovery was started')
    }
  }

  async function look(): Promise<number> {
    await fireAllDue()
    const times = (await Promise.all([findNextDue(db, builtInNames), findNextPlanned(db)])).filter((time) => time !== undefined)
    const [next] = times.toSorted((left, right) => left.getTime() - right.getTime())
    return next ? Math.min(Math.max(next.getTime() - now().getTime(), minWaitMs), maxWaitMs) : maxWaitMs
  }

  function wakeIn(waitMs: number): void {
    clearTimeout(timer)
    if (!isClosed) timer = setTimeout(wake, waitMs)
  }

  const looks = createWorkLoop(
    () => isWanted && !isClosed,
    async () => {
      isWanted = false
      wakeIn(await look())
    },
    (error) => {
      logger.warn({ err: error }, 'schedules could not be looked at')
      wakeIn(afterFailureMs)
    },
  )

  function wake(): void {
    isWanted = true
    clearTimeout(timer)
    looks.wake()
  }

  const stops = [
    notifications.on('schedules.changed', null, wake),
    notifications.on('definitions.changed', null, wake),
    notifications.onMissed(wake),
  ]
  wake()
  return {
    async close() {
      isClosed = true
      for (const stop of stops) stop()
      await looks.settled()
      clearTimeout(timer)
    },
  }
}
