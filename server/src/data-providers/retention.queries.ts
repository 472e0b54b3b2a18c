import { sql, type Transaction } from '../platform/database/database.ts'
import type { Retention } from '../platform/slice.ts'

async function deleteExpiredOptions(transaction: Transaction, now: Date, limit: number): Promise<number> {
  const rows = await transaction.query(sql`
    delete from data_provider_cache where (provider_name, organization_id, parameters_hash) in (
      select provider_name, organization_id, parameters_hash from data_provider_cache where expires_at <= ${now} limit ${limit}
    ) returning provider_name`)
  return rows.length
}

export const optionsRetention: readonly Retention[] = [
  {
    counted: null,
    async deleteSome(transaction, { now, limit }) {
      const deleted = await deleteExpiredOptions(transaction, now, limit)
      return { deleted, isMore: deleted === limit }
    },
  },
]
