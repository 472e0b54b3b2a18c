import type { Actor } from '../../audit/audit.ts'
import { type Database, empty, readInScope, type Scope, sql, type Transaction } from '../../platform/database/database.ts'
import { isWithin } from '../../platform/database/scope.ts'
import type { ConnectionKey } from './connections.queries.ts'

export type LinkRow = {
  id: string
  organization_id: string | null
  mapping_id: string | null
  integration_name: string
  name: string
  started_by: Actor
  expires_at: Date
  ended_because: 'used' | 'revoked' | null
}

const columns = sql`id, organization_id, mapping_id, integration_name, name, started_by, expires_at, ended_because`

/** A link that was made, also where it has ended. */
export async function findLink(db: Database, digest: Buffer): Promise<LinkRow | undefined> {
  const [row] = await readInScope<LinkRow>(
    db,
    'allOrganizations',
    sql`select ${columns} from connection_starts where digest = ${digest} and is_link`,
  )
  return row
}

/** How a link stands, which nobody changes until the transaction ends. */
export async function lockLink(transaction: Transaction, id: string): Promise<Pick<LinkRow, 'ended_because'> | undefined> {
  const [row] = await transaction.query<Pick<LinkRow, 'ended_because'>>(
    sql`select ended_because from connection_starts where id = ${id} and is_link for update`,
  )
  return row
}

/** Those that somebody may still use, in the order of ids, one row more than the page has room for. */
export function listLinkRows(
  db: Database,
  scope: Scope,
  page: { integrationName: string | undefined; afterId: string | undefined; limit: number },
): Promise<LinkRow[]> {
  return readInScope<LinkRow>(
    db,
    scope,
    sql`
    select ${columns} from connection_starts
    where is_link and ended_at is null and expires_at > now() and ${isWithin(scope, sql`organization_id`)}
      ${page.integrationName === undefined ? empty : sql`and integration_name = ${page.integrationName}`}
      ${page.afterId === undefined ? empty : sql`and id > ${page.afterId}`}
    order by id limit ${page.limit + 1}`,
  )
}

/** A link that somebody may still use. */
export async function findOpenLink(db: Database, scope: Scope, id: string): Promise<LinkRow | undefined> {
  const [row] = await readInScope<LinkRow>(
    db,
    scope,
    sql`
    select ${columns} from connection_starts
    where id = ${id} and is_link and ended_at is null and expires_at > now() and ${isWithin(scope, sql`organization_id`)}`,
  )
  return row
}

/** Ends a link, and what browsers began by it. False where it has ended already. */
export async function revokeLinkRow(transaction: Transaction, id: string): Promise<boolean> {
  const ended = await transaction.query(
    sql`update connection_starts set ended_at = now(), ended_because = 'revoked' where id = ${id} and is_link and ended_at is null returning id`,
  )
  await transaction.query(sql`delete from connection_starts where link_id = ${id}`)
  return ended.length > 0
}

const isOf = (key: ConnectionKey) => sql`
  integration_name = ${key.integrationName} and name = ${key.name}
  and organization_id is not distinct from ${key.organizationId} and mapping_id is not distinct from ${key.mappingId}`

/**
 * Ends all ways to a connection that are open: links have done what they were for, or were revoked with it, and who began by one of them
 * does not connect another account.
 */
export async function endStartsOf(transaction: Transaction, key: ConnectionKey, because: 'used' | 'revoked'): Promise<void> {
  await transaction.query(
    sql`update connection_starts set ended_at = now(), ended_because = ${because} where ${isOf(key)} and is_link and ended_at is null`,
  )
  await transaction.query(sql`delete from connection_starts where ${isOf(key)} and not is_link`)
}
