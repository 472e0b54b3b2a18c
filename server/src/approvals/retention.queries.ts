import { sql, type Transaction } from '../platform/database/database.ts'
import type { Retention } from '../platform/slice.ts'
import { hasEnded } from './approvals.queries.ts'

/** Forgets approvals that ended before a time, unless their execution may still ask for the answer, as one of a paused batch. Returns how many. */
async function deleteApprovals(transaction: Transaction, before: Date, limit: number): Promise<number> {
  const rows = await transaction.query(sql`
    delete from approvals where id in (
      select a.id from approvals a where a.decided_at < ${before} and ${hasEnded} limit ${limit})
    returning id`)
  return rows.length
}

/** Closes those whose execution has ended in a way that told nobody, as where the database refused its end. */
async function closeLeftApprovals(transaction: Transaction, limit: number): Promise<void> {
  await transaction.query(sql`
    update approvals set status = 'closed', decided_at = clock_timestamp()
    where id in (
      select a.id from approvals a where a.status = 'open' and ${hasEnded} limit ${limit})`)
}

export const approvalRetention: readonly Retention[] = [
  {
    counted: null,
    async deleteSome(transaction, { before, limit }) {
      await closeLeftApprovals(transaction, limit)
      const deleted = await deleteApprovals(transaction, before, limit)
      return { deleted, isMore: deleted === limit }
    },
  },
]
