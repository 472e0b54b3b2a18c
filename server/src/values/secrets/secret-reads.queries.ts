import { type Database, readInScope, sql, type Transaction } from '../../platform/database/database.ts'
import type { StoredRow } from './secrets.queries.ts'

export type SecretRead = { executionId: string; organizationId: string | null; key: string; isGlobal: boolean }

/** False where it was noted before. */
export async function insertSecretRead(transaction: Transaction, read: SecretRead): Promise<boolean> {
  const rows = await transaction.query(sql`
    insert into secret_reads (execution_id, organization_id, key, is_global)
    values (${read.executionId}, ${read.organizationId}, ${read.key}, ${read.isGlobal})
    on conflict do nothing returning key`)
  return rows.length > 0
}

/** An execution, and those that it continues from, with the secrets that they read and the organization whose value it was. */
const readsOf = (executionId: string) => sql`
  with recursive chain (id, retry_of) as (
    select id, retry_of from executions where id = ${executionId}
    union all
    select before.id, before.retry_of from executions before join chain on before.id = chain.retry_of
  ), reads as (
    select key, case when is_global then null else organization_id end as owner, min(execution_id::text)::uuid as first_id
    from secret_reads where execution_id in (select id from chain) group by 1, 2
  )`

/** What an execution has read, and those that it continues from, with the organization whose value it was. */
export function listSecretReads(db: Database, executionId: string): Promise<{ key: string; owner: string | null }[]> {
  return readInScope(db, 'allOrganizations', sql`${readsOf(executionId)} select key, owner from reads`)
}

/** What these secrets were before they were replaced, as far as the execution can have read that; the last replaced first. */
export function listReplacedSecrets(db: Database, executionId: string): Promise<StoredRow[]> {
  return readInScope(
    db,
    'allOrganizations',
    // Ids tell the time of the process that made them, which may differ a little from the database's.
    sql`${readsOf(executionId)}
    select replaced.id::text, replaced.key, replaced.organization_id, key_id, sealed_data_key, sealed_value, vault_name, vault_version, value_mark
    from replaced_secrets replaced
    join reads on reads.key = replaced.key and reads.owner is not distinct from replaced.organization_id
    where first_id < first_id_at(replaced_at + interval '1 hour')
    order by replaced_at desc limit 1000`,
  )
}
