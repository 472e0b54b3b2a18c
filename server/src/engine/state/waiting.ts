import { type Database, FencedOff, inScope, type Transaction } from '../../platform/database/database.ts'
import { organizationInactive } from './batched.ts'
import { cancelUnheld } from './cancellation.ts'
import type { Claim } from './claiming.queries.ts'
import type { Wait } from './execution.ts'
import type { BatchPauses } from './pauses.ts'
import type { EndHandler } from './requests.ts'
import {
  findNextDueMs,
  isOneOf,
  letGoRow,
  listDue,
  lockBatchesOf,
  lockStatus,
  lockUnended,
  markWoken,
  wakeRows,
} from './waiting.queries.ts'

/**
 * Lets an execution go that has nothing to do but wait. It continues by replay, in any worker, once it is woken.
 *
 * @returns false where another worker has it, or somebody wants it cancelled: it does not wait
 */
export async function letGo(
  transaction: Transaction,
  pauses: BatchPauses,
  held: Claim,
  wait: Wait,
  progress: object | null,
): Promise<boolean> {
  if (await letGoRow(transaction, held, wait, progress, true)) return true
  // It may have been woken. Then its batch is locked, and that goes before the execution itself.
  await lockBatchesOf(transaction, pauses, [held.executionId])
  const gone = await letGoRow(transaction, held, wait, progress, false)
  if (gone?.isWoken) await wake(transaction, pauses, held.executionId)
  return gone !== undefined
}

/**
 * Goes before an execution keeps what it is about to wait for: until the transaction is over, it does not end and nobody else takes it.
 *
 * @throws FencedOff - it has ended, or is in other hands: there is nobody to wait.
 */
export async function holdForWait(transaction: Transaction, { fence }: Database, executionId: string): Promise<void> {
  if (!(await lockUnended(transaction, executionId))) throw new FencedOff()
  // The transaction began with it. Whose the execution is may have changed until it was locked.
  if (fence && (await transaction.query(fence)).length === 0) throw new FencedOff()
}

/**
 * What an execution waits for has come, or may have: it continues, asks again for what it waits for, and waits again where that is still
 * missing. Store what has come in the same transaction, before. One that runs, and may be about to wait for it, is told as well. Safe to
 * repeat.
 *
 * @param transaction across all organizations where the execution may be of a batch
 * @returns false where it neither waits nor runs
 */
export async function wake(transaction: Transaction, pauses: BatchPauses, executionId: string): Promise<boolean> {
  await lockBatchesOf(transaction, pauses, [executionId])
  const status = await lockStatus(transaction, executionId)
  if (status === 'running') await markWoken(transaction, executionId)
  if (status !== 'waiting') return status === 'running'
  if ((await wakeRows(transaction, pauses, [executionId])) > 0) transaction.tell('execution.pending', executionId)
  return true
}

/** So many are woken in one transaction. */
const chunkSize = 500

/**
 * Wakes what is due. From here on it waits for a worker as everything does: organizations take turns, and limits hold. What is of an
 * organization that was deactivated meanwhile is cancelled.
 *
 * @returns in how many milliseconds the next one is due; undefined where none waits for a time
 */
export async function wakeDue(db: Database, pauses: BatchPauses, endHandlers: readonly EndHandler[]): Promise<number | undefined> {
  for (;;) {
    const dueInMs = await findNextDueMs(db)
    if (dueInMs === undefined || dueInMs > 0) return dueInMs
    const isAlone = await inScope(db, 'allOrganizations', async (transaction) => {
      const due = await listDue(transaction, chunkSize)
      const ids = due.map(({ id }) => id)
      await lockBatchesOf(transaction, pauses, ids)
      const inactive = due.filter((row) => row.is_inactive).map(({ id }) => id)
      if (inactive.length > 0) await cancelUnheld(transaction, isOneOf(inactive), organizationInactive, endHandlers)
      const [first] = ids
      const woken = await wakeRows(transaction, pauses, ids)
      if (woken > 0 && first !== undefined) transaction.tell('executions.released', first)
      return woken + inactive.length > 0
    })
    // Another worker has all of them in hand.
    if (!isAlone) return 0
  }
}
