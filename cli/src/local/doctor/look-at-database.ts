import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Database, openDatabase, readInScope, sql } from '@crosswalk/server/database'
import type { Environment } from '@crosswalk/server/environment'
import { readNextMasterKey } from '@crosswalk/server/key-files'
import { openKeyring } from '@crosswalk/server/keyring'
import { masterKeyOpener } from '@crosswalk/server/master-key-opener'
import { parseGivenMasterKey } from '@crosswalk/server/master-key-setting'
import { listMasterKeys } from '@crosswalk/server/master-keys'
import { mayActAsRoles, missingMigrations } from '@crosswalk/server/migrate'
import { findRunningPostgres } from '../local-database.ts'
import type { ExpiringFacts } from './secrets.checks.ts'
import type { DatabaseFacts, MasterKeyFacts } from './service.checks.ts'

type Looked = { database: DatabaseFacts; masterKey: MasterKeyFacts; expiring: ExpiringFacts }

async function versionOf(db: Database): Promise<{ version: string; versionNumber: number }> {
  const [row] = await readInScope<{ version: string; number: number }>(
    db,
    'allOrganizations',
    sql`select current_setting('server_version') as version, current_setting('server_version_num')::int as number`,
  )
  return { version: row?.version ?? 'unknown', versionNumber: row?.number ?? 0 }
}

/** The master key as it is set or kept, and opened. Asks a vault where one has wrapped it, whether or not the database runs. */
type Opened =
  | { state: 'missing' }
  | { state: 'mismatch' | 'closed'; reason: string }
  | { state: 'open'; key: string; wrappedBy: string | undefined; nextKeys: string[] }

async function openMasterKeyOf({ masterKey, dataDir }: Environment): Promise<Opened> {
  const kept = await readFile(join(dataDir, 'master.key'), 'utf8').then(
    (text) => text.trim(),
    () => '',
  )
  if (masterKey === null && !kept) return { state: 'missing' }
  const opener = masterKeyOpener()
  try {
    const given = masterKey ?? parseGivenMasterKey('master.key', kept)
    const [key, nextKeys] = [await opener.open(given), await readNextMasterKey(dataDir, opener)]
    return { state: 'open', key, nextKeys, wrappedBy: typeof given === 'string' ? undefined : given.vaultKey }
  } catch (error) {
    return closedOrMismatch(error)
  }
}

function closedOrMismatch(error: unknown): { state: 'mismatch' | 'closed'; reason: string } {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code.startsWith('master_key_vault_')) return { state: 'closed', reason: `${message} (${code})` }
  // Its first sentence; what to do is said by the check.
  return { state: 'mismatch', reason: /^.*?\.(?=\s|$)/s.exec(message)?.[0] ?? message }
}

/** What can be told without the database: whether a vault opens the key. */
function withoutDatabase(state: 'not_looked_at' | 'unbound', opened: Opened): MasterKeyFacts {
  if (opened.state === 'closed') return { state: 'closed', reason: opened.reason }
  return { state, ...(opened.state === 'open' ? { wrappedBy: opened.wrappedBy } : {}) }
}

async function lookAtMasterKey(db: Database, opened: Opened): Promise<MasterKeyFacts> {
  if ((await listMasterKeys(db)).length === 0) return withoutDatabase('unbound', opened)
  if (opened.state !== 'open') return opened
  try {
    await openKeyring(db, opened.key, opened.nextKeys)
    return { state: 'fits', wrappedBy: opened.wrappedBy }
  } catch (error) {
    return closedOrMismatch(error)
  }
}

const maxExpiring = 50

function lookAtExpiring(db: Database): Promise<ExpiringFacts> {
  return readInScope(
    db,
    'allOrganizations',
    sql`
    select s.key, o.name as organization, s.expires_at as "expiresAt" from secrets s left join organizations o on o.id = s.organization_id
    where s.expires_at < now() + interval '14 days' order by s.expires_at limit ${maxExpiring}`,
  )
}

/** What a newer version has done to the schema. */
async function unknownMigrations(db: Database): Promise<string[]> {
  const known = new Set(await readdir(new URL('../migrations/', import.meta.resolve('@crosswalk/server/main'))))
  const applied = await readInScope<{ name: string }>(db, 'allOrganizations', sql`select name from schema_migrations order by name`)
  return applied.map(({ name }) => name).filter((name) => !known.has(name))
}

const tableMissing = '42P01'

/** Everything that the database itself can tell, and what the master key is without it. Changes nothing in it. */
export async function lookAtDatabase(environment: Environment): Promise<Looked> {
  const url = environment.databaseUrl ?? (await findRunningPostgres(environment.dataDir))
  const opened = await openMasterKeyOf(environment)
  const notLookedAt = withoutDatabase('not_looked_at', opened)
  if (url === undefined) return { database: { state: 'stopped' }, masterKey: notLookedAt, expiring: undefined }
  const db = openDatabase(url, { maxConnections: 1, name: 'crosswalk doctor' })
  try {
    const version = await versionOf(db)
    try {
      const missing = await missingMigrations(db)
      return {
        database: { state: 'reachable', ...version, missing, unknown: await unknownMigrations(db), hasRoles: await mayActAsRoles(db) },
        masterKey: await lookAtMasterKey(db, opened),
        expiring: missing.length > 0 ? undefined : await lookAtExpiring(db),
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === tableMissing)) throw error
      return {
        database: { state: 'reachable', ...version, missing: ['all of them'], unknown: [], hasRoles: true },
        masterKey: withoutDatabase('unbound', opened),
        expiring: undefined,
      }
    }
  } catch (error) {
    const isStopped = environment.databaseUrl === null
    const reason = error instanceof Error ? error.message || String('code' in error ? error.code : error) : String(error)
    return {
      database: isStopped ? { state: 'stopped' } : { state: 'unreachable', reason },
      masterKey: notLookedAt,
      expiring: undefined,
    }
  } finally {
    await db.close()
  }
}
