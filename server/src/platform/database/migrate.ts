import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { StartError, systemCodeOf } from '../start-error.ts'
import { applicationRole, type Database, listedRole, raw, readInScope, sql } from './database.ts'
import { advisoryLocks } from './locks.ts'
import { isReadOnly } from './outages.ts'
import { requireWritable } from './writable.ts'

const migrationsFolder = fileURLToPath(new URL('../../../migrations/', import.meta.url))
/** PostgreSQL's number for the oldest version that has what the schema uses (`unique nulls not distinct`). */
const oldestServerVersion = 150_000

type Migration = { name: string; text: string; checksum: string }

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(migrationsFolder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(`${migrationsFolder}${name}`, 'utf8')
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') }
    }),
  )
}

/** From PostgreSQL 16 on a member of a role may be without the right to act as it. */
const actingRight = "case when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end"

function roleMissing(lack: string): StartError {
  return new StartError(
    'database_role_missing',
    `${lack} Ask its administrator to run what is not there yet: create role ${applicationRole} nologin; create role ${listedRole} nologin; grant ${applicationRole} to ${listedRole}; grant ${applicationRole}, ${listedRole} to <your user>;`,
  )
}

/** Makes the roles and lets the owner act as them. Roles belong to the whole server, so another database may have made them. */
async function ensureRoles(client: pg.Client): Promise<void> {
  // Who makes a role is its member, but without the right to act as it.
  for (const role of [applicationRole, listedRole]) {
    await client.query(`do $$ begin
      if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
    exception when duplicate_object or unique_violation then null; end $$`)
    const { rows } = await client.query<{ may_act: boolean }>(`select pg_has_role(current_user, '${role}', ${actingRight}) as may_act`)
    if (!rows[0]?.may_act) await client.query(`grant ${role} to current_user`)
  }
  const { rows } = await client.query<{ has_all: boolean }>(`select pg_has_role('${listedRole}', '${applicationRole}', 'usage') as has_all`)
  if (!rows[0]?.has_all) await client.query(`grant ${applicationRole} to ${listedRole}`)
}

async function applyMissing(client: pg.Client, migrations: Migration[]): Promise<void> {
  await client.query(
    'create table if not exists schema_migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
  )
  const { rows: applied } = await client.query<{ name: string }>('select name from schema_migrations')
  const known = new Set(migrations.map((migration) => migration.name))
  const unknown = applied.filter((row) => !known.has(row.name)).map((row) => row.name)
  if (unknown.length > 0) {
    throw new StartError(
      'schema_newer',
      `The database has migrations that this version of Crosswalk does not know (${unknown.join(', ')}): it was used by a newer version. Start that version, or restore a backup from before the upgrade.`,
    )
  }
  const done = new Set(applied.map((row) => row.name))
  for (const migration of migrations) {
    if (done.has(migration.name)) continue
    await client.query('begin')
    try {
      await client.query(migration.text)
      await client.query('insert into schema_migrations (name, checksum) values ($1, $2)', [migration.name, migration.checksum])
      await client.query('commit')
    } catch (error) {
      await client.query('rollback')
      throw error
    }
  }
}

/**
 * Brings a database to this version's schema: its roles, and what the migrations make.
 * Safe to repeat and to run from several processes at once; one does the work and the others wait.
 *
 * @param ownerUrl the role in it must own the schema and, the first time, be allowed to make a role.
 * @throws StartError database_unreachable, database_too_old, database_read_only, schema_newer, database_role_missing
 */
export async function migrate(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000, application_name: 'crosswalk migrate' })
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    throw new StartError(
      'database_unreachable',
      `The database does not answer (${(error as Error).message || (error as { code?: string }).code}). Check that PostgreSQL runs and that DATABASE_URL names its host, port, user, password and database.`,
    )
  }
  try {
    const { rows } = await client.query<{ number: string; version: string }>(
      "select current_setting('server_version_num') as number, current_setting('server_version') as version",
    )
    if (Number(rows[0]?.number) < oldestServerVersion) {
      throw new StartError(
        'database_too_old',
        `The database is PostgreSQL ${rows[0]?.version}, and Crosswalk needs 15 or newer. Upgrade it, or unset DATABASE_URL to use the embedded one.`,
      )
    }
    await requireWritable(client).catch((error: unknown) => {
      if (!isReadOnly(error)) throw error
      throw new StartError(
        'database_read_only',
        'The database is read-only, as a standby is, so it cannot be migrated. Promote it, or let DATABASE_URL lead to the server that takes changes.',
      )
    })
    await client.query('select pg_advisory_lock($1)', [advisoryLocks.migration])
    await ensureRoles(client).catch((error: Error) => {
      throw roleMissing(
        `The database lacks the roles ${applicationRole} and ${listedRole}, or this user may not act as them (${error.message}).`,
      )
    })
    const migrations = await readMigrations()
    await applyMissing(client, migrations)
    await client.query('select ensure_execution_partitions(8)')
  } finally {
    await client.end()
  }
}

/**
 * Whether the user of a database may act as each role that there is. Who may act as the application role alone, as before there was another one,
 * works until somebody asks who has a part of the organizations.
 */
export async function mayActAsRoles(db: Database): Promise<boolean> {
  const rows = await readInScope<{ may_act: boolean }>(
    db,
    'allOrganizations',
    sql`
    select pg_has_role(session_user, oid, ${raw(actingRight)}) and pg_has_role(oid, current_user, 'usage') as may_act
    from pg_roles where rolname = ${listedRole}`,
  )
  return rows.every(({ may_act }) => may_act)
}

/** @throws StartError database_role_missing, where the user of this process may not act as each role of the application */
export async function requireRoles(db: Database): Promise<void> {
  if (await mayActAsRoles(db)) return
  throw roleMissing(`The user in DATABASE_URL may not act as the role ${listedRole}, or that role has not what ${applicationRole} has.`)
}

/** The migrations of this version that the database does not have yet. */
export async function missingMigrations(db: Database): Promise<string[]> {
  migrationNames ??= readdir(migrationsFolder).then((names) => names.filter((name) => name.endsWith('.sql')).sort())
  const [names, applied] = await Promise.all([
    migrationNames,
    readInScope<{ name: string }>(db, 'allOrganizations', sql`select name from schema_migrations`),
  ])
  const known = new Set(applied.map((row) => row.name))
  return names.filter((name) => !known.has(name))
}

/** What PostgreSQL says where a first migration has not made the table or the role, on a connection under that role. */
const notMadeYet = ['42P01', '22023', '42704']

/** Whether any migration was applied: false for a database that nothing was started on. */
export async function isMigrated(db: Database): Promise<boolean> {
  try {
    const applied = await readInScope(db, 'allOrganizations', sql`select from schema_migrations limit 1`)
    return applied.length > 0
  } catch (error) {
    if (notMadeYet.includes(systemCodeOf(error))) return false
    throw error
  }
}

let migrationNames: Promise<string[]> | undefined
