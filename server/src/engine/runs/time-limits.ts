import type { Execution } from '../state/execution.ts'

/** Which limit of time ended an execution: how long workers worked on it, or how long all of it took. */
export type TimeLimit = 'timeout' | 'deadline'

/** The longest delay that a timer can hold. */
const maxTimerMs = 2 ** 31 - 1

/** The time that is left of an execution's limits, where a worker has it since its last claim. */
function restOf({ timeoutMs, deadlineMs, ranMs, startedAt }: Execution, claimedAt: Date): { limit: TimeLimit; ms: number } {
  const left = timeoutMs - ranMs - Math.max(0, Date.now() - claimedAt.getTime())
  const toDeadline = deadlineMs === null ? Number.POSITIVE_INFINITY : (startedAt?.getTime() ?? Date.now()) + deadlineMs - Date.now()
  return toDeadline < left ? { limit: 'deadline', ms: toDeadline } : { limit: 'timeout', ms: left }
}

/** Calls back once a limit of an execution's time is over, at once where it is already, until the returned function is called. */
export function watchTimeLimits(execution: Execution, claimedAt: Date, onOver: (limit: TimeLimit) => void): () => void {
  const { limit, ms } = restOf(execution, claimedAt)
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
