import { type Database, readInScope, type Scope, type Sql, sql, type Transaction } from '../platform/database/database.ts'
import { advisoryLocks } from '../platform/database/locks.ts'
import type { AuditRow } from './audit.queries.ts'

/** An event as its link takes it in: the same text whenever it is read. One from before addresses were kept has none at its end. */
const content = sql`(jsonb_build_array(e.id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.actor_type, e.actor_id, e.actor_name,
  e.action, e.organization_id, e.target, e.changes, e.request_id)
  || case when e.address is null then '[]'::jsonb else jsonb_build_array(e.address) end)::text`

export type Link = { sequence: number; hash: Buffer }

/** True where nobody else links until the transaction ends. */
export async function holdChain(transaction: Transaction): Promise<boolean> {
  const rows = await transaction.query<{ held: boolean }>(sql`select pg_try_advisory_xact_lock(${advisoryLocks.auditChain}) as held`)
  return rows[0]?.held ?? false
}

export async function findLastLink(transaction: Transaction): Promise<Link | undefined> {
  const rows = await transaction.query<Link>(sql`select sequence::float8 as sequence, hash from audit_links order by sequence desc limit 1`)
  return rows[0]
}

/** Takes events that have no link yet, the oldest first. */
export function takeUnlinked(transaction: Transaction, limit: number): Promise<{ id: string; content: string }[]> {
  return transaction.query<{ id: string; content: string }>(sql`
    with taken as (
      delete from audit_unlinked where event_id in (select event_id from audit_unlinked order by event_id limit ${limit}) returning event_id)
    select e.id, ${content} as content from taken join audit_events e on e.id = taken.event_id order by e.id`)
}

export async function insertLinks(transaction: Transaction, links: readonly (Link & { eventId: string })[]): Promise<void> {
  await transaction.query(sql`
    insert into audit_links (sequence, event_id, hash)
    select * from unnest(${links.map(({ sequence }) => sequence)}::bigint[], ${links.map(({ eventId }) => eventId)}::uuid[],
      ${links.map(({ hash }) => hash)}::bytea[])`)
}

/** A link with its event as it stands now; null where that is gone. */
export type LinkedRow = Link & { event_id: string; content: string | null }

export function listLinked(db: Database, after: number, limit: number): Promise<LinkedRow[]> {
  return readInScope<LinkedRow>(
    db,
    'allOrganizations',
    sql`
    select l.sequence::float8 as sequence, l.hash, l.event_id, case when e.id is not null then ${content} end as content
    from audit_links l left join audit_events e on e.id = l.event_id
    where l.sequence > ${after} order by l.sequence limit ${limit}`,
  )
}

export async function findLink(db: Database, sequence: number): Promise<Link | undefined> {
  const rows = await readInScope<Link>(
    db,
    'allOrganizations',
    sql`select sequence::float8 as sequence, hash from audit_links where sequence = ${sequence}`,
  )
  return rows[0]
}

/** The last link that was deleted with its event, for its age. */
export async function findAnchor(db: Database | Transaction): Promise<(Link & { forgotten_at: Date }) | undefined> {
  const statement = sql`select sequence::float8 as sequence, hash, forgotten_at from audit_anchor`
  type Row = Link & { forgotten_at: Date }
  const rows = 'pool' in db ? await readInScope<Row>(db, 'allOrganizations', statement) : await db.query<Row>(statement)
  return rows[0]
}

/**
 * Has the oldest events forgotten. The database keeps a month by its own clock, and refuses what is later: where a worker's clock is ahead,
 * that is what goes.
 *
 * @returns how many
 */
export async function forgetAuditEvents(transaction: Transaction, before: Date, limit: number): Promise<number> {
  const rows = await transaction.query<{ forgotten: number }>(
    sql`select forget_audit_events(least(${before}::timestamptz, now() - interval '30 days'), ${limit}) as forgotten`,
  )
  return rows[0]?.forgotten ?? 0
}

/** How many events have no link yet, and the last link. */
export async function findChainEnd(db: Database): Promise<{ unlinked: number; sequence: number | null; hash: Buffer | null }> {
  const rows = await readInScope<{ unlinked: number; sequence: number | null; hash: Buffer | null }>(
    db,
    'allOrganizations',
    sql`
    select (select count(*)::int from audit_unlinked) as unlinked, last.sequence::float8 as sequence, last.hash
    from (select 1) as one left join lateral (select sequence, hash from audit_links order by sequence desc limit 1) as last on true`,
  )
  return rows[0] ?? { unlinked: 0, sequence: null, hash: null }
}

/** Linked events of all organizations. */
export function listNextInChain(db: Database, after: number, limit: number): Promise<(AuditRow & Link)[]> {
  return listInChain(db, 'allOrganizations', { condition: sql`true`, after, limit })
}

/** Linked events within a scope in the order of the chain. */
export function listInChain(
  db: Database,
  scope: Scope,
  { condition, after, limit }: { condition: Sql; after: number; limit: number },
): Promise<(AuditRow & Link)[]> {
  return readInScope<AuditRow & Link>(
    db,
    scope,
    sql`
    select e.*, l.sequence::float8 as sequence, l.hash from audit_links l join audit_events e on e.id = l.event_id
    where l.sequence > ${after} and ${condition} order by l.sequence limit ${limit}`,
  )
}
