import type { Paint, Tone } from './terminal.ts'

/** A time of the API for people, in UTC. */
export function time(iso: string | null | undefined): string {
  return iso ? iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z') : '-'
}

/** The same as clocks in a time zone show it, with how far they are from UTC. In UTC where the zone is none. */
export function timeIn(timeZone: string, iso: string | null | undefined): string {
  if (!iso) return '-'
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'longOffset',
    })
    const parts = Object.fromEntries(format.formatToParts(new Date(iso)).map(({ type, value }) => [type, value]))
    const offset = parts.timeZoneName?.replace(/^GMT(\+00:00)?/, '') || 'Z'
    return `${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}:${parts.second}${offset}`
  } catch {
    return time(iso)
  }
}

export function duration(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) return '-'
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1_000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

export function yesOrNo(value: boolean | null | undefined): string {
  return value === null || value === undefined ? '-' : value ? 'yes' : 'no'
}

/** A value of any form in one line. */
export function inLine(value: unknown): string {
  if (value === null || value === undefined) return '-'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const tones: Record<string, Tone> = {
  success: 'good',
  ok: 'good',
  yes: 'good',
  failed: 'bad',
  fail: 'bad',
  timeout: 'bad',
  warn: 'doubtful',
  cut_off: 'doubtful',
  'not tested': 'doubtful',
  not_tested: 'doubtful',
  cancelling: 'doubtful',
  cancelled: 'doubtful',
  no: 'quiet',
}

/** Colours a status by what it means. */
export function paintStatus(text: string, _item: unknown, paint: Paint): string {
  const tone = tones[text.trim()]
  return tone ? paint(tone, text) : text
}
