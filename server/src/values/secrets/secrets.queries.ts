import { type Database, readInScope, sql, type Transaction } from '../../platform/database/database.ts'
import { listValueRows } from '../value-rows.queries.ts'
import { isOwnedBy, type ValueOwner, type ValuesPage, writingScope } from '../value-scope.ts'
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

/** One row more than the page has room for. */
export function listSecretRows(db: Database, page: ValuesPage): Promise<SecretRow[]> {
  return listValueRows<SecretRow>(db, 'secrets', ['key', 'organization_id', 'updated_at', 'updated_by'], page)
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
