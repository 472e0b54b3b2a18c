import { Cron } from 'croner'
import { type LocalTime, localTimeAt, occurrenceOf, setBackMs } from './local-times.ts'

/** When something is due: a cron expression of five fields in a time zone. */
export type Timing = { cron: string; timeZone: string }

/** A run that is later than this was missed. */
export const lateMs = 5 * 60_000
/** More missed runs than this are not caught up with: the newest are. */
export const maxCaughtUp = 10

/** The times that a clock on the wall shows when something is due. What the clocks of a zone do with them is decided here, and not by croner. */
type WallTimes = {
  next(after: LocalTime): LocalTime | undefined
  has(local: LocalTime): boolean /** Whether it is due in every hour. */
  isHourly(): boolean
}

/** @throws TypeError for what croner does not take. */
function wallTimesOf(cron: string): WallTimes {
  const pattern = new Cron(cron, { timezone: 'UTC', paused: true })
  const next = (after: LocalTime) => pattern.nextRun(new Date(after))?.getTime()
  return { next, has: (local) => next(local - 1_000) === local, isHourly: () => coversEveryHour(cron) }
}

/** `*`, and what says the same in other words. */
function coversEveryHour(cron: string): boolean {
  const onTheHour = new Cron(`0 ${cron.split(' ')[1]} * * *`, { timezone: 'UTC', paused: true })
  const times = onTheHour.nextRuns(24, new Date(Date.UTC(2026, 0, 1) - 1))
  return times.every((time, hour) => time.getUTCHours() === hour)
}

/**
 * The instants of one time on the wall. One that a clock change skips is due when the gap ends, and one that it repeats is due the first
 * time. What is due in every hour continues at the same distance instead: in both of the repeated hours, and in none that was skipped,
 * unless nothing came in its place.
 */
function instantsOf(times: WallTimes, timeZone: string, local: LocalTime): readonly number[] {
  const { instants, gap } = occurrenceOf(timeZone, local)
  if (instants.length === 1) return instants
  if (gap === undefined) return times.isHourly() ? instants : instants.slice(0, 1)
  return times.isHourly() && times.has(local + gap.lengthMs) ? [] : [gap.end]
}

function firstAfter(times: WallTimes, timeZone: string, after: number): number | undefined {
  let best: number | undefined
  const setBack = setBackMs(timeZone, after)
  let local = times.next(localTimeAt(timeZone, after) - (setBack > 0 && times.isHourly() ? setBack : 0))
  while (local !== undefined) {
    const instants = instantsOf(times, timeZone, local)
    for (const instant of instants) if (instant > after && (best === undefined || instant < best)) best = instant
    // Later times on the wall come no sooner than this one does for the first time.
    if (best !== undefined && instants[0] !== undefined && instants[0] >= best) return best
    local = times.next(local)
  }
  return best
}

/**
 * The first due time after a time. Undefined where there is none, as for the 31st of February.
 *
 * @throws TypeError for an expression or time zone that is none.
 */
export function nextDueTime({ cron, timeZone }: Timing, after: Date): Date | undefined {
  const next = firstAfter(wallTimesOf(cron), timeZone, after.getTime())
  return next === undefined ? undefined : new Date(next)
}

/** The last due times of a span of time, both ends included, oldest first. */
function lastDueTimes({ cron, timeZone }: Timing, from: number, to: number, max: number): number[] {
  const times = wallTimesOf(cron)
  // Looks back further and further, so that a long outage costs no more than a short one.
  for (let span = 10 * 60_000; ; span *= 2) {
    const begin = Math.max(from, to - span)
    const found: number[] = []
    for (let due = firstAfter(times, timeZone, begin - 1); due !== undefined && due <= to; due = firstAfter(times, timeZone, due))
      found.push(due)
    if (found.length >= max || begin === from) return found.slice(-max)
  }
}

/**
 * Which due times are to be run now, oldest first.
 *
 * @param from the first that has not been run
 */
export function dueTimesToRun(timing: Timing & { missed: 'skip' | 'catch_up' }, from: Date, now: Date): Date[] {
  if (from > now) return []
  const isSkipping = timing.missed === 'skip'
  return lastDueTimes(timing, from.getTime(), now.getTime(), isSkipping ? 1 : maxCaughtUp)
    .filter((time) => !isSkipping || now.getTime() - time <= lateMs)
    .map((time) => new Date(time))
}

/** Equal for timings whose due times are the same by their words. */
export function timingKey({ cron, timeZone }: Timing): string {
  return `${cron} ${timeZone}`
}
