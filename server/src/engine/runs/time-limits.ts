import type { Execution } from '../state/execution.ts'

/** Which limit of time ended an execution: how long workers worked on it, or how long all of it took. */
export type TimeLimit = 'timeout' | 'deadline'

/** The longest delay that a timer can hold. */
const maxTimerMs = 2 ** 31 - 1

/** The time that is left of an execution's limits, where a worker goes on with it now. */
function restOf({ timeoutMs, deadlineMs, ranMs, startedAt }: Execution): { limit: TimeLimit; ms: number } {
  const left = timeoutMs - ranMs
  const toDeadline = deadlineMs === null ? Number.POSITIVE_INFINITY : (startedAt?.getTime() ?? Date.now()) + deadlineMs - Date.now()
  return toDeadline < left ? { limit: 'deadline', ms: toDeadline } : { limit: 'timeout', ms: left }
}

/** Calls back once a limit of an execution's time is over, at once where it is already, until the returned function is called. */
export function watchTimeLimits(execution: Execution, onOver: (limit: TimeLimit) => void): () => void {
  const { limit, ms } = restOf(execution)
  const overAt = performance.now() + ms
  let timer: NodeJS.Timeout | undefined
  const look = () => {
    const restMs = overAt - performance.now()
    if (restMs <= 0) onOver(limit)
    else timer = setTimeout(look, Math.min(restMs, maxTimerMs))
  }
  look()
  return () => clearTimeout(timer)
}
