import { sql, type Transaction } from '../../platform/database/database.ts'

export type DataKeyRow = { id: string; key: string; organization_id: string | null; sealed_data_key: Buffer }

/** How many secrets are under master keys, and how many of them under one. */
export async function countSecretsUnder(transaction: Transaction, keyId: string): Promise<{ total: number; under: number }> {
  const [row] = await transaction.query<{ total: number; under: number }>(
    sql`select count(key_id)::integer as total, (count(*) filter (where key_id = ${keyId}))::integer as under from secrets`,
  )
  return row as { total: number; under: number } // an aggregate has one row
}

/** In the order of ids. A process that replaces one of them waits until the transaction ends. */
export function lockDataKeysUnder(transaction: Transaction, keyId: string, afterId: string | null, limit: number): Promise<DataKeyRow[]> {
  return transaction.query<DataKeyRow>(sql`
    select id, key, organization_id, sealed_data_key from secrets
    where key_id = ${keyId} and (${afterId}::uuid is null or id > ${afterId}::uuid)
    order by id
    limit ${limit}
    for no key update`)
}

export async function updateDataKeys(
  transaction: Transaction,
  keyId: string,
  resealed: { id: string; sealedDataKey: Buffer }[],
): Promise<void> {
  await transaction.query(sql`
    update secrets set key_id = ${keyId}, sealed_data_key = resealed.sealed_data_key
    from unnest(${resealed.map((row) => row.id)}::uuid[], ${resealed.map((row) => row.sealedDataKey)}::bytea[]) as resealed (id, sealed_data_key)
    where secrets.id = resealed.id`)
}

/** Values from before, that were replaced. */
export function lockReplacedUnder(transaction: Transaction, keyId: string, limit: number): Promise<DataKeyRow[]> {
  return transaction.query<DataKeyRow>(sql`
    select id::text, key, organization_id, sealed_data_key from replaced_secrets where key_id = ${keyId} order by id limit ${limit}
    for no key update`)
}

export async function updateReplaced(
  transaction: Transaction,
  keyId: string,
  resealed: { id: string; sealedDataKey: Buffer }[],
): Promise<void> {
  await transaction.query(sql`
    update replaced_secrets set key_id = ${keyId}, sealed_data_key = resealed.sealed_data_key
    from unnest(${resealed.map((row) => row.id)}::bigint[], ${resealed.map((row) => row.sealedDataKey)}::bytea[]) as resealed (id, sealed_data_key)
    where replaced_secrets.id = resealed.id`)
}

export async function deleteReplaced(transaction: Transaction, ids: string[]): Promise<void> {
  await transaction.query(sql`delete from replaced_secrets where id = any(${ids}::bigint[])`)
}
