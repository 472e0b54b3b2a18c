import { type Database, readInScope, sql, type Transaction } from '../../platform/database/database.ts'

export type SecretRead = { executionId: string; organizationId: string | null; key: string; isGlobal: boolean }

/** False where it was noted before. */
export async function insertSecretRead(transaction: Transaction, read: SecretRead): Promise<boolean> {
  const rows = await transaction.query(sql`
    insert into secret_reads (execution_id, organization_id, key, is_global)
    values (${read.executionId}, ${read.organizationId}, ${read.key}, ${read.isGlobal})
    on conflict do nothing returning key`)
  return rows.length > 0
}

/** What an execution has read, and those that it continues from, with the organization whose value it was. */
export function listSecretReads(db: Database, executionId: string): Promise<{ key: string; owner: string | null }[]> {
  return readInScope<{ key: string; owner: string | null }>(
    db,
    'allOrganizations',
    sql`
    with recursive chain (id, retry_of) as (
      select id, retry_of from executions where id = ${executionId}
      union all
      select before.id, before.retry_of from executions before join chain on before.id = chain.retry_of
    )
    select distinct key, case when is_global then null else organization_id end as owner
    from secret_reads where execution_id in (select id from chain)`,
  )
}
