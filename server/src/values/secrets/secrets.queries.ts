import { type Database, raw, readInScope, sql, type Transaction } from '../../platform/database/database.ts'
import { listValueRows } from '../value-rows.queries.ts'
import { isOwnedBy, type ValueOwner, type ValuesPage, writingScope } from '../value-scope.ts'
import type { SealedValue } from './sealing.ts'
import type { VaultPlace } from './vault/secret-vault.ts'

export type SecretRow = {
  key: string
  organization_id: string | null
  updated_at: Date
  updated_by: string
  version: number
  expires_at: Date | null
  /** Null of what is sealed in the database. */
  vault_name: string | null
}
/** What a secret is now, or was before it was replaced. Its value is sealed here or lies in a vault. */
export type StoredRow = {
  id: string
  key: string
  organization_id: string | null
  key_id: string | null
  sealed_data_key: Buffer | null
  sealed_value: Buffer | null
  vault_name: string | null
  vault_version: string | null
  value_mark: string | null
}

/** Where a value lies: one of the two. */
export type PlacedValue = { sealed: SealedValue } | { vault: VaultPlace }

const secretColumns = ['key', 'organization_id', 'updated_at', 'updated_by', 'version', 'expires_at', 'vault_name'] as const
export const secretColumnsSql = raw(secretColumns.map((column) => `secrets.${column}`).join(', '))
export const storedColumns = raw(
  'id::text, key, organization_id, key_id, sealed_data_key, sealed_value, vault_name, vault_version, value_mark',
)

const sealedIn = (value: PlacedValue) => ('sealed' in value ? value.sealed : undefined)
const vaultOf = (value: PlacedValue) => ('vault' in value ? value.vault : undefined)

/** Inserts or replaces; `was_set` tells which. */
export async function upsertSecret(
  transaction: Transaction,
  id: string,
  secret: { key: string; organizationId: ValueOwner; updatedBy: string; expiresAt: Date | null },
  value: PlacedValue,
): Promise<SecretRow & { was_set: boolean }> {
  const [sealed, vault] = [sealedIn(value), vaultOf(value)]
  // A row that the conflict clause updated was locked by this transaction first, which is what xmax shows.
  const [row] = await transaction.query<SecretRow & { was_set: boolean }>(sql`
    insert into secrets (id, organization_id, key, key_id, sealed_data_key, sealed_value, vault_name, vault_version, updated_by, expires_at,
      version)
    values (${id}, ${secret.organizationId}, ${secret.key}, ${sealed?.keyId ?? null}, ${sealed?.sealedDataKey ?? null},
      ${sealed?.sealedValue ?? null}, ${vault?.name ?? null}, ${vault?.version ?? null}, ${secret.updatedBy}, ${secret.expiresAt},
      (select coalesce(max(version), 0) + 1 from replaced_secrets where key = ${secret.key} and ${isOwnedBy(secret.organizationId)}))
    on conflict on constraint secrets_one_per_scope do update
      set key_id = excluded.key_id, sealed_data_key = excluded.sealed_data_key, sealed_value = excluded.sealed_value,
        vault_name = excluded.vault_name, vault_version = excluded.vault_version, value_mark = null, version = secrets.version + 1,
        updated_at = now(), updated_by = excluded.updated_by, expires_at = excluded.expires_at
    returning ${secretColumnsSql}, xmax <> 0 as was_set`)
  return row as SecretRow & { was_set: boolean } // one row, inserted or updated
}

export async function deleteSecretRow(transaction: Transaction, key: string, owner: ValueOwner): Promise<boolean> {
  const rows = await transaction.query(sql`delete from secrets where key = ${key} and ${isOwnedBy(owner)} returning id`)
  return rows.length > 0
}

/** One row more than the page has room for. */
export function listSecretRows(db: Database, page: ValuesPage): Promise<SecretRow[]> {
  return listValueRows<SecretRow>(db, 'secrets', secretColumns, page)
}

/** The organization's own row before the global one. */
export async function findNearestSecret(db: Database, organizationId: string | null, key: string): Promise<StoredRow | undefined> {
  const [row] = await readInScope<StoredRow>(
    db,
    writingScope(organizationId),
    sql`
    select ${storedColumns} from secrets
    where key = ${key} and (organization_id = ${organizationId} or organization_id is null)
    order by organization_id nulls last
    limit 1`,
  )
  return row
}
