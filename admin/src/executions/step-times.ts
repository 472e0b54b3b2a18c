import type { Step } from '@crosswalk/client'

type Timed = Pick<Step, 'started_at' | 'duration_ms'>

/** From the start of the first step to the end of the last, in milliseconds since 1970. */
export type Span = { startMs: number; endMs: number }

export const startOf = ({ started_at }: Pick<Step, 'started_at'>) => Date.parse(started_at)

/** When a step ended; what still runs lasts until now. */
export const endOf = (step: Timed, nowMs: number) => (step.duration_ms === null ? nowMs : startOf(step) + step.duration_ms)

/** The time that the steps took together; what still runs lasts until now. */
export function spanOf(steps: readonly Timed[], nowMs: number): Span {
  let [startMs, endMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const step of steps) {
    startMs = Math.min(startMs, startOf(step))
    endMs = Math.max(endMs, endOf(step, nowMs))
  }
  return { startMs, endMs: Math.max(endMs, startMs) }
}

const minPercent = 0.4

/** Where a step stands in the span and how much of it it took, in percent. The shortest can still be seen. */
export function placeOf({ started_at, duration_ms }: Timed, { startMs, endMs }: Span) {
  const wholeMs = Math.max(1, endMs - startMs)
  const tookMs = duration_ms ?? endMs - Date.parse(started_at)
  const width = Math.min(100, Math.max(minPercent, (100 * tookMs) / wholeMs))
  const offset = Math.min(100 - width, Math.max(0, (100 * (Date.parse(started_at) - startMs)) / wholeMs))
  return { offset, width }
}
