import type { Logger } from 'pino'
import type { Database } from '../platform/database.ts'
import type { Notifications } from '../platform/notifications.ts'
import { listExpandingIds, settleEnded } from './expansion.queries.ts'
import { expandChunk } from './expansion.ts'

/** Looks at least so often, for what a dead worker left and for batches that have ended. */
const sweepMs = 5_000

/**
 * Submits the executions of batches, here or in any other worker: whoever has a batch in hand is left to it, and what it leaves
 * half-way the next sweep goes on with. Batches take turns, chunk by chunk, so that a small one does not wait for a large one.
 */
export function startBatchKeeper({ db, notifications, logger }: { db: Database; notifications: Notifications; logger: Logger }): {
  close(): Promise<void>
} {
  let isClosed = false
  let isWanted = false
  let working: Promise<void> | undefined

  async function expandAll(): Promise<void> {
    let open = await listExpandingIds(db)
    while (open.length > 0 && !isClosed) {
      const rest: string[] = []
      for (const id of open) {
        const hasMore = await expandChunk(db, id).catch((error) => {
          logger.warn({ err: error, batchId: id }, 'a part of a batch could not be submitted; it is tried again')
          return false
        })
        if (hasMore) rest.push(id)
      }
      open = rest
    }
  }

  function look(): void {
    isWanted = true
    working ??= (async () => {
      while (isWanted && !isClosed) {
        isWanted = false
        await expandAll()
        await settleEnded(db)
      }
    })()
      .catch((error) => logger.warn({ err: error }, 'batches could not be looked for'))
      .finally(() => {
        working = undefined
      })
  }

  const sweeping = setInterval(look, sweepMs)
  const stops = [notifications.on('batch.expanding', null, look), notifications.onMissed(look)]
  look()
  return {
    async close() {
      isClosed = true
      clearInterval(sweeping)
      for (const stop of stops) stop()
      await working
    },
  }
}
