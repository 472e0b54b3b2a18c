import type { Database, Scope } from '../platform/database/database.ts'
import { type ApprovalOutcome, selectOutcomes } from './outcomes.queries.ts'

export type { ApprovalOutcome }

/** What people decided, by the ids of the executions that asked; those that asked nothing are not in it. */
export async function findOutcomes(db: Database, scope: Scope, executionIds: readonly string[]): Promise<Map<string, ApprovalOutcome>> {
  return executionIds.length === 0 ? new Map() : selectOutcomes(db, scope, executionIds)
}
