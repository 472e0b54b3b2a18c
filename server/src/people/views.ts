import { authError } from '../access/auth-errors.ts'
import { permissions } from '../access/permissions.ts'
import type { Principal } from '../access/principal.ts'
import { requireAllOrganizations } from '../access/reach.ts'
import { type Acting, recordAudit } from '../audit/audit.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { type Changing, holdPersonWithin } from './people.ts'
import { personError } from './people-errors.ts'
import { deleteEndedViews, deleteView, insertView, type ViewRow } from './views.queries.ts'

/** Views whose end is recorded at once. There are as many as there are administrators who look. */
const maxEnded = 100

/** @throws forbidden - somebody lacks a permission for some organization. */
function requireAdministrator(principal: Principal): void {
  for (const permission of permissions) {
    requireAllOrganizations(
      principal,
      'Viewing as somebody else is for administrators of all organizations. Ask one of them to look.',
      permission,
    )
  }
}

async function recordEnds(transaction: Transaction, by: Pick<Acting, 'requestId' | 'address'>, ended: readonly ViewRow[]): Promise<void> {
  for (const { viewer_id, viewer_name, person_id, person_name } of ended) {
    await recordAudit(
      transaction,
      { actor: { type: 'person', id: viewer_id, name: viewer_name }, ...by },
      { action: 'person_view.ended', organizationId: null, target: { type: 'person', id: person_id, name: person_name }, changes: {} },
    )
  }
  if (ended.length > 0) transaction.tell('access', 'changed')
}

/**
 * Has a session look at the installation as another person, for half an hour at most: it then has what both have, and reads only.
 *
 * @param sessionId of the one who asks; undefined where it has just ended
 * @returns when it ends by itself
 * @throws not_a_person, unauthenticated, forbidden, viewing_oneself, person_not_found, person_deactivated, viewing_as
 */
export function beginView(db: Database, { principal, acting }: Changing, sessionId: string | undefined, personId: string): Promise<Date> {
  if (principal.actor.type !== 'person') throw personError('not_a_person')
  const viewerId = principal.actor.id
  if (sessionId === undefined) throw authError('unauthenticated')
  requireAdministrator(principal)
  if (viewerId === personId) throw personError('viewing_oneself')
  return inScope(db, 'allOrganizations', async (transaction) => {
    await recordEndedViewsWithin(transaction)
    const { name, state } = await holdPersonWithin(transaction, principal, personId)
    if (state === 'deactivated') throw personError('person_deactivated', { person_id: personId })
    const names = { viewer_id: viewerId, viewer_name: principal.actor.name, person_id: personId, person_name: name }
    const until = await insertView(transaction, sessionId, names)
    if (!until) throw authError('viewing_as')
    const target = { type: 'person' as const, id: personId, name, until: until.toISOString() }
    await recordAudit(transaction, acting, { action: 'person_view.begun', organizationId: null, target, changes: {} })
    transaction.tell('access', 'changed')
    return until
  })
}

/** Ends the view of a session. Safe to repeat. */
export function endView(db: Database, { requestId, address = null }: Acting, sessionId: string): Promise<void> {
  return inScope(db, 'allOrganizations', async (transaction) =>
    recordEnds(transaction, { requestId, address }, await deleteView(transaction, sessionId)),
  )
}

/** Says in the audit which views have ended by themselves: after their time, with their session, or with the person. */
export async function recordEndedViewsWithin(transaction: Transaction): Promise<void> {
  await recordEnds(transaction, { requestId: null }, await deleteEndedViews(transaction, maxEnded))
}

/** The same in a transaction of its own. */
export function recordEndedViews(db: Database): Promise<void> {
  return inScope(db, 'allOrganizations', recordEndedViewsWithin)
}
