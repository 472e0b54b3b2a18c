import type { JsonObject } from '../platform/json.ts'
import type { Transaction } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { insertAuditEvent } from './audit.queries.ts'

/** Who did something: a person, an API key, an execution of author code, or the platform itself. */
export type Actor = { type: 'person' | 'api_key' | 'execution' | 'system'; id: string; name: string }

/** Who acts, and in which request: what every change is told. */
export type Acting = { actor: Actor; requestId: string | null }

/** The platform acting on its own: schedules, retention, publication of definitions. */
export const systemActing: Acting = { actor: { type: 'system', id: 'crosswalk', name: 'Crosswalk' }, requestId: null }

/** What changed, field by field. Never a secret's value. */
export type Changes = Record<string, { before: unknown; after: unknown }>

/** One recorded act. `action` is `<noun>.<past participle>`; `target` names the thing by type and id. */
export type AuditEvent = {
  action: string
  organizationId: string | null
  target: { type: string; id: string } & JsonObject
  changes: Changes
}

/** Records an act in the transaction of the change itself, so that there is neither a change without its row nor a row without its change. */
export async function recordAudit(transaction: Transaction, acting: Acting, event: AuditEvent): Promise<void> {
  await insertAuditEvent(transaction, newId(), acting, event)
}

/**
 * The fields of `after` that differ from `before`, compared by their JSON.
 *
 * @param before empty for something new
 */
export function changesBetween(before: Record<string, unknown>, after: Record<string, unknown>): Changes {
  const changes: Changes = {}
  for (const [field, value] of Object.entries(after)) {
    const previous = before[field] ?? null
    if (JSON.stringify(previous) !== JSON.stringify(value ?? null)) changes[field] = { before: previous, after: value ?? null }
  }
  return changes
}
