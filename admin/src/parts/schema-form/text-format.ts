import type { JsonObject } from './form-schema.ts'

/** The formats that have fields of their own. */
export type TextFormat = 'date' | 'date-time' | 'local-date-time' | 'time' | 'email' | 'uri' | 'password'

const known = new Set(['date', 'date-time', 'time', 'email', 'uri', 'password'])
const midday = '2027-10-11T12:30:00'

/** Some schemas of dates and times have a pattern instead of a format: what such a pattern takes tells it from others. */
function formatOfPattern(pattern: string): TextFormat | undefined {
  let takes: (text: string) => boolean
  try {
    const expression = new RegExp(pattern, 'u')
    takes = (text) => expression.test(text)
  } catch {
    return undefined
  }
  if (takes('no date') || takes('')) return undefined
  if (takes(`${midday}Z`)) return 'date-time'
  if (takes(midday)) return 'local-date-time'
  if (takes('2027-10-11') && !takes('2027-13-41')) return 'date'
  return takes('12:30:00') && takes('12:30') && !takes('31:70') ? 'time' : undefined
}

/** What kind of text a schema wants. */
export function formatOf({ format, pattern, writeOnly }: JsonObject): TextFormat | undefined {
  if (writeOnly === true) return 'password'
  if (format === 'url') return 'uri'
  if (typeof format === 'string') return known.has(format) ? (format as TextFormat) : undefined // the set has these only
  return typeof pattern === 'string' ? formatOfPattern(pattern) : undefined
}
