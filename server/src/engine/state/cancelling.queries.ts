import { type Sql, sql, type Transaction } from '../../platform/database/database.ts'
import type { ExecutionRow } from './execution-row.ts'
import { after, canMake } from './transitions.ts'

/** Why executions that no worker has are cancelled: what is said of one that has not begun, and of one that has. */
export type Cancellation = { code: string; before: string; begun: string }

const errorOf = (code: string, message: string) => JSON.stringify({ type: 'Cancelled', message, details: { code } })

/** Which rows `e` are to be cancelled: one. */
export const isOne = (id: string): Sql => sql`e.id = ${id}`

/** Those of a batch. */
export const isOfBatch = (batchId: string): Sql => sql`e.batch_id = ${batchId}`

/** Those of a batch that wait, and whose organization was deactivated. */
export const waitsForInactive = (batchId: string): Sql => sql`
  e.batch_id = ${batchId} and e.status in ('pending', 'held') and exists (select from organizations o where o.id = e.organization_id and not o.is_active)`

/**
 * Ends executions that no worker has: they wait for one, or for something else.
 *
 * @param which a condition on the row `e`
 */
export async function cancelUnheldRows(
  transaction: Transaction,
  which: Sql,
  { code, before, begun }: Cancellation,
): Promise<ExecutionRow[]> {
  const rows = await transaction.query<ExecutionRow>(sql`
    update executions e set status = ${after('cancelUnheld', 'cancelled')}, completed_at = clock_timestamp(),
      error = case when claim = 0 then ${errorOf(code, before)}::json else ${errorOf(code, begun)}::json end
    where ${which} and ${canMake('cancelUnheld', 'e')} returning *`)
  for (const { id } of rows) transaction.tell('execution.ended', id)
  return rows
}

/**
 * Tells the workers that have them.
 *
 * @param which a condition on the row `e`
 */
export async function markCancelling(transaction: Transaction, which: Sql): Promise<ExecutionRow[]> {
  const rows = await transaction.query<ExecutionRow>(sql`
    update executions e set status = ${after('askToCancel', 'cancelling')} where ${which} and ${canMake('askToCancel', 'e')} returning *`)
  for (const { id } of rows) transaction.tell('execution.cancel', id)
  return rows
}

/** Locks an execution. False where it has ended. */
export async function lockUnended(transaction: Transaction, id: string): Promise<boolean> {
  const [row] = await transaction.query(sql`select from executions where id = ${id} and completed_at is null for update`)
  return row !== undefined
}
