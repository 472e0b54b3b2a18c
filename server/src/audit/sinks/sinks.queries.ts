import { type Database, inScope, readInScope, sql } from '../../platform/database/database.ts'
import type { SinkName } from './sink.ts'

export type SinkRow = {
  name: SinkName
  cursor: number
  sent_at: Date | null
  failures: number
  failing_since: Date | null
  last_error: string | null
  /** How many events it does not have yet. */
  behind: number
}

/** Begins at the end of the chain where there is none of the name yet. */
export async function insertSink(db: Database, name: SinkName): Promise<void> {
  await inScope(db, 'allOrganizations', (transaction) =>
    transaction.query(sql`
      insert into audit_sinks (name, cursor) values (${name}, coalesce(
        (select max(sequence) from audit_links), (select sequence from audit_anchor), 0)) on conflict do nothing`),
  )
}

/** Takes or keeps the turn at a sink. @returns its cursor; undefined where another process has it, or it has to wait */
export async function takeSink(db: Database, name: SinkName, sender: string, leaseMs: number): Promise<number | undefined> {
  const rows = await inScope(db, 'allOrganizations', (transaction) =>
    transaction.query<{ cursor: number }>(sql`
      update audit_sinks set sender = ${sender}, sending_until = now() + make_interval(secs => ${leaseMs / 1_000})
      where name = ${name} and next_attempt_at <= now() and (sender = ${sender} or sender is null or sending_until < now())
      returning cursor::float8 as cursor`),
  )
  return rows[0]?.cursor
}

/** False where another process has taken its turn since. */
export async function moveCursor(db: Database, name: SinkName, sender: string, cursor: number): Promise<boolean> {
  const rows = await inScope(db, 'allOrganizations', (transaction) =>
    transaction.query(sql`
      update audit_sinks set cursor = greatest(cursor, ${cursor}), sent_at = now(), failures = 0, failing_since = null, last_error = null
      where name = ${name} and sender = ${sender} returning name`),
  )
  return rows.length > 0
}

export async function noteFailure(db: Database, name: SinkName, sender: string, reason: string, pauseMs: number): Promise<void> {
  await inScope(db, 'allOrganizations', (transaction) =>
    transaction.query(sql`
      update audit_sinks set failures = failures + 1, failing_since = coalesce(failing_since, now()), last_error = ${reason},
        next_attempt_at = now() + make_interval(secs => ${pauseMs / 1_000}), sender = null
      where name = ${name} and sender = ${sender}`),
  )
}

export function listSinks(db: Database): Promise<SinkRow[]> {
  return readInScope<SinkRow>(
    db,
    'allOrganizations',
    sql`
    select name, cursor::float8 as cursor, sent_at, failures, failing_since, last_error,
      greatest(0, coalesce((select max(sequence) from audit_links), 0) - cursor)::float8 as behind
    from audit_sinks order by name`,
  )
}
