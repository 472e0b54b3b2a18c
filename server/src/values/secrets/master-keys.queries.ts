import { type Database, readInScope, type Sql, sql, type Transaction } from '../../platform/database/database.ts'

export type MasterKeyRow = { key_id: string; proof: Buffer; is_current: boolean }

/** One row, or two while a rotation is under way. */
export function listMasterKeys(db: Database): Promise<MasterKeyRow[]> {
  return readInScope<MasterKeyRow>(db, 'allOrganizations', sql`select key_id, proof, is_current from master_keys`)
}

/** Of several processes that come first, one writes its row. */
export async function insertFirstMasterKey(transaction: Transaction, keyId: string, proof: Buffer): Promise<void> {
  await transaction.query(sql`insert into master_keys (key_id, proof, is_current) values (${keyId}, ${proof}, true) on conflict do nothing`)
}

/** Holds off a rotation until the transaction ends. False if another key is the current one. */
export async function holdCurrentMasterKey(transaction: Transaction, keyId: string): Promise<boolean> {
  const rows = await transaction.query(heldCurrentMasterKey(keyId))
  return rows.length > 0
}

/** The same as a part of another statement: it has a row while that key is the current one. */
export const heldCurrentMasterKey = (keyId: string): Sql => sql`select from master_keys where key_id = ${keyId} and is_current for share`

/** Waits for those that set a secret, and for another rotation. */
export function lockMasterKeys(transaction: Transaction): Promise<MasterKeyRow[]> {
  return transaction.query<MasterKeyRow>(sql`select key_id, proof, is_current from master_keys order by key_id for update`)
}

/** From its commit on, everything new is sealed with the new key. */
export async function replaceCurrentMasterKey(transaction: Transaction, keyId: string, proof: Buffer): Promise<void> {
  await transaction.query(sql`update master_keys set is_current = false where is_current`)
  await transaction.query(sql`insert into master_keys (key_id, proof, is_current) values (${keyId}, ${proof}, true)`)
}

/** Refused by the database while a secret is still under the key. */
export async function deleteMasterKey(transaction: Transaction, keyId: string): Promise<void> {
  await transaction.query(sql`delete from master_keys where key_id = ${keyId}`)
}
