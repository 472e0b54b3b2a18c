import { z } from 'zod'
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
