import { sql, type Transaction } from '../platform/database/database.ts'
import type { Retention } from '../platform/slice.ts'

const maxRuns = 50

/** Forgets runs of discovery beyond the newest of each list, but never the last good one, which says how old the list is. */
async function deleteOldRuns(transaction: Transaction, maxKept: number, limit: number): Promise<number> {
  const rows = await transaction.query(sql`
    delete from discovery_runs where id in (
      select id from (
        select id, ended_at, row_number() over newest as nth,
          id = max(id::text) filter (where is_success) over (partition by integration_name, organization_id)::uuid as is_last_good
        from discovery_runs window newest as (partition by integration_name, organization_id order by id desc)
      ) ranked
      where nth > ${maxKept} and ended_at is not null and not coalesce(is_last_good, false)
      limit ${limit}
    ) returning id`)
  return rows.length
}

export const discoveryRetention: readonly Retention[] = [
  {
    counted: null,
    async deleteSome(transaction, { limit }) {
      const deleted = await deleteOldRuns(transaction, maxRuns, limit)
      return { deleted, isMore: deleted === limit }
    },
  },
]
