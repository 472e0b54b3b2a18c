import { Cron } from 'croner'

/** When a cron expression of five fields is due next; undefined where it is not one, or the time zone is none. */
export function nextTimes(cron: string, timeZone: string, count: number): Date[] | undefined {
  // The library would also take seconds and years, which the server refuses.
  if (cron.trim().split(/\s+/).length !== 5) return undefined
  try {
    return new Cron(cron.trim(), { timezone: timeZone, paused: true }).nextRuns(count)
  } catch {
    return undefined
  }
}

/** The time zone of this browser. */
export function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
}

/** Every time zone that can be named: UTC and the person's own first. */
export function timeZones(current: string): string[] {
  return [...new Set(['UTC', ownTimeZone(), ...(current === '' ? [] : [current]), ...Intl.supportedValuesOf('timeZone')])]
}
