import type { BatchPauses } from '../engine/state/pauses.ts'
import { sql } from '../platform/database/database.ts'

export const batchPauses: BatchPauses = {
  lock: (batchIds) => sql`select from batches where id in (${batchIds}) order by id for share`,
  isPaused: (batchId) => sql`exists (select from batches b where b.id = ${batchId} and b.is_paused)`,
}
