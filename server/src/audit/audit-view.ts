import { z } from 'zod'
import type { AuditRow } from './audit.queries.ts'
import { actorTypes } from './audit-event.ts'
import { wordsOfAction } from './audit-words.ts'

export const auditEventView = z
  .object({
    id: z.uuid(),
    at: z.iso.datetime(),
    actor: z.object({ type: z.enum(actorTypes), id: z.string(), name: z.string() }),
    action: z.string().describe('What was done, as `integration_mapping.created`.'),
    summary: z.string().describe('The action as a person says it: Mapping changed.'),
    org_id: z.uuid().nullable(),
    org_name: z.string().nullable().describe('Its name now; null where it was for all of them.'),
    target: z
      .object({ type: z.string(), id: z.string() })
      .loose()
      .describe('What it was done to. `name` where people call it otherwise than by its id: of a mapping, its external organization.'),
    changes: z.record(z.string(), z.object({ before: z.unknown(), after: z.unknown() })).describe('Each changed field, before and after.'),
    request_id: z.string().nullable(),
    address: z.string().nullable().describe('From where a request did it. Null of what none did, and of events before this was kept.'),
  })
  .meta({ id: 'AuditEvent' })

export function viewOf(row: AuditRow, organizationNames: ReadonlyMap<string, string>): z.input<typeof auditEventView> {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: { type: row.actor_type, id: row.actor_id, name: row.actor_name },
    action: row.action,
    summary: wordsOfAction(row.action),
    org_id: row.organization_id,
    org_name: (row.organization_id !== null && organizationNames.get(row.organization_id)) || null,
    target: row.target,
    changes: row.changes,
    request_id: row.request_id,
    address: row.address,
  }
}
