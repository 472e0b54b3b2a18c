import type { Logger } from 'pino'
import { countWaiting } from '../engine/dispatch/queue-gate.ts'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { createWorkLoop } from '../platform/work-loop.ts'
import { listExpandingIds, settleEnded } from './expansion.queries.ts'
import { expandChunk } from './expansion.ts'

/** Looks at least so often, for what a dead worker left and for batches that have ended. */
const sweepMs = 5_000
/** Looks so often while a batch waits for room in the queue. */
const roomMs = 500

export type BatchKeeperGiven = {
  db: Database
  notifications: Notifications
  logger: Logger
  /** Executions that may wait, of all organizations together. Batches fill half of that, and leave the rest to those who ask for one. */
  maxQueued: number
}

/**
 * Submits the executions of batches, here or in any other worker: a worker that has a batch in hand is left to it, and what it leaves
 * half-way the next sweep continues with. Batches take turns, chunk by chunk, so that a small one does not wait for a large one.
 */
export function startBatchKeeper({ db, notifications, logger, maxQueued }: BatchKeeperGiven): { close(): Promise<void> } {
  const maxQueuedByBatches = Math.ceil(maxQueued / 2)
  let later: NodeJS.Timeout | undefined
  let isClosed = false
  let isWanted = false

  /** True where a batch waits for room. */
  async function expandAll(): Promise<boolean> {
    let open = await listExpandingIds(db)
    let isFull = false
    while (open.length > 0 && !isClosed) {
      const rest: string[] = []
      const room = Math.ceil((maxQueuedByBatches - (await countWaiting(db, null, maxQueuedByBatches))) / open.length)
      if (room <= 0) return true
      for (const id of open) {
        const expanded = await expandChunk(db, id, room).catch((error) => {
          logger.warn({ err: error, batchId: id }, 'a part of a batch could not be submitted; it is tried again')
          return 'done'
        })
        if (expanded === 'more') rest.push(id)
        if (expanded === 'full') isFull = true
      }
      open = rest
    }
    return isFull
  }

  const looks = createWorkLoop(
    () => isWanted && !isClosed,
    async () => {
      isWanted = false
      if (await expandAll()) later = setTimeout(look, roomMs)
      await settleEnded(db)
    },
    (error) => logger.warn({ err: error }, 'batches could not be looked for'),
  )

  function look(): void {
    isWanted = true
    clearTimeout(later)
    looks.wake()
  }

  const sweeping = setInterval(look, sweepMs)
  const stops = [notifications.on('batch.expanding', null, look), notifications.onMissed(look)]
  look()
  return {
    async close() {
      isClosed = true
      clearInterval(sweeping)
      clearTimeout(later)
      for (const stop of stops) stop()
      await looks.settled()
      clearTimeout(later)
    },
  }
}
