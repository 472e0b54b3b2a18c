import { type Database, readInScope, sql } from '../../platform/database/database.ts'
import type { AttemptRow } from '../state/executions.queries.ts'
import type { EarlierStep } from './shown-steps.ts'

type Row = {
  position: number
  name: string
  status: EarlierStep['status']
  idempotency_key: string | null
  attempts: AttemptRow[]
  started_at: Date
}

/** A step as it was shown last; without a key where it is of an earlier version. */
export type ShownStepRow = Omit<EarlierStep, 'idempotencyKey'> & { idempotencyKey: string | null; startedAt: Date }

/** The steps of an execution as its workers showed them. */
export async function listShownSteps(db: Database, executionId: string): Promise<ShownStepRow[]> {
  const rows = await readInScope<Row>(
    db,
    'allOrganizations',
    sql`
    select position, name, status, idempotency_key, attempts, started_at from execution_steps where execution_id = ${executionId} order by position`,
  )
  return rows.map(({ idempotency_key, started_at, ...row }) => ({ ...row, idempotencyKey: idempotency_key, startedAt: started_at }))
}
