import type { AttemptRow } from '../state/executions.queries.ts'

export type LogLine = {
  executionId: string
  claim: number
  sequence: number
  at: Date
  level: 'debug' | 'info' | 'warn' | 'error'
  message: string
  data: string | null
  isFromAuthor: boolean
}
export type StepLine = {
  executionId: string
  claim: number
  position: number
  name: string
  status: 'running' | 'success' | 'failed'
  attempt: number
  startedAt: Date
  durationMs: number | null
  error: string | null
  /** The same for every attempt of the step, and with every worker. */
  idempotencyKey: string
  /** As JSON text, where the step is a call of a client. */
  arguments: string | null
  attempts: AttemptRow[]
}
