import { deserialize } from 'node:v8'
import { type Database, readInScope, type Scope, sql } from '../platform/database/database.ts'
import type { ChannelOutcome } from '../protocol/channel.ts'

/** Where a step is among those of its execution. */
export type PlacedStep = {
  name: string
  status: 'running' | 'success' | 'failed'
  /** How many steps of its name ended well before it, counted by when they ended. */
  nth: number
  /** How many of its name ended well in all. */
  count: number
  /** True where another of its name ran at the same time, so that nobody can tell whose result is whose. */
  is_ambiguous: boolean
}

/** The step at a place of an execution's steps, counted from 0 in the order in which they began. */
export async function findPlacedStep(db: Database, scope: Scope, executionId: string, index: number): Promise<PlacedStep | undefined> {
  const rows = await readInScope<PlacedStep>(
    db,
    scope,
    sql`
    with own as materialized (
      select name, status, position, started_at, started_at + make_interval(secs => coalesce(duration_ms, 0) / 1000.0) as ended_at
      from execution_steps where execution_id = ${executionId}
    ), step as (select * from own order by position limit 1 offset ${index})
    select step.name, step.status,
      (select count(*)::int from own where own.name = step.name and own.status = 'success' and own.ended_at < step.ended_at) as nth,
      (select count(*)::int from own where own.name = step.name and own.status = 'success') as count,
      exists (
        select from own where own.name = step.name and own.status = 'success' and own.position <> step.position
          -- Starts are kept to the millisecond.
          and own.started_at < step.ended_at + interval '1 ms' and own.ended_at + interval '1 ms' > step.started_at
      ) as is_ambiguous
    from step`,
  )
  return rows[0]
}

export type KeptOutcome = { outcome: ChannelOutcome; isPlain: boolean; isSealed: boolean }

/** What the nth step of a name came to, of those that ended well; undefined where that cannot be told. */
export async function findOutcome(
  db: Database,
  scope: Scope,
  executionId: string,
  { name, nth, count }: PlacedStep,
): Promise<KeptOutcome | undefined> {
  const rows = await readInScope<{ outcome: Buffer; is_plain: boolean; is_sealed: boolean; total: number }>(
    db,
    scope,
    sql`
    with kept as (
      select outcome, is_plain, is_sealed, answer_order from step_records where execution_id = ${executionId} and name = ${name}
    )
    select outcome, is_plain, is_sealed, (select count(*)::int from kept) as total from kept order by answer_order limit 1 offset ${nth}`,
  )
  const [row] = rows
  // Failed ones that were given up are records too: only where all are accounted for is the nth the one that is meant.
  if (!row || row.total !== count) return undefined
  return { outcome: deserialize(row.outcome) as ChannelOutcome, isPlain: row.is_plain, isSealed: row.is_sealed } // as the worker wrote it
}
