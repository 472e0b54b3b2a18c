import { type Database, readInScope, sql, type Transaction } from '../../platform/database/database.ts'
import { isOwnedBy, type ValueOwner, writingScope } from '../value-scope.ts'
import { maxEarlierVersions } from './retention.queries.ts'
import { type SecretRow, type StoredRow, secretColumnsSql, storedColumns } from './secrets.queries.ts'

/** Reads that are looked at for who uses a secret: the newest. */
const maxReads = 5_000
const maxReaders = 50

export async function findSecretRow(db: Database, owner: ValueOwner, key: string): Promise<SecretRow | undefined> {
  const [row] = await readInScope<SecretRow>(
    db,
    writingScope(owner),
    sql`select ${secretColumnsSql} from secrets where key = ${key} and ${isOwnedBy(owner)}`,
  )
  return row
}

export type VersionRow = { version: number; set_at: Date | null; set_by: string | null; replaced_at: Date }

/** What a secret was, the newest first. */
export function listEarlierVersions(db: Database, owner: ValueOwner, key: string): Promise<VersionRow[]> {
  return readInScope<VersionRow>(
    db,
    writingScope(owner),
    sql`
    select version, set_at, set_by, replaced_at from replaced_secrets where key = ${key} and ${isOwnedBy(owner)}
    order by version desc limit ${maxEarlierVersions}`,
  )
}

export async function findEarlierVersion(db: Database, owner: ValueOwner, key: string, version: number): Promise<StoredRow | undefined> {
  const [row] = await readInScope<StoredRow>(
    db,
    writingScope(owner),
    sql`select ${storedColumns} from replaced_secrets where key = ${key} and ${isOwnedBy(owner)} and version = ${version}`,
  )
  return row
}

export type ReaderRow = { kind: string; name: string; execution_id: string; read_at: Date }

/** What read a secret, each once with its last execution that is still there, the last one first. */
export function listReaders(db: Database, owner: ValueOwner, key: string): Promise<ReaderRow[]> {
  return readInScope<ReaderRow>(
    db,
    writingScope(owner),
    sql`
    with reads as (
      select execution_id, read_at from secret_reads
      where key = ${key} and ${owner === null ? sql`is_global` : sql`not is_global and organization_id = ${owner}`}
      order by execution_id desc limit ${maxReads}
    ), readers as (
      select distinct on (e.kind, e.name) e.kind, e.name, e.id as execution_id, coalesce(r.read_at, e.started_at, e.created_at) as read_at
      from reads r join executions e on e.id = r.execution_id order by e.kind, e.name, r.execution_id desc
    )
    select * from readers order by read_at desc limit ${maxReaders}`,
  )
}

export type ExpiringRow = { key: string; organization_id: string | null; organization_name: string | null; expires_at: Date }

/** Secrets that expire before a time or have expired, the first first. */
export function listExpiring(transaction: Transaction, before: Date, limit: number): Promise<ExpiringRow[]> {
  return transaction.query<ExpiringRow>(sql`
    select key, organization_id, o.name as organization_name, expires_at from secrets left join organizations o on o.id = organization_id
    where expires_at < ${before} order by expires_at, key limit ${limit}`)
}

/** @returns what it was before; undefined where there is no such secret */
export async function updateExpiry(
  transaction: Transaction,
  owner: ValueOwner,
  key: string,
  expiresAt: Date | null,
): Promise<(SecretRow & { expired_at: Date | null }) | undefined> {
  const [row] = await transaction.query<SecretRow & { expired_at: Date | null }>(sql`
    with before as (select id, expires_at as expired_at from secrets where key = ${key} and ${isOwnedBy(owner)} for update)
    update secrets set expires_at = ${expiresAt} from before where secrets.id = before.id
    returning ${secretColumnsSql}, before.expired_at`)
  return row
}
