import { type Database, raw, readInScope, sql, type Transaction } from '../../platform/database/database.ts'
import { type PlacedValue, type StoredRow, storedColumns } from './secrets.queries.ts'

/** A value that a secret has, or had before it was replaced. */
export type MovableRow = StoredRow & { version: number; is_current: boolean }

const beforeAllIds = '00000000-0000-0000-0000-000000000000'
const tableOf = ({ is_current }: MovableRow) => raw(is_current ? 'secrets' : 'replaced_secrets')

/** Values that lie elsewhere: those of a secret one after the other, the oldest first. */
export function listElsewhere(
  db: Database,
  target: 'database' | 'vault',
  after: MovableRow | undefined,
  limit: number,
): Promise<MovableRow[]> {
  const isElsewhere = target === 'vault' ? sql`vault_name is null` : sql`vault_name is not null`
  const part = (table: 'secrets' | 'replaced_secrets') =>
    sql`select ${storedColumns}, version, ${raw(String(table === 'secrets'))} as is_current from ${raw(table)} where ${isElsewhere}`
  const place = sql`(key, coalesce(organization_id, ${beforeAllIds}::uuid), version, id)`
  const behind = after
    ? sql`where ${place} > (${after.key}, ${after.organization_id ?? beforeAllIds}::uuid, ${after.version}, ${after.id})`
    : sql``
  return readInScope<MovableRow>(
    db,
    'allOrganizations',
    sql`select * from (${part('replaced_secrets')} union all ${part('secrets')}) as elsewhere ${behind} order by ${place} limit ${limit}`,
  )
}

/** @returns false where the value was replaced since, or is gone */
export async function updatePlace(transaction: Transaction, row: MovableRow, value: PlacedValue, mark: string): Promise<boolean> {
  const sealed = 'sealed' in value ? value.sealed : undefined
  const vault = 'vault' in value ? value.vault : undefined
  const rows = await transaction.query(sql`
    update ${tableOf(row)} set key_id = ${sealed?.keyId ?? null}, sealed_data_key = ${sealed?.sealedDataKey ?? null},
      sealed_value = ${sealed?.sealedValue ?? null}, vault_name = ${vault?.name ?? null}, vault_version = ${vault?.version ?? null},
      value_mark = ${mark}
    where id::text = ${row.id} and version = ${row.version} and sealed_value is not distinct from ${row.sealed_value}
      and vault_version is not distinct from ${row.vault_version}
    returning id`)
  return rows.length > 0
}
