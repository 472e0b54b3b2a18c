import { z } from 'zod'
import type { Database, Scope } from '../platform/database/database.ts'
import { defineRoute, pageQuery, type Route } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { wireId } from '../platform/http/text.ts'
import { type AuditRow, listAuditEvents } from './audit.queries.ts'
import { type FindOrganizationNames, organizationNamesOf } from './organization-names.ts'

const auditEventView = z
  .object({
    id: z.uuid(),
    at: z.iso.datetime(),
    actor: z.object({ type: z.enum(['person', 'api_key', 'execution', 'system']), id: z.string(), name: z.string() }),
    action: z.string().describe('What was done, as `integration_mapping.created`.'),
    org_id: z.uuid().nullable(),
    org_name: z.string().nullable().describe('Its name now; null where it was for all of them.'),
    target: z
      .object({ type: z.string(), id: z.string() })
      .loose()
      .describe('What it was done to. `name` where people call it otherwise than by its id: of a mapping, its external organization.'),
    changes: z.record(z.string(), z.object({ before: z.unknown(), after: z.unknown() })).describe('Each changed field, before and after.'),
    request_id: z.string().nullable(),
  })
  .meta({ id: 'AuditEvent' })

function viewOf(row: AuditRow, organizationNames: ReadonlyMap<string, string>): z.input<typeof auditEventView> {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: { type: row.actor_type, id: row.actor_id, name: row.actor_name },
    action: row.action,
    org_id: row.organization_id,
    org_name: (row.organization_id !== null && organizationNames.get(row.organization_id)) || null,
    target: row.target,
    changes: row.changes,
    request_id: row.request_id,
  }
}

const listQuery = pageQuery.extend({
  org_id: wireId.optional(),
  action: z
    .string()
    .max(100)
    .optional()
    .describe('An action, as `config.set`; or its first word, as `config`, for everything that was done to such things.'),
  actor: z.string().max(200).optional().describe('The id or the name of who acted.'),
})

/** `GET /api/audit`: who did what, newest first. What was done to no single organization is for those who may see all. */
export function auditRoutes<P>({
  db,
  scopeFor,
  findOrganizationNames,
}: {
  db: Database
  /** What a principal may see, of one organization where it is named. Given by the slice that knows, which comes later. */
  scopeFor: (principal: P, organizationId: string | undefined) => Scope
  findOrganizationNames: FindOrganizationNames
}): Route[] {
  return [
    defineRoute<P, undefined, typeof listQuery>({
      method: 'GET',
      path: '/audit',
      operationId: 'listAuditEvents',
      tag: 'Audit',
      summary: 'List what was done, newest first',
      permission: 'canViewHistory',
      audit: { none: 'reads only' },
      query: listQuery,
      responses: { 200: z.object({ events: z.array(auditEventView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: [],
      async handler({ query, principal }) {
        const [beforeId] = query.cursor === undefined ? [] : parseCursor(query.cursor, z.tuple([z.uuid()]))
        const scope = scopeFor(principal, query.org_id)
        const rows = await listAuditEvents(db, scope, {
          action: query.action,
          actor: query.actor,
          beforeId,
          limit: query.limit + 1,
        })
        const page = pageOf(rows, query.limit, (last) => [last.id])
        const names = await organizationNamesOf(
          findOrganizationNames,
          scope,
          page.items.map(({ organization_id }) => ({ organizationId: organization_id })),
        )
        const events = page.items.map((row) => viewOf(row, names))
        return { status: 200, body: { events, count: events.length, next_cursor: page.nextCursor } }
      },
    }),
  ]
}
