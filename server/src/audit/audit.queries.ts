import { type Database, empty, readInScope, type Scope, sql, type Transaction } from '../platform/database/database.ts'
import { isWithin } from '../platform/database/scope.ts'
import type { Acting, Actor, AuditEvent, Changes } from './audit-event.ts'

export type AuditRow = {
  id: string
  at: Date
  actor_type: Actor['type']
  actor_id: string
  actor_name: string
  action: string
  organization_id: string | null
  target: { type: string; id: string }
  changes: Changes
  request_id: string | null
}

export async function insertAuditEvent(transaction: Transaction, id: string, acting: Acting, event: AuditEvent): Promise<void> {
  const { actor, requestId } = acting
  await transaction.query(sql`
    insert into audit_events (id, actor_type, actor_id, actor_name, action, organization_id, target, changes, request_id)
    values (${id}, ${actor.type}, ${actor.id}, ${actor.name}, ${event.action}, ${event.organizationId},
      ${JSON.stringify(event.target)}, ${JSON.stringify(event.changes)}, ${requestId})`)
}

/** The newest event that changed a target. Tests and runs of it change nothing of it. */
export async function findLastChangeRow(
  transaction: Transaction,
  organizationId: string | null,
  target: { type: string; id: string },
): Promise<Pick<AuditRow, 'at' | 'actor_name'> | undefined> {
  const rows = await transaction.query<Pick<AuditRow, 'at' | 'actor_name'>>(sql`
    select at, actor_name from audit_events
    where ${organizationId === null ? sql`organization_id is null` : sql`organization_id = ${organizationId}`}
      and target->>'type' = ${target.type} and target->>'id' = ${target.id}
      and split_part(action, '.', 2) not in ('tested', 'run')
    order by id desc
    limit 1`)
  return rows[0]
}

export type AuditFilter = {
  action: string | undefined
  actor: string | undefined
  beforeId: string | undefined
  limit: number
}

/** Newest first, by id. `actor` matches the actor's id or name; an `action` without a dot is a noun, and matches whatever was done to it. */
export function listAuditEvents(db: Database, scope: Scope, filter: AuditFilter): Promise<AuditRow[]> {
  return readInScope<AuditRow>(
    db,
    scope,
    sql`
    select * from audit_events
    where ${isWithin(scope, sql`organization_id`)}
      ${filter.action ? (filter.action.includes('.') ? sql`and action = ${filter.action}` : sql`and split_part(action, '.', 1) = ${filter.action}`) : empty}
      ${filter.actor ? sql`and (actor_id = ${filter.actor} or actor_name = ${filter.actor})` : empty}
      ${filter.beforeId ? sql`and id < ${filter.beforeId}` : empty}
    order by id desc
    limit ${filter.limit}`,
  )
}
