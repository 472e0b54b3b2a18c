import { type Database, inScope, sql } from '../platform/database/database.ts'

type AttemptRow = { subject: string; failures: number; wait_seconds: number }

/** Counts one attempt of each subject as a failure, and says how many there were since their first. A window that is over begins again. */
export function countAttempts(db: Database, subjects: readonly string[], windowSeconds: number): Promise<AttemptRow[]> {
  return inScope(db, 'allOrganizations', (transaction) =>
    transaction.query<AttemptRow>(sql`
      insert into sign_in_attempts as a (subject, failures, since)
      select subject, 1, now() from unnest(${[...subjects].sort()}::text[]) as subject
      on conflict (subject) do update set
        failures = case when a.since <= now() - make_interval(secs => ${windowSeconds}) then 1 else a.failures + 1 end,
        since = case when a.since <= now() - make_interval(secs => ${windowSeconds}) then now() else a.since end
      returning subject, failures, ceil(extract(epoch from since + make_interval(secs => ${windowSeconds}) - now()))::integer as wait_seconds`),
  )
}

/** Takes the count of these subjects back: all of one, or the last one. */
export async function forgiveAttempts(db: Database, { all, last }: { all: string; last: string }): Promise<void> {
  await inScope(db, 'allOrganizations', async (transaction) => {
    await transaction.query(sql`delete from sign_in_attempts where subject = ${all}`)
    await transaction.query(sql`update sign_in_attempts set failures = greatest(failures - 1, 0) where subject = ${last}`)
  })
}
