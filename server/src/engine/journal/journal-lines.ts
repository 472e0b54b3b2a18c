import type { JsonObject } from '@crosswalk/sdk'

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
  attempts: JournaledAttempt[]
}

type ShownError = { type: string; message: string; details: JsonObject }

/** An attempt of a step, as it is stored and shown. */
export type JournaledAttempt = {
  attempt: number
  /** `cut_off`: its process was lost while it was done. Whether it was done at the vendor is not known. */
  status: 'running' | 'success' | 'failed' | 'cut_off'
  started_at: string
  duration_ms: number | null
  error: ShownError | null
  calls: JournaledCall[]
  /** How many calls it made beside those that are kept. */
  more_calls: number
}

/** A call that a step made: of a client's method, say. */
export type JournaledCall = {
  name: string
  status: 'running' | 'success' | 'failed'
  started_at: string
  duration_ms: number | null
  error: ShownError | null
}
