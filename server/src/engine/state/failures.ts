import type { Transaction } from '../../platform/database/database.ts'
import { type Execution, executionOf } from './executions.ts'
import { countFailures, listNewestFailures, type SeenOfWorkflows } from './failures.queries.ts'

/** Workflows that failed lately and were not tried again. */
export type Failures = { /** Counting ends at `max`. */ count: number; newest: Execution[] }

/**
 * @param transaction in the scope of what is seen
 * @param asked.seen what the asker may see
 */
export async function findFailures(
  transaction: Transaction,
  asked: { seen: SeenOfWorkflows; hours: number; max: number; newest: number },
): Promise<Failures> {
  const [count, newest] = await Promise.all([
    countFailures(transaction, asked.seen, asked.hours, asked.max),
    listNewestFailures(transaction, asked.seen, asked.hours, asked.newest),
  ])
  return { count, newest: newest.map(executionOf) }
}
