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
}
