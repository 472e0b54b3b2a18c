import { type Database, readInScope, sql, type Transaction } from '../platform/database/database.ts'
import { storableJson } from '../protocol/storable.ts'
import type { LogLine, StepLine } from './journal/journal-lines.ts'
import { type Claim, heldBy } from './state/claiming.queries.ts'

// The worker works for all organizations; which one an execution is for stands in its row, and nothing else decides it.
const all = 'allOrganizations'

/** The rows of each claim. A statement that says once what its rows have in common costs PostgreSQL about half. */
function byClaim<Row extends Pick<Claim, 'executionId' | 'claim'>>(workerId: string, rows: readonly Row[]): { held: Claim; rows: Row[] }[] {
  const groups = new Map<string, { held: Claim; rows: Row[] }>()
  for (const row of rows) {
    const { executionId, claim } = row
    const key = `${executionId} ${claim}`
    const group = groups.get(key) ?? { held: { executionId, claim, workerId }, rows: [] }
    groups.set(key, group)
    group.rows.push(row)
  }
  return [...groups.values()]
}

/** Appends log lines of executions that this worker still holds; lines of a lost claim are dropped. Safe to repeat. */
export async function insertLogLines(transaction: Transaction, workerId: string, given: readonly LogLine[]): Promise<void> {
  const inserted = byClaim(workerId, given).map(async ({ held, rows: lines }) => {
    await transaction.query(sql`
      with held as materialized (${heldBy(held)})
      insert into execution_logs (execution_id, organization_id, sequence, at, level, message, data, is_from_author)
      select held.id, held.organization_id, sequence, to_timestamp(at_ms / 1000), level, message, data, is_from_author
      from held cross join unnest(
        ${lines.map((line) => line.sequence)}::int[], ${lines.map((line) => line.at.getTime())}::float8[], ${lines.map((line) => line.level)}::text[],
        ${lines.map((line) => line.message)}::text[], ${lines.map((line) => line.data)}::json[], ${lines.map((line) => line.isFromAuthor)}::boolean[]
      ) as line (sequence, at_ms, level, message, data, is_from_author)
      on conflict do nothing`)
    transaction.tell('execution.logs', held.executionId)
  })
  await Promise.all(inserted)
}

/** Shows steps as they are; a later line of the same step replaces the earlier. */
export async function upsertSteps(transaction: Transaction, workerId: string, given: readonly StepLine[]): Promise<void> {
  const shown = byClaim(workerId, given).map(({ held, rows: steps }) =>
    transaction.query(sql`
      with held as materialized (${heldBy(held)})
      insert into execution_steps (execution_id, organization_id, position, name, status, attempt, started_at, duration_ms, error, idempotency_key, attempts, arguments)
      select held.id, held.organization_id, step.position, step.name, step.status, step.attempt, to_timestamp(step.started_at_ms / 1000), step.duration_ms, step.error, step.idempotency_key, step.attempts, step.arguments
      from held cross join unnest(
        ${steps.map((step) => step.position)}::int[], ${steps.map((step) => step.name)}::text[], ${steps.map((step) => step.status)}::text[],
        ${steps.map((step) => step.attempt)}::int[], ${steps.map((step) => step.startedAt.getTime())}::float8[],
        ${steps.map((step) => step.durationMs)}::float8[], ${steps.map((step) => step.error)}::json[],
        ${steps.map((step) => step.idempotencyKey)}::text[], ${steps.map((step) => JSON.stringify(step.attempts))}::jsonb[], ${steps.map((step) => step.arguments)}::text[]
      ) as step (position, name, status, attempt, started_at_ms, duration_ms, error, idempotency_key, attempts, arguments)
      on conflict (execution_id, position) do update
        set name = excluded.name, status = excluded.status, attempt = excluded.attempt, started_at = excluded.started_at,
          duration_ms = excluded.duration_ms, error = excluded.error, attempts = excluded.attempts,
          arguments = coalesce(excluded.arguments, execution_steps.arguments)`),
  )
  await Promise.all(shown)
}

export async function saveProgress(db: Database, held: Claim, progress: object): Promise<void> {
  const rows = await readInScope(
    db,
    all,
    sql`
    update executions set progress = ${storableJson(JSON.stringify(progress))}
    where id = ${held.executionId} and claim = ${held.claim} and worker_id = ${held.workerId} and status in ('running', 'cancelling')
    returning id`,
    'kept',
  )
  if (rows.length > 0) db.tell('execution.progress', held.executionId)
}

/** How many lines of the author, and how many in all, an execution has so far. */
export async function countLogLines(db: Database, executionId: string): Promise<{ fromAuthor: number; next: number }> {
  const rows = await readInScope<{ from_author: number; next: number }>(
    db,
    all,
    sql`
    select count(*) filter (where is_from_author)::int as from_author, coalesce(max(sequence) + 1, 0)::int as next from execution_logs where execution_id = ${executionId}`,
  )
  return { fromAuthor: rows[0]?.from_author ?? 0, next: rows[0]?.next ?? 0 }
}

export type LeaseTerms = {
  id: string
  host: string
  pid: number
  leaseMs: number
  codeVersion: string | null
  isDraining: boolean
  /** What of the boundary around author code is missing there. Null where all of it holds, or that is not known. */
  sandboxProblem?: string | null
}

/** Says for the first time that a worker lives. Safe to repeat. */
export async function takeLease(db: Database, lease: LeaseTerms): Promise<void> {
  await readInScope(
    db,
    all,
    sql`
    insert into worker_leases (id, host, pid, expires_at, code_version, is_draining, sandbox_problem)
    values (${lease.id}, ${lease.host}, ${lease.pid}, now() + make_interval(secs => ${lease.leaseMs / 1_000}), ${lease.codeVersion}, ${lease.isDraining}, ${lease.sandboxProblem ?? null})
    on conflict (id) do update set renewed_at = now(), expires_at = excluded.expires_at`,
  )
}

/**
 * Says that a worker lives, also where its lease has run out. False where the lease is gone: whoever takes executions over ends the
 * lease in the same transaction, so a worker that still has one has lost nothing.
 */
export async function renewLease(db: Database, lease: LeaseTerms): Promise<boolean> {
  const rows = await readInScope(
    db,
    all,
    sql`
    update worker_leases
    set renewed_at = now(), expires_at = now() + make_interval(secs => ${lease.leaseMs / 1_000}), code_version = ${lease.codeVersion}, is_draining = ${lease.isDraining}
    where id = ${lease.id}
    returning id`,
  )
  return rows.length > 0
}

/** The workers that take executions. */
export async function listWorkerIds(db: Database): Promise<string[]> {
  const rows = await readInScope<{ id: string }>(db, all, sql`select id from worker_leases where expires_at > now() and not is_draining`)
  return rows.map(({ id }) => id)
}

/** The executions that a worker holds. */
export async function listHeld(db: Database, workerId: string): Promise<string[]> {
  const rows = await readInScope<{ id: string }>(
    db,
    all,
    sql`select id from executions where worker_id = ${workerId} and status in ('running', 'cancelling')`,
  )
  return rows.map(({ id }) => id)
}

/** Those of a worker that someone wants cancelled. */
export async function listCancelling(db: Database, workerId: string): Promise<string[]> {
  const rows = await readInScope<{ id: string }>(
    db,
    all,
    sql`select id from executions where worker_id = ${workerId} and status = 'cancelling'`,
    'kept',
  )
  return rows.map(({ id }) => id)
}
