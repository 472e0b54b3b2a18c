import type { Step } from '@crosswalk/client'

type Ending = { status: string; started_at: string; duration_ms: number | null; error: { type: string; message: string } | null }
/** What a step called while it ran. */
export type StepCall = Ending & { name: string }
/** One try of a step, and how it ended. */
export type Attempt = Ending & { attempt: number; calls: StepCall[]; more_calls: number }

/** The attempts of a step, oldest first. Where they were not kept, the newest is all that is known. */
export function attemptsOf(step: Step & { attempts?: Attempt[] }): Attempt[] {
  if (step.attempts && step.attempts.length > 0) return step.attempts
  const { status, started_at, duration_ms, error, attempt } = step
  return [{ attempt, status, started_at, duration_ms, error, calls: [], more_calls: 0 }]
}

/** From the first attempt to the end of the newest: what the step took with all that was tried. */
export function wholeOf(step: Step): Pick<Step, 'started_at' | 'duration_ms'> {
  const [first] = attemptsOf(step)
  if (!first || step.duration_ms === null) return { started_at: first?.started_at ?? step.started_at, duration_ms: step.duration_ms }
  return { started_at: first.started_at, duration_ms: Date.parse(step.started_at) + step.duration_ms - Date.parse(first.started_at) }
}
