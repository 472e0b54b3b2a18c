import { sql, type Transaction } from './database.ts'
import { isDatabaseAway } from './outages.ts'

/** Why a part of a transaction was refused, which is undone then, or undefined. The rest of the transaction continues. */
export async function refusalOf(transaction: Transaction, work: () => Promise<unknown>): Promise<unknown> {
  await transaction.query(sql`savepoint part`)
  try {
    await work()
  } catch (error) {
    if (isDatabaseAway(error)) throw error
    await transaction.query(sql`rollback to savepoint part`)
    return error
  }
  await transaction.query(sql`release savepoint part`)
  return undefined
}
