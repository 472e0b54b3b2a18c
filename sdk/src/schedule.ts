import { isRecord, shown } from './definition-checks.ts'

/** When a workflow runs on its own: once at each time, for every active organization. */
export type Schedule = {
  /** Five fields: minute, hour, day of month, month, day of week (0 to 7, Sunday is 0 and 7). `*`, lists, ranges, steps, names. */
  readonly cron: string
  /** IANA name; times that a clock change skips or repeats run once. */
  readonly timeZone: string
}

/** A schedule as an author writes it. */
export type ScheduleOptions = { cron: string /** Default `UTC`. */; timeZone?: string | undefined }

type Field = { name: string; least: number; most: number; words: readonly string[] }

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const fields: readonly Field[] = [
  { name: 'minute', least: 0, most: 59, words: [] },
  { name: 'hour', least: 0, most: 23, words: [] },
  { name: 'day of month', least: 1, most: 31, words: [] },
  { name: 'month', least: 1, most: 12, words: months },
  { name: 'day of week', least: 0, most: 7, words: weekdays },
]

/**
 * Checks a schedule when it is defined, so that a typing error does not show on the first of next month.
 *
 * @throws TypeError saying which field is wrong.
 */
export function checkSchedule(owner: string, schedule: unknown): Schedule {
  if (!isRecord(schedule) || typeof schedule.cron !== 'string') {
    throw new TypeError(`The ${owner} has a schedule that is not { cron: '0 3 * * *', timeZone?: 'Europe/Vienna' }: ${shown(schedule)}.`)
  }
  const { cron, timeZone = 'UTC' } = schedule
  const parts = cron.trim().split(/\s+/)
  if (parts.length !== fields.length) {
    throw new TypeError(`The ${owner} has the cron expression '${cron}'; it needs five fields: minute hour day-of-month month day-of-week.`)
  }
  for (const [index, field] of fields.entries()) {
    const part = parts[index] ?? ''
    if (!part.split(',').every((item) => isCronItem(item, field))) {
      throw new TypeError(
        `The ${owner} has the cron expression '${cron}'; '${part}' is not a ${field.name} (${field.least} to ${field.most}).`,
      )
    }
  }
  if (!isTimeZone(timeZone)) {
    throw new TypeError(`The ${owner} has a schedule in the time zone ${shown(timeZone)}; use an IANA name such as 'Europe/Vienna'.`)
  }
  return Object.freeze({ cron: parts.join(' ').toLowerCase(), timeZone })
}

/** One item of a list: `*`, `5`, `1-5`, `mon-fri`, and any of those with `/step` (a step needs `*` or a range before it). */
function isCronItem(item: string, field: Field): boolean {
  const [range = '', step, ...rest] = item.split('/')
  if (rest.length > 0) return false
  if (step !== undefined && !(/^\d{1,2}$/.test(step) && Number(step) >= 1)) return false
  if (range === '*') return true
  const ends = range.split('-').map((end) => cronNumber(end, field))
  const [from, to] = ends
  if (from === undefined || ends.includes(undefined) || ends.length > 2) return false
  return to === undefined ? step === undefined : from <= to
}

function cronNumber(text: string, field: Field): number | undefined {
  const word = field.words.indexOf(text.toLowerCase())
  if (word >= 0) return word + field.least
  if (!/^\d{1,2}$/.test(text)) return undefined
  const number = Number(text)
  return number >= field.least && number <= field.most ? number : undefined
}

function isTimeZone(name: unknown): name is string {
  if (typeof name !== 'string' || name === '') return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
