import { definitionInvalid, isRecord, shown } from './definition-checks.ts'

/** Which organizations something runs for: all active ones, the active ones with a mapping of an integration, or those with these ids. */
export type OrganizationSelection = 'all' | `mapped:${string}` | readonly string[]

/** What becomes of runs whose time passed while nothing could run. */
export type MissedRuns = 'skip' | 'catch_up'

/** When a workflow runs on its own, and for which organizations: at each time it is executed once for each of them. */
export type Schedule = {
  /** Five fields: minute, hour, day of month, month, day of week (0 to 7, Sunday is 0 and 7). `*`, lists, ranges, steps, names. */
  readonly cron: string
  /** IANA name. A time that a clock change skips is run right after the gap; one that it repeats is run once. */
  readonly timeZone: string
  readonly organizations: OrganizationSelection
  readonly missed: MissedRuns
}

/**
 * A schedule as an author writes it. An administrator can pause it and set another in its place.
 *
 * @example
 * ```ts
 * schedule: { cron: '0 3 * * mon-fri', timeZone: 'Europe/Vienna', organizations: 'mapped:halopsa', missed: 'catch_up' }
 * ```
 */
export type ScheduleOptions = {
  cron: string
  /** Default `UTC`. */
  timeZone?: string | undefined
  /** Default `all`. */
  organizations?: OrganizationSelection | undefined
  /** `skip`, the default: what was missed by more than five minutes is not run. `catch_up`: it is, the last ten at most. */
  missed?: MissedRuns | undefined
}

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
    throw definitionInvalid(
      `The ${owner} has a schedule that is not { cron: '0 3 * * *', timeZone?: 'Europe/Vienna' }: ${shown(schedule)}.`,
    )
  }
  const { cron, timeZone = 'UTC', organizations = 'all', missed = 'skip' } = schedule
  const parts = cron.trim().split(/\s+/)
  if (parts.length !== fields.length) {
    throw definitionInvalid(
      `The ${owner} has the cron expression '${cron}'; it needs five fields: minute hour day-of-month month day-of-week.`,
    )
  }
  for (const [index, field] of fields.entries()) {
    const part = parts[index] ?? ''
    if (!part.split(',').every((item) => isCronItem(item, field))) {
      throw definitionInvalid(
        `The ${owner} has the cron expression '${cron}'; '${part}' is not a ${field.name} (${field.least} to ${field.most}).`,
      )
    }
  }
  if (!isTimeZone(timeZone)) {
    throw definitionInvalid(`The ${owner} has a schedule in the time zone ${shown(timeZone)}; use an IANA name such as 'Europe/Vienna'.`)
  }
  if (!isSelection(organizations)) {
    throw definitionInvalid(
      `The ${owner} has a schedule for the organizations ${shown(organizations)}; use 'all', 'mapped:<integration>' or a list of ids.`,
    )
  }
  if (missed !== 'skip' && missed !== 'catch_up') {
    throw definitionInvalid(`The ${owner} has a schedule with missed: ${shown(missed)}; use 'skip' or 'catch_up'.`)
  }
  return Object.freeze({
    cron: parts.join(' ').toLowerCase(),
    timeZone,
    organizations: typeof organizations === 'string' ? organizations : Object.freeze([...organizations]),
    missed,
  })
}

const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function isSelection(value: unknown): value is OrganizationSelection {
  if (Array.isArray(value)) return value.length > 0 && value.every((id) => typeof id === 'string' && idPattern.test(id))
  return typeof value === 'string' && (value === 'all' || /^mapped:[a-z][a-z0-9_]{0,49}$/.test(value))
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
