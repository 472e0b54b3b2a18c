import { type Database, join, readInScope, type Scope, type Sql, sql, type Transaction } from '../platform/database/database.ts'
import { hasText } from '../platform/database/like.ts'
import { isWithin } from '../platform/database/scope.ts'
import type { Acting, Actor } from './audit-event.ts'
import { actionsMeantBy } from './audit-words.ts'
import type { Changes } from './changes.ts'
import type { SelectOrganizationsNamed } from './organization-names.ts'

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
  /** From where; null of what no request did, and of events before this was kept. */
  address: string | null
}

export async function insertAuditEvent(
  transaction: Transaction,
  id: string,
  acting: Acting,
  event: { action: string; organizationId: string | null; target: object; changes: object },
): Promise<void> {
  const { actor, requestId, address = null } = acting
  await transaction.query(sql`
    insert into audit_events (id, actor_type, actor_id, actor_name, action, organization_id, target, changes, request_id, address)
    values (${id}, ${actor.type}, ${actor.id}, ${actor.name}, ${event.action}, ${event.organizationId},
      ${JSON.stringify(event.target)}, ${JSON.stringify(event.changes)}, ${requestId}, ${address})`)
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
  /** Without a dot a noun, which matches whatever was done to it. */
  action: string | undefined
  /** The actor's id, or part of the name in any case. */
  actor: string | undefined
  targetType: string | undefined
  targetId: string | undefined
  /** Only what changed the target: no test, run or reading of it. */
  isChange: boolean
  /** Words that must all be there: in the action or what people call it, or in the names of target, organization or actor. */
  search: string | undefined
  since: string | undefined
  until: string | undefined
}

function hasWord(word: string, selectOrganizationsNamed: SelectOrganizationsNamed): Sql {
  const { nouns, verbs, actions } = actionsMeantBy(word)
  return sql`(
    ${hasText(sql`action`, word)} or split_part(action, '.', 1) = any(${nouns}::text[]) or split_part(action, '.', 2) = any(${verbs}::text[])
    or action = any(${actions}::text[]) or ${hasText(sql`target ->> 'id'`, word)} or ${hasText(sql`target ->> 'name'`, word)}
    or ${hasText(sql`target ->> 'integration_name'`, word)} or ${hasText(sql`actor_name`, word)}
    or organization_id in (${selectOrganizationsNamed(word)}))`
}

// An event's id is made some moments before its time, and by another clock: ids narrow what is read, times decide.
const idMargin = sql`interval '1 day'`

function conditionsOf(scope: Scope, filter: AuditFilter, selectOrganizationsNamed: SelectOrganizationsNamed): Sql[] {
  const { action, actor, targetType, targetId, isChange, search, since, until } = filter
  return [
    isWithin(scope, sql`organization_id`),
    ...(action ? [action.includes('.') ? sql`action = ${action}` : sql`split_part(action, '.', 1) = ${action}`] : []),
    ...(actor ? [sql`(actor_id = ${actor} or ${hasText(sql`actor_name`, actor)})`] : []),
    ...(targetType ? [sql`target ->> 'type' = ${targetType}`] : []),
    ...(targetId ? [sql`target ->> 'id' = ${targetId}`] : []),
    ...(isChange ? [sql`changes <> '{}'::jsonb and split_part(action, '.', 2) <> 'tested'`] : []),
    ...(search ?? '')
      .split(/\s+/)
      .filter(Boolean)
      .map((word) => hasWord(word, selectOrganizationsNamed)),
    ...(since ? [sql`at >= ${since} and id >= first_id_at(${since}::timestamptz - ${idMargin})`] : []),
    ...(until ? [sql`at < ${until} and id < first_id_at(${until}::timestamptz + ${idMargin})`] : []),
  ]
}

/** The condition of a scope and a filter, for a statement of one's own. */
export function conditionOf(selectOrganizationsNamed: SelectOrganizationsNamed, scope: Scope, filter: AuditFilter): Sql {
  return join(conditionsOf(scope, filter, selectOrganizationsNamed), ' and ')
}

/** Newest first, by id. */
export function listAuditEvents(
  { db, selectOrganizationsNamed }: { db: Database; selectOrganizationsNamed: SelectOrganizationsNamed },
  scope: Scope,
  filter: AuditFilter,
  page: { beforeId: string | undefined; limit: number },
): Promise<AuditRow[]> {
  const conditions = [...conditionsOf(scope, filter, selectOrganizationsNamed), ...(page.beforeId ? [sql`id < ${page.beforeId}`] : [])]
  return readInScope<AuditRow>(
    db,
    scope,
    sql`
    select * from audit_events
    where ${join(conditions, ' and ')}
    order by id desc
    limit ${page.limit}`,
  )
}
