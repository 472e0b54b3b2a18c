import { deserialize } from 'node:v8'
import type { StepIdentity } from '../engine/steps/step-record.ts'
import { type Database, readInScope, type Scope, sql } from '../platform/database/database.ts'
import type { ChannelOutcome } from '../protocol/channel.ts'

/** A step as it is shown. `key`: of its record too; null where an earlier version ran it. */
export type PlacedStep = { name: string; status: 'running' | 'success' | 'failed'; key: string | null }

/** The step at a place of an execution's steps, counted from 0 in the order in which they began. */
export async function findPlacedStep(db: Database, scope: Scope, executionId: string, index: number): Promise<PlacedStep | undefined> {
  const rows = await readInScope<PlacedStep>(
    db,
    scope,
    sql`
    select name, status, idempotency_key as key from execution_steps where execution_id = ${executionId}
    order by position limit 1 offset ${index}`,
  )
  return rows[0]
}

type RecordedStep = StepIdentity & { order: number }

/** What is recorded that may be the step of that name: under the name, which is shown cut, or under a mark where it held a secret. */
export function listRecordedAs(db: Database, scope: Scope, executionId: string, name: string): Promise<RecordedStep[]> {
  return readInScope<RecordedStep>(
    db,
    scope,
    sql`
    select name, fingerprint, occurrence, answer_order as order from step_records
    where execution_id = ${executionId} and (name = ${name} or length(name) > 190 or name like '#%')
    order by answer_order`,
  )
}

export type KeptOutcome = { outcome: ChannelOutcome; isPlain: boolean; isSealed: boolean }

/** What the record with that order holds. */
export async function findOutcome(db: Database, scope: Scope, executionId: string, order: number): Promise<KeptOutcome | undefined> {
  const rows = await readInScope<{ outcome: Buffer; is_plain: boolean; is_sealed: boolean }>(
    db,
    scope,
    sql`select outcome, is_plain, is_sealed from step_records where execution_id = ${executionId} and answer_order = ${order}`,
  )
  const [row] = rows
  return row && { outcome: deserialize(row.outcome) as ChannelOutcome, isPlain: row.is_plain, isSealed: row.is_sealed } // as the worker wrote it
}
