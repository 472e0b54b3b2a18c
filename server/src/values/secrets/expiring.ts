import type { Transaction } from '../../platform/database/database.ts'
import { type ExpiringRow, listExpiring } from './secret-details.queries.ts'

export type ExpiringSecret = ExpiringRow

const warnedDays = 14
const maxListed = 20

/** Secrets within the scope of a transaction that expire soon or have expired, the first first. */
export function findExpiringSecrets(transaction: Transaction, now: Date): Promise<ExpiringSecret[]> {
  return listExpiring(transaction, new Date(now.getTime() + warnedDays * 24 * 60 * 60_000), maxListed)
}
