import type { Logger } from 'pino'
import type { Database } from '../../platform/database/database.ts'
import type { BatchPauses } from '../state/pauses.ts'
import type { EndHandler } from '../state/requests.ts'
import { wakeDue } from '../state/waiting.ts'

/** Looks at least so often: another worker may have let something go that is due before all that this one knew of. */
const maxLookMs = 2_000
/** Not more often where others have in hand what is due. */
const minLookMs = 50

/** Wakes executions whose time has come, here or in any other worker. A look costs one probe of an index, however many wait. */
export function startWaker(given: { db: Database; logger: Logger; pauses: BatchPauses; endHandlers: readonly EndHandler[] }): {
  close(): Promise<void>
} {
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  let looking: Promise<void> = Promise.resolve()

  async function look(): Promise<void> {
    const nextMs = await wakeDue(given.db, given.pauses, given.endHandlers).catch((error: unknown) => {
      given.logger.warn({ err: error }, 'executions that are due could not be woken')
      return undefined
    })
    if (!isClosed) timer = setTimeout(begin, Math.max(minLookMs, Math.min(nextMs ?? maxLookMs, maxLookMs)))
  }
  const begin = () => {
    looking = look()
  }
  begin()

  return {
    async close() {
      isClosed = true
      clearTimeout(timer)
      await looking
    },
  }
}
