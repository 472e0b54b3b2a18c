import type { Paint, Tone } from './terminal.ts'

/** A time of the API for people, in UTC. */
export function time(iso: string | null | undefined): string {
  return iso ? iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z') : '-'
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
