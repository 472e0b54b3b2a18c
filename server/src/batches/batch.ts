import type { Acting } from '../audit/audit.ts'
import type { Caller } from '../engine/state/executions.ts'
import type { Scope } from '../platform/database/database.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { BatchKind } from '../protocol/kinds.ts'
import type { Selection } from './selection.ts'

/** While it is expanding, some of its items have no execution yet. */
export type BatchState = 'expanding' | 'expanded' | 'cancelled'

/**
 * What an item of a batch can be: as its execution is, a connection test that was not made, left out because its organization is not
 * active, or not kept any more.
 */
export const itemStatuses = [
  'pending',
  'running',
  'waiting',
  'success',
  'failed',
  'timeout',
  'not_tested',
  'cancelling',
  'cancelled',
  'skipped',
  'expired',
] as const
export type ItemStatus = (typeof itemStatuses)[number]
export type Counts = Record<ItemStatus, number>

/** One order to run something for many organizations. */
export type Batch = {
  id: string
  /** A workflow for each organization, or a connection test for each of their mappings. */
  kind: BatchKind
  /** The workflow's name; for connection tests that of the schedule that ordered them, or `test_mappings`. */
  name: string
  parameters: JsonObject
  selection: Selection
  status: 'expanding' | 'running' | 'paused' | 'finished' | 'cancelled'
  isPaused: boolean
  caller: Caller
  scheduleName: string | null
  /** When it was to run by its schedule; null where someone asked for it. */
  dueAt: Date | null
  total: number
  /** Of the newest attempt of each item. */
  counts: Counts
  createdAt: Date
  completedAt: Date | null
}

/** A wish to run something for many organizations. */
export type BatchOrder = Pick<Batch, 'kind' | 'name' | 'parameters' | 'selection'> & {
  timeoutMs: number
  deadlineMs?: number | null
  scope: Scope
  acting: Acting
  /** The same key for the same name is the same batch. */
  idempotencyKey?: string | undefined
  /** At one due time a schedule makes one batch. */
  schedule?: { name: string; dueAt: Date | null } | undefined
}
