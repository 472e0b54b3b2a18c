import { sql } from '../../platform/database/database.ts'
import type { Retention } from '../../platform/slice.ts'

/** What an execution has read is forgotten with it. */
export const readsRetention: readonly Retention[] = [
  {
    counted: null,
    async deleteSome(transaction, { before, limit }) {
      const rows = await transaction.query(sql`
        delete from secret_reads where (execution_id, key, is_global) in (
          select execution_id, key, is_global from secret_reads r
          where execution_id < first_id_at(${before}) and not exists (select from executions where id = r.execution_id)
          limit ${limit}
        ) returning key`)
      return { deleted: rows.length, isMore: rows.length === limit }
    },
  },
]
