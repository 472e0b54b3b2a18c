import { sql } from '../platform/database/database.ts'
import type { Retention } from '../platform/slice.ts'

/** A budget that no call was made with for that time is forgotten, with what was spent of it, and so is a vendor that nobody tried again. */
export const budgetRetention: readonly Retention[] = [
  {
    counted: null,
    async deleteSome(transaction, { before, limit }) {
      const rows = await transaction.query(
        sql`delete from budgets where id in (select id from budgets where used_at < ${before} limit ${limit}) returning id`,
      )
      return { deleted: rows.length, isMore: rows.length === limit }
    },
  },
  {
    counted: null,
    async deleteSome(transaction, { before, limit }) {
      const rows = await transaction.query(
        sql`delete from vendor_breakers where id in (select id from vendor_breakers where open_until < ${before} limit ${limit}) returning id`,
      )
      return { deleted: rows.length, isMore: rows.length === limit }
    },
  },
]
