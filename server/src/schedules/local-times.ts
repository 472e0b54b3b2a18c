/** Minutes and hours as a clock on the wall shows them, written as if they were UTC. In milliseconds. */
export type LocalTime = number

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(timeZone, format)
  return format
}

/** What a clock in that zone shows at an instant. */
export function localTimeAt(timeZone: string, instant: number): LocalTime {
  const parts: Record<string, number> = {}
  for (const { type, value } of formatOf(timeZone).formatToParts(instant)) parts[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((instant % 1_000) + 1_000) % 1_000)
}

const offsetAt = (timeZone: string, instant: number) => localTimeAt(timeZone, instant) - instant
const dayMs = 86_400_000

/** The instants at which a clock shows a time: one; two where a clock change repeats it; or none, and where the gap ends, where it skips it. */
export type Occurrence =
  | { instants: readonly number[]; gap?: undefined }
  | { instants: readonly []; gap: { end: number; lengthMs: number } }

export function occurrenceOf(timeZone: string, local: LocalTime): Occurrence {
  // No zone is further than a day from UTC, and none changes its clock twice in so short a time.
  const before = offsetAt(timeZone, local - dayMs)
  const after = offsetAt(timeZone, local + dayMs)
  const instants = [...new Set([local - before, local - after])].filter((instant) => localTimeAt(timeZone, instant) === local)
  if (instants.length > 0) return { instants: instants.sort((left, right) => left - right) }
  return { instants: [], gap: { end: changeBetween(timeZone, local - after, local - before), lengthMs: after - before } }
}

/** By how much the clock is put back within the next day, where it is. */
export function setBackMs(timeZone: string, instant: number): number {
  return Math.max(0, offsetAt(timeZone, instant) - offsetAt(timeZone, instant + dayMs))
}

/** The first instant of the second offset. */
function changeBetween(timeZone: string, early: number, late: number): number {
  const offset = offsetAt(timeZone, late)
  let before = early
  let from = late
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2)
    if (offsetAt(timeZone, middle) === offset) from = middle
    else before = middle
  }
  return from
}
