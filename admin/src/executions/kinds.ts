import type { ExecutionSummaryKind } from '@crosswalk/client'

/** The kinds of executions, as people call them. */
export const kindLabels: Record<ExecutionSummaryKind, string> = {
  workflow: 'Workflow',
  discovery: 'Discovery',
  connection_test: 'Connection test',
  data_provider: 'Data provider',
}

export const kindOptions = Object.entries(kindLabels).map(([value, label]) => ({ value, label }))
