import type { Transaction } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import { findLastChangeRow, insertAuditEvent } from './audit.queries.ts'
import type { Acting, AuditEvent } from './audit-event.ts'

export { type Acting, type Actor, type AuditAction, type AuditEvent, concealed } from './audit-event.ts'
export { type ChangesOf, changesBetween } from './changes.ts'

/** The platform acting on its own: schedules, retention, publication of definitions. */
export const systemActing: Acting = { actor: { type: 'system', id: 'crosswalk', name: 'Crosswalk' }, requestId: null }

/** Records an act in the transaction of the change itself, so that there is neither a change without its row nor a row without its change. */
export async function recordAudit(transaction: Transaction, acting: Acting, event: AuditEvent): Promise<void> {
  await insertAuditEvent(transaction, newId(), acting, event)
}

/** Who changed something last, and when; undefined where no event says so any more. */
export async function findLastChange(
  transaction: Transaction,
  organizationId: string | null,
  target: { type: string; id: string },
): Promise<{ by: string; at: Date } | undefined> {
  const row = await findLastChangeRow(transaction, organizationId, target)
  return row && { by: row.actor_name, at: row.at }
}
