import type { Sql } from '../../platform/database/database.ts'

/**
 * How the engine asks for pauses of the batches that its executions are parts of: pieces of its statements, given by the slice that has
 * batches, which comes later.
 */
export type BatchPauses = {
  /** Selects these batches and locks them, in one order, against who would pause or resume them: before any of their executions is locked. */
  lock(batchIds: Sql): Sql
  /** True of a batch that is paused. */
  isPaused(batchId: Sql): Sql
}
