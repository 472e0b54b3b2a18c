import type { Scope, Transaction } from '../../platform/database/database.ts'
import { type Execution, executionOf } from './executions.ts'
import { countFailures, listNewestFailures } from './failures.queries.ts'

/** Workflows that failed lately and were not tried again. */
export type Failures = { /** Counting ends at `max`. */ count: number; newest: Execution[] }

/**
 * @param transaction in this scope
 * @param asked.scope the organizations that the asker may see
 */
export async function findFailures(
  transaction: Transaction,
  asked: { scope: Scope; hours: number; max: number; newest: number },
): Promise<Failures> {
  const [count, newest] = await Promise.all([
    countFailures(transaction, asked.scope, asked.hours, asked.max),
    listNewestFailures(transaction, asked.scope, asked.hours, asked.newest),
  ])
  return { count, newest: newest.map(executionOf) }
}
