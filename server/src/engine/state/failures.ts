import type { Transaction } from '../../platform/database/database.ts'
import { type Execution, executionOf } from './executions.ts'
import { countFailures, listNewestFailures } from './failures.queries.ts'

/** Workflows that failed lately and were not tried again. */
export type Failures = { /** Counting ends at `most`. */ count: number; newest: Execution[] }

/**
 * @param transaction across all organizations
 * @param asked.reach the organizations that the asker may see
 */
export async function findFailures(
  transaction: Transaction,
  asked: { reach: 'all' | ReadonlySet<string>; hours: number; most: number; newest: number },
): Promise<Failures> {
  const [count, newest] = await Promise.all([
    countFailures(transaction, asked.reach, asked.hours, asked.most),
    listNewestFailures(transaction, asked.reach, asked.hours, asked.newest),
  ])
  return { count, newest: newest.map(executionOf) }
}
