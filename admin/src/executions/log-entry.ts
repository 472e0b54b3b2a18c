import type { LogLine } from '@crosswalk/client'

const levels = ['debug', 'info', 'warn', 'error']

/** A line of a log as it is kept by the hundred thousand: one text, and where its parts begin. */
export type LogEntry = {
  sequence: number
  /** Milliseconds since 1970. */
  atMs: number
  level: string
  /** Higher is graver. */
  rank: number
  /** Time with its offset, level, message and data: what is searched, copied and downloaded. */
  text: string
  messageAt: number
  dataAt: number
  /** Has only characters of the same width, none of which begins a new row. */
  isPlain: boolean
}

const padded = (value: number, length = 2) => String(value).padStart(length, '0')

/** A moment as the clock here shows it, with how far that is from UTC: `2026-01-02T04:04:05.678+01:00`. */
export function localTime(atMs: number): string {
  const at = new Date(atMs)
  const offset = -at.getTimezoneOffset()
  const date = `${padded(at.getFullYear(), 4)}-${padded(at.getMonth() + 1)}-${padded(at.getDate())}`
  const time = `${padded(at.getHours())}:${padded(at.getMinutes())}:${padded(at.getSeconds())}.${padded(at.getMilliseconds(), 3)}`
  const zone = offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${padded(Math.floor(Math.abs(offset) / 60))}:${padded(Math.abs(offset) % 60)}`
  return `${date}T${time}${zone}`
}

export const rankOf = (level: string) => levels.indexOf(level)

export function entryOf({ sequence, timestamp, level, message, data }: LogLine): LogEntry {
  const atMs = Date.parse(timestamp)
  const head = `${localTime(atMs)} ${level.padEnd(5)} `
  const said = `${head}${message}`
  const text = data === null || data === undefined ? said : `${said} ${JSON.stringify(data)}`
  return {
    sequence,
    atMs,
    level,
    rank: rankOf(level),
    text,
    messageAt: head.length,
    dataAt: said.length,
    isPlain: /^[\x20-\x7e]*$/.test(text),
  }
}

export const timeOf = ({ text }: LogEntry) => text.slice(0, text.indexOf(' '))

/** The entries of a span of time, ends included. They come in the order of their times. */
export function entriesWithin(entries: readonly LogEntry[], fromMs: number, untilMs: number): LogEntry[] {
  return entries.filter(({ atMs }) => atMs >= fromMs && atMs <= untilMs)
}

/** The entries that are at least as grave and have the text, however it is spelled. */
export function entriesLike(entries: LogEntry[], minRank: number, text: string): LogEntry[] {
  if (minRank <= 0 && text === '') return entries
  // Faster than making lower-case copies of a hundred thousand lines.
  const pattern = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i')
  return entries.filter((entry) => entry.rank >= minRank && (text === '' || pattern.test(entry.text)))
}
