import { sql } from '../../platform/database/database.ts'
import type { Retention } from '../../platform/slice.ts'

/** Tokens that nobody uses any more are forgotten; those of a connection are not, which only a person can make again. */
export const tokenRetention: Retention = {
  counted: null,
  async deleteSome(transaction, { before, limit }) {
    const rows = await transaction.query(sql`
      delete from vendor_tokens where id in (
        select id from vendor_tokens where used_at < ${before} and token_key not like 'connection %' limit ${limit}
      ) returning id`)
    return { deleted: rows.length, isMore: rows.length === limit }
  },
}
