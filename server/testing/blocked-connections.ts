import { type Database, readInScope, sql } from '../src/platform/database/database.ts'

/** How many connections to this database wait for a lock that another has. */
export async function countBlocked(db: Database): Promise<number> {
  const [row] = await readInScope<{ count: number }>(
    db,
    'allOrganizations',
    sql`select count(distinct pid)::int as count from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`,
  )
  return row?.count ?? 0
}
