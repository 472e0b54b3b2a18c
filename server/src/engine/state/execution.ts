import type { Acting, Actor } from '../../audit/audit.ts'
import type { JsonObject, JsonValue } from '../../protocol/json.ts'
import type { ExecutionKind } from '../../protocol/kinds.ts'

export const executionStatuses = ['pending', 'running', 'waiting', 'success', 'failed', 'timeout', 'cancelling', 'cancelled'] as const
export type ExecutionStatus = (typeof executionStatuses)[number]

/** How an execution failed, as the contract shows it. `details` has `code` where the error has one, and `stack` into the author's file. */
export type ExecutionError = { type: string; message: string; details: JsonObject }

/** What an execution waits for while no worker has it. More may be said of it for who is to bring it. */
export type WaitFor = { type: 'time' } | { type: 'event'; name: string } | { type: 'person'; what: string }

/** Until when it waits at the latest (null: until it is woken), and for what. */
export type Wait = { until: Date | null; for: WaitFor }

/** Who asked for an execution. */
export type Caller = { type: Actor['type']; id: string; name: string }

/** One durable run of author code. */
export type Execution = {
  id: string
  /** Null for a discovery with the global credentials. */
  organizationId: string | null
  kind: ExecutionKind
  /** The workflow's, integration's or data provider's name. */
  name: string
  status: ExecutionStatus
  input: JsonObject
  result: JsonValue
  error: ExecutionError | null
  /** How long workers may work on it. Waiting does not count. */
  timeoutMs: number
  /** How long all of it may take from its first start, waits included. Null is no limit. */
  deadlineMs: number | null
  /** How long workers had it up to its last claim. */
  ranMs: number
  /** What it waits for; null while it does not wait. */
  wait: Wait | null
  caller: Caller
  /** The execution that this one tries again. */
  retryOf: string | null
  /** The batch that it is a part of. */
  batchId: string | null
  /** What the code was called with, defaults included; null where that is what was given, and before it has begun. */
  effectiveParameters: JsonObject | null
  progress: { done: number; total: number | null; message: string | null } | null
  createdAt: Date
  startedAt: Date | null
  completedAt: Date | null
}

/** What is asked for. No limit of time counts before the first start. */
export type Submission = {
  organizationId: string | null
  kind: ExecutionKind
  name: string
  input: JsonObject
  timeoutMs: number
  deadlineMs?: number | null
  acting: Acting
  /** True where a person or program waits for the end: such executions go ahead of background ones. */
  isInteractive: boolean
  /** The same key for the same name and organization is the same execution. Needs an organization. */
  idempotencyKey?: string
  /** The execution that it continues from, and the code that asked for what that one recorded. */
  retryOf?: { id: string; codeVersion: string | null }
  /** The batch that it is a part of. While that is paused, it waits and no worker takes it. */
  batch?: { id: string; isPaused: boolean }
}
