import { type Database, readInScope, sql } from '../../platform/database/database.ts'

/** What a sleep is called among the steps. */
export const sleepStep = 'sleep'

/** A sleep that is shown and has not ended. */
export type OpenSleep = { position: number; started_at: Date }

/** The sleeps of an execution that have not ended, in the order they began in, and the position after its last step: one that was cut off is done again in its place. */
export async function findOpenSleeps(db: Database, executionId: string): Promise<{ sleeps: OpenSleep[]; nextPosition: number }> {
  const rows = await readInScope<OpenSleep & { is_open: boolean; next: number }>(
    db,
    'allOrganizations',
    sql`
    select position, started_at, name = ${sleepStep} and status = 'running' as is_open, coalesce(max(position) filter (where status <> 'running' or name = ${sleepStep}) over () + 1, 0) as next
    from execution_steps where execution_id = ${executionId} order by position`,
  )
  return { sleeps: rows.filter(({ is_open }) => is_open), nextPosition: rows[0]?.next ?? 0 }
}
