import type { LogLine } from '@crosswalk/client'

const levels = ['debug', 'info', 'warn', 'error']

/** A line of a log as it is kept by the hundred thousand: one text, and where its parts begin. */
export type LogEntry = {
  sequence: number
  level: string
  /** Higher is graver. */
  rank: number
  /** Time, level, message and data: what is searched, copied and downloaded. */
  text: string
  messageAt: number
  dataAt: number
  /** Has only characters of the same width, none of which begins a new row. */
  isPlain: boolean
}

export const rankOf = (level: string) => levels.indexOf(level)

export function entryOf({ sequence, timestamp, level, message, data }: LogLine): LogEntry {
  const head = `${timestamp} ${level.padEnd(5)} `
  const said = `${head}${message}`
  const text = data === null || data === undefined ? said : `${said} ${JSON.stringify(data)}`
  return {
    sequence,
    level,
    rank: rankOf(level),
    text,
    messageAt: head.length,
    dataAt: said.length,
    isPlain: /^[\x20-\x7e]*$/.test(text),
  }
}

export const timeOf = ({ text }: LogEntry) => text.slice(0, text.indexOf(' '))

/** The entries that are at least as grave and have the text, however it is spelled. */
export function entriesLike(entries: LogEntry[], leastRank: number, text: string): LogEntry[] {
  if (leastRank <= 0 && text === '') return entries
  // Faster than making lower-case copies of a hundred thousand lines.
  const pattern = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i')
  return entries.filter((entry) => entry.rank >= leastRank && (text === '' || pattern.test(entry.text)))
}
