import { type Database, readInScope, sql, type Transaction } from '../../platform/database/database.ts'
import { type Claim, heldBy } from '../state/claiming.queries.ts'
import type { LogLine, StepLine } from './journal-lines.ts'

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

/** How many lines of the author, and how many in all, an execution has so far. */
export async function countLogLines(db: Database, executionId: string): Promise<{ fromAuthor: number; next: number }> {
  const rows = await readInScope<{ from_author: number; next: number }>(
    db,
    'allOrganizations',
    sql`
    select count(*) filter (where is_from_author)::int as from_author, coalesce(max(sequence) + 1, 0)::int as next from execution_logs where execution_id = ${executionId}`,
  )
  return { fromAuthor: rows[0]?.from_author ?? 0, next: rows[0]?.next ?? 0 }
}
