import pg from 'pg'
import type { SerializedError } from 'pino'

/** What PostgreSQL adds to an error that may hold the values of a row or a statement. */
const withValues = ['detail', 'where', 'hint', 'internalQuery', 'dataType'] as const

/**
 * An error as the log has it, without the values that PostgreSQL repeats: rows may hold what nobody may read in a log.
 *
 * @param serialize how errors are written otherwise
 */
export function shownError(serialize: (error: Error) => SerializedError, error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const shown: Record<string, unknown> = { ...serialize(error) }
  if (!(error instanceof pg.DatabaseError)) return shown
  for (const name of withValues) delete shown[name]
  // Of the class "data exception" the value stands behind the sentence.
  if (error.code?.startsWith('22')) {
    const message = error.message.replace(/[:;] ".*$|".*"/s, '')
    Object.assign(shown, { message, stack: String(shown.stack).replace(error.message, message) })
  }
  return shown
}
