import type { Actor } from '../../audit/audit.ts'
import { type Database, empty, readInScope, type Scope, type Sql, sql, type Transaction } from '../../platform/database/database.ts'
import { isWithin } from '../../platform/database/scope.ts'
import { writingScope } from '../../values/value-scope.ts'
import type { VendorFailure } from '../vendor-failures.ts'

/** Whose connection it is. */
export type ConnectionOwner = { organizationId: string | null; mappingId: string | null }
export type ConnectionKey = ConnectionOwner & { integrationName: string; name: string }

export type ConnectionRow = {
  id: string
  organization_id: string | null
  mapping_id: string | null
  integration_name: string
  name: string
  external_id: string | null
  connected_by: string
  connected_at: Date
  expires_at: Date | null
  obtained_at: Date | null
  failing_since: Date | null
  failed_at: Date | null
  last_error: VendorFailure | null
  has_token: boolean | null
}

const rows = sql`
  select c.id, c.organization_id, c.mapping_id, c.integration_name, c.name, c.external_id, c.connected_by, c.connected_at,
    t.expires_at, t.obtained_at, t.failing_since, t.failed_at, t.last_error, t.key_id is not null as has_token
  from connections c
  left join vendor_tokens t on t.token_key = 'connection ' || c.id and t.organization_id is not distinct from c.organization_id`

export const tokenKeyOf = (connectionId: string): string => `connection ${connectionId}`

export async function findConnection(db: Database, key: ConnectionKey): Promise<{ id: string; connected_at: Date } | undefined> {
  const [row] = await readInScope<{ id: string; connected_at: Date }>(
    db,
    writingScope(key.organizationId),
    sql`
    select id, connected_at from connections
    where integration_name = ${key.integrationName} and name = ${key.name} and organization_id is not distinct from ${key.organizationId}
      and mapping_id is not distinct from ${key.mappingId}`,
  )
  return row
}

export async function getConnectionRow(db: Database, scope: Scope, id: string): Promise<ConnectionRow | undefined> {
  const [row] = await readInScope<ConnectionRow>(db, scope, sql`${rows} where c.id = ${id} and ${isWithin(scope, sql`c.organization_id`)}`)
  return row
}

/** In the order of ids, one row more than the page has room for. */
export function listConnectionRows(
  db: Database,
  scope: Scope,
  page: { integrationName: string | undefined; afterId: string | undefined; limit: number },
): Promise<ConnectionRow[]> {
  return readInScope<ConnectionRow>(
    db,
    scope,
    sql`
    ${rows} where ${isWithin(scope, sql`c.organization_id`)}
      ${page.integrationName === undefined ? empty : sql`and c.integration_name = ${page.integrationName}`}
      ${page.afterId === undefined ? empty : sql`and c.id > ${page.afterId}`}
    order by c.id limit ${page.limit + 1}`,
  )
}

/** Each once: what is there for all, and for some organization of the scope. */
export async function listMadeConnections(
  db: Database,
  integrationNames: readonly string[],
  scope: Scope,
): Promise<{ integration_name: string; name: string }[]> {
  const read = (within: Scope, whose: Sql) =>
    readInScope<{ integration_name: string; name: string }>(
      db,
      within,
      sql`select distinct integration_name, name from connections where integration_name = any(${integrationNames}::text[]) and ${whose}`,
    )
  const [global, own] = await Promise.all([
    read(writingScope(null), sql`organization_id is null`),
    read(scope, sql`organization_id is not null and ${isWithin(scope, sql`organization_id`)}`),
  ])
  return [...global, ...own]
}

/** Notes who connected it, and which account it is of. @returns the id; connected again it is the same one */
export async function upsertConnection(
  transaction: Transaction,
  key: ConnectionKey & { id: string; externalId: string | null; connectedBy: string },
): Promise<string> {
  const [row] = await transaction.query<{ id: string }>(sql`
    insert into connections (id, organization_id, mapping_id, integration_name, name, external_id, connected_by, connected_at)
    values (${key.id}, ${key.organizationId}, ${key.mappingId}, ${key.integrationName}, ${key.name}, ${key.externalId}, ${key.connectedBy}, now())
    on conflict on constraint connections_one_per_owner do update
      set external_id = excluded.external_id, connected_by = excluded.connected_by, connected_at = now()
    returning id`)
  return (row as { id: string }).id // one row, inserted or updated
}

/** With its tokens. False where there is none. */
export async function deleteConnectionRow(transaction: Transaction, id: string): Promise<boolean> {
  await transaction.query(sql`delete from vendor_tokens where token_key = ${tokenKeyOf(id)}`)
  const deleted = await transaction.query(sql`delete from connections where id = ${id} returning id`)
  return deleted.length > 0
}

export type StartRow = {
  /** By which it was begun. */
  link_id: string | null
  organization_id: string | null
  mapping_id: string | null
  integration_name: string
  name: string
  browser_digest: Buffer | null
  code_verifier: string | null
  redirect_uri: string | null
  started_by: Actor
}
export type StartDraft = ConnectionKey & {
  id: string
  digest: Buffer
  isLink: boolean
  browserDigest: Buffer | null
  codeVerifier: string | null
  redirectUri: string | null
  startedBy: Actor
  /** By which it was begun. */
  linkId: string | null
  expiresAt: Date
}

/** Of one connection at the same time: those who have a link may begin as often as they like. */
const maxBegun = 1_000

export async function insertStart(transaction: Transaction, draft: StartDraft): Promise<void> {
  const { integrationName, name, organizationId, mappingId } = draft
  await transaction.query(sql`
    insert into connection_starts (id, link_id, digest, is_link, organization_id, mapping_id, integration_name, name, browser_digest, code_verifier,
      redirect_uri, started_by, expires_at)
    values (${draft.id}, ${draft.linkId}, ${draft.digest}, ${draft.isLink}, ${organizationId}, ${mappingId}, ${integrationName}, ${name},
      ${draft.browserDigest}, ${draft.codeVerifier}, ${draft.redirectUri}, ${JSON.stringify(draft.startedBy)}, ${draft.expiresAt})`)
  await transaction.query(sql`
    delete from connection_starts where digest in (
      select digest from connection_starts
      where is_link = ${draft.isLink} and integration_name = ${integrationName} and name = ${name}
        and organization_id is not distinct from ${organizationId} and mapping_id is not distinct from ${mappingId}
      order by expires_at desc offset ${maxBegun})`)
}

const startColumns = sql`link_id, organization_id, mapping_id, integration_name, name, browser_digest, code_verifier, redirect_uri, started_by`

/** What a state stands for, once. */
export async function takeStart(db: Database, digest: Buffer): Promise<StartRow | undefined> {
  const [row] = await readInScope<StartRow>(
    db,
    'allOrganizations',
    sql`delete from connection_starts where digest = ${digest} and not is_link and expires_at > now() returning ${startColumns}`,
  )
  return row
}

/** Links say for 30 days more why they ended. */
export async function deleteOldStarts(transaction: Transaction, limit: number): Promise<number> {
  const deleted = await transaction.query(sql`
    delete from connection_starts where digest in (
      select digest from connection_starts
      where expires_at < now() and (not is_link or expires_at < now() - interval '30 days') limit ${limit}) returning digest`)
  return deleted.length
}
