import type { ExecutionSummary } from '@crosswalk/client'

type Waiting = NonNullable<ExecutionSummary['waiting']>

const things = { time: undefined, event: 'an event', person: 'a person' } as const

const isSameDay = (one: Date, other: Date) => one.toDateString() === other.toDateString()

/** When, as short as it can be said: the time where it is today, else with the day, and the year where that is another. */
export function momentText(at: Date, now: Date, locale?: string): string {
  const time = { hour: '2-digit', minute: '2-digit' } as const
  if (isSameDay(at, now)) return at.toLocaleTimeString(locale, time)
  const year = at.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const)
  return at.toLocaleString(locale, { day: 'numeric', month: 'short', ...year, ...time })
}

/** What an execution waits for, and until when: "Waiting until 14:05", "Waiting for a person". */
export function waitingText({ for: what, until }: Waiting, now: Date, locale?: string): string {
  const thing = things[what]
  const moment = until === null ? '' : ` until ${momentText(new Date(until), now, locale)}`
  return `Waiting${thing === undefined ? '' : ` for ${thing}`}${moment}`
}
