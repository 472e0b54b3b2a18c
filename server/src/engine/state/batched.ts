import type { Transaction } from '../../platform/database/database.ts'
import { cancelWaitingRows, holdPendingRows, markRunningCancelling, releaseHeldRows } from './batched.queries.ts'
import { closeOpenSteps } from './executions.queries.ts'
import { executionOf } from './executions.ts'
import type { EndHandler } from './requests.ts'

/** Holds the executions of a batch that no worker has taken. What runs goes on. */
export function holdExecutions(transaction: Transaction, batchId: string): Promise<void> {
  return holdPendingRows(transaction, batchId)
}

/**
 * Lets workers take the held executions of a batch. Those of organizations that were deactivated meanwhile are cancelled.
 *
 * @returns the ids of the cancelled ones
 */
export async function releaseExecutions(transaction: Transaction, batchId: string, endHandlers: readonly EndHandler[]): Promise<string[]> {
  const cancelled = await cancelWaiting(transaction, batchId, 'inactive', endHandlers)
  await releaseHeldRows(transaction, batchId)
  return cancelled
}

/** Cancels all executions of a batch that have not ended: those that wait at once, those that run through their workers. */
export async function cancelExecutions(transaction: Transaction, batchId: string, endHandlers: readonly EndHandler[]): Promise<void> {
  await cancelWaiting(transaction, batchId, 'all', endHandlers)
  await markRunningCancelling(transaction, batchId)
}

const reasons = {
  all: { code: 'cancelled', message: 'The batch was cancelled before this execution began.' },
  inactive: { code: 'organization_inactive', message: 'The organization was deactivated before this execution began.' },
}

async function cancelWaiting(
  transaction: Transaction,
  batchId: string,
  organizations: 'all' | 'inactive',
  endHandlers: readonly EndHandler[],
): Promise<string[]> {
  const rows = await cancelWaitingRows(transaction, batchId, organizations, reasons[organizations])
  for (const row of rows) {
    if (row.claim > 0) await closeOpenSteps(transaction, row.id)
    const outcome = { status: 'cancelled', result: null, error: row.error } as const
    for (const handler of endHandlers) if (handler.kind === row.kind) await handler.onEnd(transaction, executionOf(row), outcome)
  }
  return rows.map((row) => row.id)
}
