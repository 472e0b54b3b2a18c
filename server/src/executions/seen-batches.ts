import type { Principal } from '../auth/auth.ts'
import type { Execution } from './execution.ts'

/** Those of these batches that a principal may see and that are still kept. */
export type FindSeenBatches = (principal: Principal, ids: readonly string[]) => Promise<ReadonlySet<string>>

/** The batches of these executions that may be shown with them. Asks nothing where none is of a batch. */
export async function seenBatchesOf(
  find: FindSeenBatches,
  principal: Principal,
  executions: readonly Execution[],
): Promise<ReadonlySet<string>> {
  const ids = new Set(executions.flatMap(({ batchId }) => (batchId === null ? [] : [batchId])))
  return ids.size === 0 ? ids : find(principal, [...ids])
}
