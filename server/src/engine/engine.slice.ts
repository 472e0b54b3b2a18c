import { executionRetention } from './retention.ts'
import type { Slice } from './slice.ts'

export const engineSlice = {
  name: 'engine',
  holds: 'executions: state, claims, leases, steps, journal, runners',
  tables: {
    executions: 'Batches, histories and figures count and list them; the status is written in state/ alone.',
    execution_keys: null,
    execution_steps: 'The history shows them.',
    execution_logs: 'The history shows them.',
    step_records: 'The history shows what a step returned.',
    worker_leases: 'Health and the place in the queue tell whether a worker is there.',
  },
  retention: executionRetention,
} satisfies Slice
