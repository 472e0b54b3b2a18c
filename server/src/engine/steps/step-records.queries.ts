import { deserialize, serialize } from 'node:v8'
import { type Database, readInScope, sql } from '../../platform/database/database.ts'
import type { ChannelOutcome } from '../../protocol/channel.ts'
import { type Claim, heldBy } from '../state/claiming.queries.ts'
import type { StepRecord } from './step-record.ts'

const all = 'allOrganizations'

/**
 * Stores what a step came to, while this claim holds the execution. The same record again is the same: a worker that did not hear the answer
 * may repeat it. Who takes the execution over at this moment waits for it, and finds it.
 *
 * @returns false where another worker has the execution, and nothing is stored
 */
export async function insertStepRecord(db: Database, held: Claim, record: StepRecord): Promise<boolean> {
  const rows = await readInScope(
    db,
    all,
    sql`
    with held as materialized (${heldBy(held)})
    insert into step_records (execution_id, organization_id, answer_order, name, fingerprint, occurrence, outcome, is_plain, is_sealed, source)
    select id, organization_id, ${record.order}::int, ${record.name}, ${record.fingerprint}, ${record.occurrence}::int, ${serialize(record.outcome)}::bytea,
      ${record.isPlain}::boolean, ${record.isSealed}::boolean, ${record.source ?? null}::int
    from held
    on conflict (execution_id, answer_order) do update set name = excluded.name
    returning true as is_stored`,
    'kept',
  )
  return rows.length > 0
}

/**
 * Makes records of another execution this one's own as well, all or none, while this claim holds it. Safe to repeat.
 *
 * @param orders which of them
 * @returns false where another worker has the execution
 */
export async function copyStepRecords(db: Database, held: Claim, fromExecutionId: string, orders: readonly number[]): Promise<boolean> {
  const rows = await readInScope(
    db,
    all,
    sql`
    with held as materialized (${heldBy(held)})
    insert into step_records (execution_id, organization_id, answer_order, name, fingerprint, occurrence, outcome, is_plain, is_sealed, source)
    select held.id, held.organization_id, answer_order, name, fingerprint, occurrence, outcome, is_plain, is_sealed, null
    from held cross join step_records record
    where record.execution_id = ${fromExecutionId} and answer_order = any(${[...orders]}::int[])
    on conflict (execution_id, answer_order) do update set name = excluded.name
    returning true as is_stored`,
  )
  return rows.length > 0
}

type Row = {
  answer_order: number
  name: string
  fingerprint: string
  occurrence: number
  outcome: Buffer
  is_plain: boolean
  is_sealed: boolean
  source: number | null
  recorded_at: Date
}

/** What an execution has recorded, in the order of its answers. */
export async function listStepRecords(db: Database, executionId: string): Promise<StepRecord[]> {
  const rows = await readInScope<Row>(
    db,
    all,
    sql`
    select answer_order, name, fingerprint, occurrence, outcome, is_plain, is_sealed, source, recorded_at
    from step_records where execution_id = ${executionId} order by answer_order`,
  )
  return rows.map((row) => ({
    name: row.name,
    fingerprint: row.fingerprint,
    occurrence: row.occurrence,
    order: row.answer_order,
    outcome: deserialize(row.outcome) as ChannelOutcome, // written by insertStepRecord
    isPlain: row.is_plain,
    isSealed: row.is_sealed,
    recordedAt: row.recorded_at,
    ...(row.source === null ? {} : { source: row.source }),
  }))
}
