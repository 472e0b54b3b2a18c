import { type Database, empty, readInScope, type Scope, sql } from '../platform/database/database.ts'
import { isWithin } from '../platform/database/scope.ts'
import { type LogLevel, type LogRow, logLevels } from './logs.ts'

/** Lines from a sequence on, in order. */
export function listLogLines(
  db: Database,
  scope: Scope,
  executionId: string,
  filter: { from: number; level?: LogLevel | undefined; limit: number },
): Promise<LogRow[]> {
  const levels = filter.level === undefined ? undefined : logLevels.slice(logLevels.indexOf(filter.level))
  return readInScope<LogRow>(
    db,
    scope,
    sql`
    select sequence, at, level, message, data from execution_logs
    where execution_id = ${executionId} and ${isWithin(scope, sql`organization_id`)} and sequence >= ${filter.from} ${levels ? sql`and level = any(${levels})` : empty}
    order by sequence limit ${filter.limit}`,
  )
}
