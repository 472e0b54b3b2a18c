import { type Database, empty, readInScope, sql } from '../../platform/database/database.ts'
import { backgroundLane, interactiveLane } from '../state/lanes.queries.ts'

/** How many executions wait, but no more than the limit. */
export async function countWaiting(db: Database, organizationId: string | null, limit: number): Promise<number> {
  const rows = await readInScope<{ count: number }>(
    db,
    'allOrganizations',
    sql`
    select count(*)::int as count from (
      select from executions
      where status = 'pending' and priority in (${interactiveLane}, ${backgroundLane}) ${organizationId === null ? empty : sql`and organization_id = ${organizationId}`}
      limit ${limit}
    ) waiting`,
    'kept',
  )
  return rows[0]?.count ?? 0
}
