import { type Database, readInScope, sql, type Transaction } from '../../platform/database/database.ts'
import type { JsonValue } from '../../protocol/json.ts'
import { listValueRows } from '../value-rows.queries.ts'
import { isOwnedBy, type ValueOwner, type ValuesPage, writingScope } from '../value-scope.ts'
import type { ConfigDraft } from './config-draft.ts'

export type ConfigRow = { key: string; organization_id: string | null; value: JsonValue; updated_at: Date; updated_by: string }

export async function lockConfigRow(
  transaction: Transaction,
  key: string,
  owner: ValueOwner,
): Promise<Pick<ConfigRow, 'value'> | undefined> {
  // The lock is on the key too where it has no row yet, so that of two first values the second sees the first as what was before.
  await transaction.query(sql`select pg_advisory_xact_lock(hashtextextended(${`config ${owner ?? ''} ${key}`}, 0))`)
  const [row] = await transaction.query<Pick<ConfigRow, 'value'>>(
    sql`select value from config where key = ${key} and ${isOwnedBy(owner)} for no key update`,
  )
  return row
}

export async function findConfigRow(db: Database, key: string, owner: ValueOwner): Promise<ConfigRow | undefined> {
  const [row] = await readInScope<ConfigRow>(
    db,
    writingScope(owner),
    sql`select key, organization_id, value, updated_at, updated_by from config where key = ${key} and ${isOwnedBy(owner)}`,
  )
  return row
}

const maxGlobalValues = 10_000

/** The values that are everybody's, as an organization's code may read them. */
export async function listGlobalValues(db: Database, organizationId: string | null): Promise<JsonValue[]> {
  const rows = await readInScope<{ value: JsonValue }>(
    db,
    writingScope(organizationId),
    sql`select value from config where organization_id is null order by key limit ${maxGlobalValues}`,
  )
  return rows.map((row) => row.value)
}

export async function upsertConfig(transaction: Transaction, id: string, draft: ConfigDraft, updatedBy: string): Promise<ConfigRow> {
  const [row] = await transaction.query<ConfigRow>(sql`
    insert into config (id, organization_id, key, value, updated_by)
    values (${id}, ${draft.organizationId}, ${draft.key}, ${JSON.stringify(draft.value)}, ${updatedBy})
    on conflict on constraint config_one_per_scope do update set value = excluded.value, updated_at = now(), updated_by = excluded.updated_by
    returning key, organization_id, value, updated_at, updated_by`)
  return row as ConfigRow // one row, inserted or updated
}

export async function deleteConfigRow(
  transaction: Transaction,
  key: string,
  owner: ValueOwner,
): Promise<Pick<ConfigRow, 'value'> | undefined> {
  const [row] = await transaction.query<Pick<ConfigRow, 'value'>>(
    sql`delete from config where key = ${key} and ${isOwnedBy(owner)} returning value`,
  )
  return row
}

/** One row more than the page has room for. */
export function listConfigRows(db: Database, page: ValuesPage): Promise<ConfigRow[]> {
  return listValueRows<ConfigRow>(db, 'config', ['key', 'organization_id', 'value', 'updated_at', 'updated_by'], page)
}

/** The organization's own row before the global one. */
export async function findNearestConfig(
  db: Database,
  organizationId: string | null,
  key: string,
): Promise<Pick<ConfigRow, 'value' | 'organization_id'> | undefined> {
  const [row] = await readInScope<Pick<ConfigRow, 'value' | 'organization_id'>>(
    db,
    writingScope(organizationId),
    sql`
    select value, organization_id from config
    where key = ${key} and (organization_id = ${organizationId} or organization_id is null)
    order by organization_id nulls last
    limit 1`,
  )
  return row
}
