import { sql, type Transaction } from '../platform/database/database.ts'

/** @returns false if it was off already */
export async function insertSwitchedOff(transaction: Transaction, name: string): Promise<boolean> {
  const rows = await transaction.query(
    sql`insert into switched_off_integrations (name) values (${name}) on conflict (name) do nothing returning 1`,
  )
  return rows.length > 0
}

/** @returns false if it was on already */
export async function deleteSwitchedOff(transaction: Transaction, name: string): Promise<boolean> {
  const rows = await transaction.query(sql`delete from switched_off_integrations where name = ${name} returning 1`)
  return rows.length > 0
}
