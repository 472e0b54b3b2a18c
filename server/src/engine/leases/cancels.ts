import type { Database } from '../../platform/database/database.ts'
import type { Notifications } from '../../platform/database/notifications.ts'
import { listCancelling } from './cancels.queries.ts'

/** Which of the executions that a worker works on someone wants cancelled. */
export interface Cancels {
  /** Calls back when someone cancels the execution, until the returned function is called. */
  on(executionId: string, listener: () => void): () => void
  close(): void
}

/** How often a worker looks that works on something, in case the process that cancelled died before telling. What is cancelled is to end within 5 s, the grace of its code included. */
const lookMs = 1_000

/** Listens to what is told, and looks as well. A worker that works on nothing does not ask the database. */
export function hearCancels(given: { db: Database; notifications: Notifications; workerId: string }): Cancels {
  const { db, notifications, workerId } = given
  const listeners = new Map<string, () => void>()
  let looking: NodeJS.Timeout | undefined
  let isClosed = false
  const cancel = (executionId: string) => listeners.get(executionId)?.()
  const unlisten = notifications.on('execution.cancel', null, cancel)

  function lookLater(): void {
    if (listeners.size > 0 && !isClosed) looking ??= setTimeout(look, lookMs)
  }
  async function look(): Promise<void> {
    // While the database is away there is nothing to be seen.
    const ids = listeners.size > 0 ? await listCancelling(db, workerId).catch(() => []) : []
    for (const id of ids) cancel(id)
    looking = undefined
    lookLater()
  }

  return {
    on(executionId, listener) {
      listeners.set(executionId, listener)
      lookLater()
      // Where the execution was lost and claimed again, the listener is that of the later claim.
      return () => {
        if (listeners.get(executionId) === listener) listeners.delete(executionId)
      }
    },
    close() {
      isClosed = true
      clearTimeout(looking)
      unlisten()
    },
  }
}
