import { type Database, readInScope, sql, type Transaction } from '../platform/database/database.ts'

export type RoleRow = { name: string; description: string; permissions: string[] }

export function listRoleRows(db: Database): Promise<RoleRow[]> {
  return readInScope<RoleRow>(db, 'allOrganizations', sql`select name, description, permissions from roles order by name`)
}

/** Those of these names, which nobody deletes or changes until the transaction ends. */
export function holdRoleRows(transaction: Transaction, names: readonly string[]): Promise<RoleRow[]> {
  return transaction.query<RoleRow>(sql`
    select name, description, permissions from roles where name = any(${names}::text[]) order by name for share`)
}

export async function lockRoleRow(transaction: Transaction, name: string): Promise<RoleRow | undefined> {
  const rows = await transaction.query<RoleRow>(sql`select name, description, permissions from roles where name = ${name} for update`)
  return rows[0]
}

/** False where there is one of that name. */
export async function insertRoleRow(transaction: Transaction, { name, description, permissions }: RoleRow): Promise<boolean> {
  const rows = await transaction.query(sql`
    insert into roles (name, description, permissions) values (${name}, ${description}, ${permissions})
    on conflict do nothing returning name`)
  return rows.length > 0
}

export async function updateRoleRow(transaction: Transaction, { name, description, permissions }: RoleRow): Promise<void> {
  await transaction.query(sql`
    update roles set description = ${description}, permissions = ${permissions}, updated_at = now() where name = ${name}`)
}

export async function deleteRoleRow(transaction: Transaction, name: string): Promise<void> {
  await transaction.query(sql`delete from roles where name = ${name}`)
}

/** How many principals have the role. */
export async function countGrantees(transaction: Transaction, role: string): Promise<number> {
  const [row] = await transaction.query<{ count: number }>(sql`
    select count(distinct (g.principal_type, g.principal_id))::int as count from principal_grants g
    left join api_keys k on g.principal_type = 'api_key' and k.id::text = g.principal_id
    where g.role = ${role} and k.revoked_at is null`)
  return row?.count ?? 0
}
