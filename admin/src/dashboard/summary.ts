import type { ExecutionSummary } from '@crosswalk/client'

type Figures = {
  /** Of those that have ended and were not cancelled; null where there is none. */
  successRate: number | null
  /** Of those that have ended. */
  medianMs: number | null
}

const ended = new Set(['success', 'failed', 'timeout'])

function figuresOf(executions: ExecutionSummary[]): Figures {
  const over = executions.filter(({ status }) => ended.has(status))
  const durations = over.flatMap(({ duration_ms }) => (duration_ms === null ? [] : [duration_ms])).sort((a, b) => a - b)
  return {
    successRate: over.length === 0 ? null : over.filter(({ status }) => status === 'success').length / over.length,
    medianMs: durations[Math.floor(durations.length / 2)] ?? null,
  }
}

/** How it went, together and by workflow; the most often run first. */
export function summaryOf(executions: ExecutionSummary[]): Figures & { byName: (Figures & { name: string; runs: number })[] } {
  const groups = Object.entries(Object.groupBy(executions, ({ workflow_name }) => workflow_name))
  const byName = groups.map(([name, members = []]) => ({ name, runs: members.length, ...figuresOf(members) }))
  return { ...figuresOf(executions), byName: byName.sort((a, b) => b.runs - a.runs) }
}
