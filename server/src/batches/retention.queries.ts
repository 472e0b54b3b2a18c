import { sql, type Transaction } from '../platform/database/database.ts'
import type { Retention } from '../platform/slice.ts'

/** Forgets batches that ended before a time, with what they were for. Returns how many. */
async function deleteBatches(transaction: Transaction, before: Date, limit: number): Promise<number> {
  const rows = await transaction.query(
    sql`delete from batches where id in (select id from batches where completed_at < ${before} limit ${limit}) returning id`,
  )
  return rows.length
}

export const batchRetention: readonly Retention[] = [
  {
    counted: null,
    async deleteSome(transaction, { before, limit }) {
      const deleted = await deleteBatches(transaction, before, limit)
      return { deleted, isMore: deleted === limit }
    },
  },
]
