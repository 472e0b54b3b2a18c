import { type Database, readInScope, sql, type Transaction } from '../../platform/database/database.ts'
import type { SealedValue } from './sealing.ts'

type PlatformSecretRow = { name: string; key_id: string; sealed_data_key: Buffer; sealed_value: Buffer }

export async function findPlatformSecret(db: Database, name: string): Promise<SealedValue | undefined> {
  const [row] = await readInScope<PlatformSecretRow>(
    db,
    'allOrganizations',
    sql`select name, key_id, sealed_data_key, sealed_value from platform_secrets where name = ${name}`,
  )
  return row && { keyId: row.key_id, sealedDataKey: row.sealed_data_key, sealedValue: row.sealed_value }
}

/** Of several processes that come first, one writes its row. */
export async function insertFirstPlatformSecret(transaction: Transaction, name: string, sealed: SealedValue): Promise<void> {
  await transaction.query(sql`
    insert into platform_secrets (name, key_id, sealed_data_key, sealed_value)
    values (${name}, ${sealed.keyId}, ${sealed.sealedDataKey}, ${sealed.sealedValue}) on conflict do nothing`)
}

export async function upsertPlatformSecret(transaction: Transaction, name: string, sealed: SealedValue): Promise<void> {
  await transaction.query(sql`
    insert into platform_secrets (name, key_id, sealed_data_key, sealed_value)
    values (${name}, ${sealed.keyId}, ${sealed.sealedDataKey}, ${sealed.sealedValue})
    on conflict (name) do update set key_id = excluded.key_id, sealed_data_key = excluded.sealed_data_key,
      sealed_value = excluded.sealed_value, updated_at = now()`)
}

/** There are a handful. */
export function lockPlatformSecretsUnder(transaction: Transaction, keyId: string): Promise<{ name: string; sealed_data_key: Buffer }[]> {
  return transaction.query(sql`select name, sealed_data_key from platform_secrets where key_id = ${keyId} order by name for update`)
}

export async function updatePlatformDataKey(transaction: Transaction, keyId: string, name: string, sealedDataKey: Buffer): Promise<void> {
  await transaction.query(sql`
    update platform_secrets set key_id = ${keyId}, sealed_data_key = ${sealedDataKey} where name = ${name}`)
}
