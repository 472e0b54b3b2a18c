import { type Database, readInScope, type Scope, sql } from '../platform/database/database.ts'
import { isWithin } from '../platform/database/scope.ts'
import type { ApprovalStatus } from './approval.ts'
import { decidedAtNow, statusNow } from './approvals.queries.ts'

/** How the last of what an execution asked of people stands. */
export type ApprovalOutcome = {
  status: ApprovalStatus
  expiresAt: Date
  decidedAt: Date | null
  comment: string | null
}

type OutcomeRow = { execution_id: string; status: ApprovalStatus; expires_at: Date; decided_at: Date | null; comment: string | null }

/**
 * By the ids of their executions. Of what was asked at once, what is open comes first, then what was refused: one refusal among several
 * answers is what who sent it has to know. What was decided before the last was asked is left out: the workflow knew it.
 */
export async function selectOutcomes(db: Database, scope: Scope, executionIds: readonly string[]): Promise<Map<string, ApprovalOutcome>> {
  const rows = await readInScope<OutcomeRow>(
    db,
    scope,
    sql`
    with asked as (
      select a.execution_id, a.id, a.created_at, a.expires_at, a.comment,
        ${statusNow} as status, ${decidedAtNow} as decided_at,
        max(a.created_at) over (partition by a.execution_id) as last_asked_at
      from approvals a
      where a.execution_id = any(${[...executionIds]}::uuid[]) and ${isWithin(scope, sql`a.organization_id`)})
    select distinct on (execution_id) execution_id, status, expires_at, decided_at, comment
    from asked where decided_at is null or decided_at >= last_asked_at
    order by execution_id, array_position(array['open', 'rejected', 'expired', 'closed', 'approved'], status), expires_at, id`,
  )
  return new Map(
    rows.map((row) => [
      row.execution_id,
      { status: row.status, expiresAt: row.expires_at, decidedAt: row.decided_at, comment: row.comment },
    ]),
  )
}
