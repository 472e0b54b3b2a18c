import { shortened } from '@crosswalk/sdk/readable-data'
import { sql } from '../../platform/database/database.ts'
import type { ExecutionError } from './execution.ts'

/** What a list shows of an error: its sentence and the facts that programs act on. In characters. */
const maxMessageChars = 500
const maxMemberChars = 500
const maxDetailsChars = 4_000
/** For those who read the execution itself. */
const leftOut = new Set(['stack', 'causes', 'errors'])

/** Of `executions as e`: the error, or of a large one as much as a list shows. Hundreds of large ones are not read only to be cut. */
export const shortErrorColumn = sql`
  case when e.error is null or pg_column_size(e.error) <= 4096 then e.error
    else json_build_object('type', left(e.error ->> 'type', 200), 'message', left(e.error ->> 'message', 1000),
      'details', json_strip_nulls(json_build_object('code', left(e.error #>> '{details,code}', 200),
        'integration_name', left(e.error #>> '{details,integration_name}', 200), 'guidance', left(e.error #>> '{details,guidance}', 500))))
  end`

/** The short form of an error. Of its details those that are short; the execution itself has all of it. */
export function shortErrorOf(error: ExecutionError | null): ExecutionError | null {
  if (error === null) return null
  let left = maxDetailsChars
  const details = Object.entries(error.details ?? {}).filter(([name, member]) => {
    const length = leftOut.has(name) ? Number.POSITIVE_INFINITY : JSON.stringify(member).length
    if (length > maxMemberChars || length > left) return false
    left -= length
    return true
  })
  return { type: error.type, message: shortened(error.message, maxMessageChars), details: Object.fromEntries(details) }
}
