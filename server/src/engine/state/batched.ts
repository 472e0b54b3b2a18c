import type { Transaction } from '../../platform/database/database.ts'
import { holdPendingRows, releaseHeldRows } from './batched.queries.ts'
import { cancelUnheld } from './cancellation.ts'
import { isOfBatch, markCancelling, waitsForInactive } from './cancelling.queries.ts'
import type { EndHandler } from './requests.ts'

/** Holds the executions of a batch that wait for a worker. What runs continues; what waits for something else is held once that has come. */
export function holdExecutions(transaction: Transaction, batchId: string): Promise<void> {
  return holdPendingRows(transaction, batchId)
}

/**
 * Lets workers take the held executions of a batch. Those of organizations that were deactivated meanwhile are cancelled.
 *
 * @returns the ids of the cancelled ones
 */
export async function releaseExecutions(transaction: Transaction, batchId: string, endHandlers: readonly EndHandler[]): Promise<string[]> {
  const cancelled = await cancelUnheld(transaction, waitsForInactive(batchId), organizationInactive, endHandlers)
  await releaseHeldRows(transaction, batchId)
  return cancelled.map(({ id }) => id)
}

/** Cancels all executions of a batch that have not ended: those that no worker has at once, those that run through their workers. */
export async function cancelExecutions(transaction: Transaction, batchId: string, endHandlers: readonly EndHandler[]): Promise<void> {
  const ofBatch = isOfBatch(batchId)
  await cancelUnheld(transaction, ofBatch, batchCancelled, endHandlers)
  await markCancelling(transaction, ofBatch)
  // What its worker let go between the two, to wait.
  await cancelUnheld(transaction, ofBatch, batchCancelled, endHandlers)
}

const batchCancelled = {
  code: 'cancelled',
  before: 'The batch was cancelled before this execution began.',
  begun: 'The batch was cancelled.',
}

export const organizationInactive = {
  code: 'organization_inactive',
  before: 'The organization was deactivated before this execution began.',
  begun: 'The organization was deactivated while this execution waited.',
}
