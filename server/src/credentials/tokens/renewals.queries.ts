import { type Database, inScope, readInScope, sql } from '../../platform/database/database.ts'
import type { Retention } from '../../platform/slice.ts'

export type RenewalsRow = { integration: string; host: string; outcome: string; renewals: number }

/** One renewal more, of all workers. `outcome` is `renewed`, or the kind of the failure. */
export async function countRenewal(
  db: Database,
  { integration, host, outcome }: { integration: string | null; host: string; outcome: string },
): Promise<void> {
  await inScope(db, 'allOrganizations', (transaction) =>
    transaction.query(sql`
      insert into token_renewals as t (integration, host, outcome, renewals) values (${integration ?? ''}, ${host}, ${outcome}, 1)
      on conflict (integration, host, outcome) do update set renewals = t.renewals + 1, counted_at = now()`),
  )
}

/** Since the installation began, those that were counted last first. */
export function listRenewals(db: Database, limit: number): Promise<RenewalsRow[]> {
  return readInScope<RenewalsRow>(
    db,
    'allOrganizations',
    sql`select integration, host, outcome, renewals::float8 as renewals from token_renewals order by counted_at desc limit ${limit}`,
  )
}

export const renewalRetention: Retention = {
  counted: null,
  async deleteSome(transaction, { before }) {
    const rows = await transaction.query(sql`delete from token_renewals where counted_at < ${before} returning host`)
    return { deleted: rows.length, isMore: false }
  },
}
