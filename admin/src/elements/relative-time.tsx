import { useSyncExternalStore } from 'react'

const tickMs = 10_000
let now = Date.now()
const listeners = new Set<() => void>()
let timer: number | undefined

/** One clock for all times on the page. */
function subscribe(listener: () => void) {
  listeners.add(listener)
  // While no time was on the page nobody counted on.
  if (timer === undefined) now = Date.now()
  timer ??= window.setInterval(() => {
    now = Date.now()
    for (const notify of listeners) notify()
  }, tickMs)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    window.clearInterval(timer)
    timer = undefined
  }
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })
const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

function relativeText(at: number, from: number): string {
  const seconds = (at - from) / 1_000
  const [unit, length] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1]
  if (unit === 'second') return Math.abs(seconds) < 10 ? 'just now' : relative.format(Math.round(seconds), 'second')
  // "Tomorrow" is a day of the calendar, and not 24 hours.
  return relative.format(unit === 'day' ? dayOf(at) - dayOf(from) : Math.round(seconds / length), unit)
}

/** The day of the person's calendar, counted from 1970. */
function dayOf(ms: number): number {
  const date = new Date(ms)
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000
}

/** How long ago, with the exact time on hover. */
export function RelativeTime({ at }: { at: string }) {
  const from = useSyncExternalStore(subscribe, () => now)
  const time = Date.parse(at)
  return (
    <time dateTime={at} title={exact.format(time)} style={{ whiteSpace: 'nowrap' }}>
      {relativeText(time, Math.max(from, time > Date.now() - tickMs ? Date.now() : from))}
    </time>
  )
}

/** The exact time, with how long ago on hover: where the order of events and the time of day matter. */
export function ExactTime({ at }: { at: string }) {
  const time = Date.parse(at)
  return (
    <time dateTime={at} title={relativeText(time, Date.now())} style={{ whiteSpace: 'nowrap' }}>
      {exact.format(time)}
    </time>
  )
}

/** A duration as a person says it. */
export function durationText(ms: number | null): string {
  if (ms === null) return '–'
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${ms % 1_000 === 0 ? ms / 1_000 : (ms / 1_000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  const seconds = Math.floor((ms % 60_000) / 1_000)
  if (minutes < 60) return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
