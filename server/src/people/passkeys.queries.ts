import { type Database, readInScope, sql, type Transaction } from '../platform/database/database.ts'

export type PasskeyRow = { id: string; name: string | null; backed_up: boolean; created_at: Date }

/** Oldest first. */
export function listPasskeyRows(db: Database, personId: string): Promise<PasskeyRow[]> {
  return readInScope<PasskeyRow>(
    db,
    'allOrganizations',
    sql`select id, name, backed_up, created_at from person_passkeys where person_id = ${personId} order by id`,
  )
}

export async function deletePasskeyRow(transaction: Transaction, personId: string, id: string): Promise<boolean> {
  const rows = await transaction.query(sql`delete from person_passkeys where id = ${id} and person_id = ${personId} returning id`)
  return rows.length > 0
}
