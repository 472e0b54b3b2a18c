import { submitExecution } from '../engine/state/executions.ts'
import { testsOfMappings } from '../mappings/tests/tests-of-many.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import type { BatchRow } from './batches.queries.ts'
import {
  countWaitingOf,
  giveExecutions,
  listWaitingItems,
  markExpanded,
  skipItems,
  takeExpandingRow,
  type WaitingItem,
} from './expansion.queries.ts'

/** So many executions are submitted in one transaction: few enough that nobody waits long for it. */
const chunkSize = 200
/** So many executions of one batch wait at once: enough for the workers, and few in the queue, however large the batch is. */
const maxWaiting = 1_000

/**
 * Submits the executions of the next items of a batch. What a crash cuts off is done again by the next call, and nothing twice.
 *
 * @param room at most so many
 * @returns `full` where enough of it wait, and the rest has to come later; `done` where there is nothing to do here: all are submitted,
 *   it is paused and enough of it is held, or another worker is at it
 */
export function expandChunk(db: Database, batchId: string, room = chunkSize): Promise<'more' | 'full' | 'done'> {
  return inScope(db, 'allOrganizations', async (transaction) => {
    const batch = await takeExpandingRow(transaction, batchId)
    if (!batch) return 'done'
    const size = Math.min(chunkSize, room, maxWaiting - (await countWaitingOf(transaction, batchId)))
    if (size <= 0) return batch.is_paused ? 'done' : 'full'
    const items = await listWaitingItems(transaction, batchId, size)
    const wanted = await submissionsOf(transaction, batch, items)
    const given = await Promise.all(
      wanted.map(async ({ item, what }) => {
        const { id } = await submitExecution(transaction, {
          ...what,
          organizationId: item.organization_id,
          acting: { actor: batch.caller, requestId: null },
          isInteractive: false,
          batch: { id: batch.id, isPaused: batch.is_paused },
        })
        return { subjectId: item.subject_id, executionId: id }
      }),
    )
    await giveExecutions(transaction, batchId, given)
    const submitted = new Set(given.map(({ subjectId }) => subjectId))
    const skipped = items.filter((item) => !submitted.has(item.subject_id)).map((item) => item.subject_id)
    if (skipped.length > 0) await skipItems(transaction, batchId, skipped)
    if (items.length === size) return 'more'
    await markExpanded(transaction, batchId)
    return 'done'
  })
}

/** What is to be run for each item; nothing for those whose organization or mapping is not active any more. */
async function submissionsOf(transaction: Transaction, batch: BatchRow, items: readonly WaitingItem[]) {
  const active = items.filter((item) => item.is_active)
  if (batch.kind === 'workflow') {
    const what = {
      kind: batch.kind,
      name: batch.name,
      input: { parameters: batch.parameters },
      timeoutMs: batch.timeout_ms,
      deadlineMs: batch.deadline_ms,
    }
    return active.map((item) => ({
      item,
      what: { ...what, ...(item.retry_of === null ? {} : { retryOf: { id: item.retry_of, codeVersion: item.code_version } }) },
    }))
  }
  const tests = await testsOfMappings(
    transaction,
    active.map((item) => item.subject_id),
  )
  return active.flatMap((item) => {
    const what = tests.get(item.subject_id)
    return what ? [{ item, what }] : []
  })
}
