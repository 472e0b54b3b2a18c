import { Cron } from 'croner'

/** When something is due: a cron expression of five fields in a time zone. */
export type Timing = { cron: string; timeZone: string }

/** A run that is later than this was missed. */
export const lateMs = 5 * 60_000
/** More missed runs than this are not caught up with: the newest are. */
export const mostCaughtUp = 10

function cronOf({ cron, timeZone }: Timing): Cron {
  return new Cron(cron, { timezone: timeZone, paused: true })
}

/** The first due time after a time. Undefined where there is none, as for the 31st of February. */
export function nextDueTime(timing: Timing, after: Date): Date | undefined {
  return cronOf(timing).nextRun(after) ?? undefined
}

/**
 * Which due times are to be run now, oldest first.
 *
 * @param from the first that has not been run
 */
export function dueTimesToRun(timing: Timing & { missed: 'skip' | 'catch_up' }, from: Date, now: Date): Date[] {
  // A time before the reference is asked for, and one that is due at this very moment counts as well.
  const reference = new Date(now.getTime() + 1)
  const newest = cronOf(timing)
    .previousRuns(timing.missed === 'skip' ? 1 : mostCaughtUp, reference)
    .reverse()
  return newest.filter((time) => time >= from && time <= now && (timing.missed === 'catch_up' || now.getTime() - time.getTime() <= lateMs))
}

/** Equal for timings whose due times are the same by their words. */
export function timingKey({ cron, timeZone }: Timing): string {
  return `${cron} ${timeZone}`
}
