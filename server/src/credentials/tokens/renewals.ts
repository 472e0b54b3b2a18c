import type { Database } from '../../platform/database/database.ts'
import { listRenewals, type RenewalsRow } from './renewals.queries.ts'

const maxRows = 5_000

/** How often tokens were renewed, and failed to be: sums that only grow. */
export function tokenRenewals(db: Database): Promise<RenewalsRow[]> {
  return listRenewals(db, maxRows)
}
