import { z } from 'zod'
import { type Database, empty, readInScope, type Scope, sql } from '../platform/database/database.ts'
import { isWithin } from '../platform/database/scope.ts'
import type { JsonValue } from '../protocol/json.ts'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

export type LogRow = { sequence: number; at: Date; level: LogLevel; message: string; data: JsonValue }

export const logLineView = z
  .object({
    sequence: z.int().describe('Counts up from 0 without gaps, in the order of writing.'),
    timestamp: z.iso.datetime(),
    level: z.enum(logLevels),
    message: z.string(),
    data: z.unknown(),
  })
  .meta({ id: 'LogLine' })

export function viewOfLine(row: LogRow): z.input<typeof logLineView> {
  return { sequence: row.sequence, timestamp: row.at.toISOString(), level: row.level, message: row.message, data: row.data }
}

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
