import type { JsonObject } from '../protocol/json.ts'

/** Who did something: a person, an API key, an execution of author code, or the platform itself. */
export type Actor = { type: 'person' | 'api_key' | 'execution' | 'system'; id: string; name: string }

/** Who acts, and in which request: what every change is told. */
export type Acting = { actor: Actor; requestId: string | null }

/** What changed, field by field. Never a secret's value. */
export type Changes = Record<string, { before: unknown; after: unknown }>

/** One recorded act. `action` is `<noun>.<past participle>`; `target` names the thing by type and id. */
export type AuditEvent = {
  action: string
  organizationId: string | null
  target: { type: string; id: string } & JsonObject
  changes: Changes
}
