import { type Database, inScope, sql, type Transaction } from '../../../platform/database/database.ts'

/** A process that began with a removal and is not heard of again has died over it. */
const givenUpMinutes = 2

/**
 * Takes a name back from those that are to be removed from the vault.
 *
 * @returns false where a process is at it: what lies under the name may go with it
 */
export async function keepVaultName(transaction: Transaction, name: string): Promise<boolean> {
  await transaction.query(sql`delete from vault_removals where name = ${name} and begun_at is null`)
  return (await transaction.query(sql`select from vault_removals where name = ${name}`)).length === 0
}

/** Takes a name that nothing refers to any more. One that is taken is not given to others while its process lives. */
export async function beginVaultRemoval(db: Database): Promise<string | undefined> {
  const rows = await inScope(db, 'allOrganizations', (transaction) =>
    transaction.query<{ name: string }>(sql`
      update vault_removals set begun_at = now() where name = (
        select name from vault_removals v
        where (begun_at is null or begun_at < now() - make_interval(mins => ${givenUpMinutes}))
          and not exists (select from secrets where vault_name = v.name)
          and not exists (select from replaced_secrets where vault_name = v.name)
        order by asked_at limit 1 for update skip locked
      ) returning name`),
  )
  return rows[0]?.name
}

export async function endVaultRemoval(db: Database, name: string): Promise<void> {
  await inScope(db, 'allOrganizations', (transaction) => transaction.query(sql`delete from vault_removals where name = ${name}`))
}

/** Lets others try it later. */
export async function postponeVaultRemoval(db: Database, name: string): Promise<void> {
  await inScope(db, 'allOrganizations', (transaction) =>
    transaction.query(sql`update vault_removals set begun_at = null, asked_at = now() where name = ${name}`),
  )
}
