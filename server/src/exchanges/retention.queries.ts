import { sql } from '../platform/database/database.ts'
import type { Retention } from '../platform/slice.ts'

/** What an execution asked of vendors is forgotten with it, and figures of a vendor that nobody called for as long. */
export const exchangeRetention: readonly Retention[] = [
  {
    counted: null,
    async deleteSome(transaction, { before, limit }) {
      const rows = await transaction.query(sql`
        delete from execution_exchanges where (execution_id, id) in (
          select execution_id, id from execution_exchanges x
          where execution_id < first_id_at(${before}) and not exists (select from executions where id = x.execution_id)
          limit ${limit}
        ) returning id`)
      return { deleted: rows.length, isMore: rows.length === limit }
    },
  },
  {
    counted: null,
    async deleteSome(transaction, { before }) {
      const rows = await transaction.query(sql`delete from vendor_traffic where counted_at < ${before} returning host`)
      return { deleted: rows.length, isMore: false }
    },
  },
]
