import { type Database, readInScope, sql } from '../../platform/database/database.ts'

/** Those of a worker that someone wants cancelled. */
export async function listCancelling(db: Database, workerId: string): Promise<string[]> {
  const rows = await readInScope<{ id: string }>(
    db,
    'allOrganizations',
    sql`select id from executions where worker_id = ${workerId} and status = 'cancelling'`,
    'kept',
  )
  return rows.map(({ id }) => id)
}
