import type { Database } from '../../platform/database/database.ts'
import { executionError } from '../state/executions.ts'
import { countWaiting } from './queue-gate.queries.ts'

export { countWaiting } from './queue-gate.queries.ts'

/** How many executions may wait: of one organization, and of all together. */
export type QueueLimits = { perOrganization: number; overall: number }

export const defaultQueueLimits: QueueLimits = { perOrganization: 20_000, overall: 200_000 }

/** Refuses more work than the workers will get to in reasonable time. */
export interface QueueGate {
  /**
   * Passes while there is room in the queue, of the organization where one is named.
   *
   * @throws queue_full - `details.retry_after_seconds` says when to come again.
   */
  admit(organizationId: string | null): Promise<void>
}

/** A count is believed for this time; what this process admits meanwhile is added to it. Others may let in a second's worth more. */
const recountMs = 1_000
/** For less where somebody would be refused: much of what was admitted may have ended by now. */
const recountFullMs = 100
const retryAfterSeconds = 5
/** More organizations than this are forgotten, and counted again. */
const maxRemembered = 10_000

type Count = { waiting: number; at: number; recounting: Promise<void> | undefined }

/**
 * Makes the gate of one process.
 *
 * Counting reads one index and stops at the limit. While a queue is less than half full nobody waits for it to be counted.
 *
 * @param now milliseconds
 */
export function createQueueGate(db: Database, limits: QueueLimits, now: () => number = Date.now): QueueGate {
  const counts = new Map<string | null, Count>()

  async function recount(organizationId: string | null, limit: number, count: Count): Promise<void> {
    count.waiting = await countWaiting(db, organizationId, limit)
    count.at = now()
  }

  async function requireRoom(organizationId: string | null, limit: number): Promise<void> {
    if (counts.size > maxRemembered) counts.clear()
    const count = counts.get(organizationId) ?? { waiting: limit, at: Number.NEGATIVE_INFINITY, recounting: undefined }
    counts.set(organizationId, count)
    if (now() - count.at > (count.waiting < limit ? recountMs : recountFullMs)) {
      count.recounting ??= recount(organizationId, limit, count).finally(() => {
        count.recounting = undefined
      })
      if (count.waiting >= limit / 2) await count.recounting
      else count.recounting.catch(() => {})
    }
    if (count.waiting++ < limit) return
    throw executionError('queue_full', {
      limit,
      scope: organizationId === null ? 'all' : 'organization',
      retry_after_seconds: retryAfterSeconds,
    })
  }

  return {
    async admit(organizationId) {
      await requireRoom(null, limits.overall)
      if (organizationId !== null) await requireRoom(organizationId, limits.perOrganization)
    },
  }
}
