import type { JsonObject, JsonValue } from '../../protocol/json.ts'
import type { ExecutionKind } from '../../protocol/kinds.ts'
import type { Caller, Execution, ExecutionError, ExecutionStatus, WaitFor } from './execution.ts'

export type ExecutionRow = {
  id: string
  organization_id: string | null
  kind: ExecutionKind
  name: string
  /** One that is held waits as the pending ones do, but no worker takes it: its batch is paused. */
  status: ExecutionStatus | 'held'
  /** Its lane, see `lanes.queries.ts`. */
  priority: number
  input: JsonObject
  /** Left out of lists, as it may be large. */
  effective_parameters?: JsonObject | null
  result: JsonValue
  error: ExecutionError | null
  timeout_ms: number
  deadline_ms: number | null
  ran_ms: number
  claimed_at: Date | null
  wait_until: Date | null
  wait_for: WaitFor | null
  caller: Caller
  progress: Execution['progress']
  code_version: string | null
  retry_of: string | null
  batch_id: string | null
  worker_id: string | null
  claim: number
  created_at: Date
  started_at: Date | null
  completed_at: Date | null
}
