import { isOwnedBy, type ValueOwner, type ValuesPage, valueOrder, writingScope } from '../organizations/value-scope.ts'
import { type Database, readInScope, sql, type Transaction } from '../platform/database.ts'
import type { SealedValue } from './sealing.ts'

export type SecretRow = { key: string; organization_id: string | null; updated_at: Date; updated_by: string }
export type SealedRow = {
  id: string
  key: string
  organization_id: string | null
  key_id: string
  sealed_data_key: Buffer
  sealed_value: Buffer
}

/** Inserts or replaces; `was_set` tells which. */
export async function upsertSecret(
  transaction: Transaction,
  id: string,
  secret: { key: string; organizationId: ValueOwner; updatedBy: string },
  sealed: SealedValue,
): Promise<SecretRow & { was_set: boolean }> {
  // A row that the conflict clause updated was locked by this transaction first, which is what xmax shows.
  const [row] = await transaction.query<SecretRow & { was_set: boolean }>(sql`
    insert into secrets (id, organization_id, key, key_id, sealed_data_key, sealed_value, updated_by)
    values (${id}, ${secret.organizationId}, ${secret.key}, ${sealed.keyId}, ${sealed.sealedDataKey}, ${sealed.sealedValue}, ${secret.updatedBy})
    on conflict on constraint secrets_one_per_scope do update
      set key_id = excluded.key_id, sealed_data_key = excluded.sealed_data_key, sealed_value = excluded.sealed_value,
        updated_at = now(), updated_by = excluded.updated_by
    returning key, organization_id, updated_at, updated_by, xmax <> 0 as was_set`)
  return row as SecretRow & { was_set: boolean } // one row, inserted or updated
}

export async function deleteSecretRow(transaction: Transaction, key: string, owner: ValueOwner): Promise<boolean> {
  const rows = await transaction.query(sql`delete from secrets where key = ${key} and ${isOwnedBy(owner)} returning id`)
  return rows.length > 0
}

/** In the order of `valueOrder`; one row more than the page has room for. */
export function listSecretRows(db: Database, page: ValuesPage): Promise<SecretRow[]> {
  return readInScope<SecretRow>(
    db,
    'allOrganizations',
    sql`
    select key, organization_id, updated_at, updated_by from secrets
    where ${page.condition}
    order by ${valueOrder}
    limit ${page.limit + 1}`,
  )
}

/** The organization's own row before the global one. */
export async function findNearestSecret(db: Database, organizationId: string | null, key: string): Promise<SealedRow | undefined> {
  const [row] = await readInScope<SealedRow>(
    db,
    writingScope(organizationId),
    sql`
    select id, key, organization_id, key_id, sealed_data_key, sealed_value from secrets
    where key = ${key} and (organization_id = ${organizationId} or organization_id is null)
    order by organization_id nulls last
    limit 1`,
  )
  return row
}

export function listSetKeys(db: Database, keys: readonly string[], organizationId: string | null): Promise<{ key: string }[]> {
  return readInScope<{ key: string }>(
    db,
    writingScope(organizationId),
    sql`
    select distinct key from secrets
    where key = any(${keys}) and (organization_id = ${organizationId} or organization_id is null)`,
  )
}
