import { z } from 'zod'
import { definePrincipalRoute } from '../access/auth.ts'
import { scopeOf } from '../access/principal.ts'
import { executionStatuses } from '../engine/state/execution.ts'
import type { Database } from '../platform/database/database.ts'
import type { Route } from '../platform/http/http.ts'
import { listOrganizationSummaries, type OrganizationSummaryRow } from './organization-summaries.queries.ts'

const uuid = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'
const maxAtOnce = 100

const organizationSummaryView = z
  .object({
    org_id: z.uuid(),
    mappings: z.int().describe('How many are active.'),
    failing_mappings: z.int().describe('How many of them failed their last test.'),
    last_execution: z
      .object({ execution_id: z.uuid(), status: z.enum(executionStatuses), created_at: z.iso.datetime() })
      .nullable()
      .describe('The workflow that was asked for last; null where none was, and for those who may not see what ran.'),
  })
  .meta({ id: 'OrganizationSummary' })

function viewOf(row: OrganizationSummaryRow): z.input<typeof organizationSummaryView> {
  const { execution_id: executionId, status, created_at: createdAt } = row
  return {
    org_id: row.organization_id,
    mappings: row.mappings,
    failing_mappings: row.failing_mappings,
    last_execution:
      executionId === null || status === null || createdAt === null
        ? null
        : { execution_id: executionId, status: status === 'held' ? 'pending' : status, created_at: createdAt.toISOString() },
  }
}

/** `GET /api/organizations/summaries`: how several organizations stand, in one answer. */
export function organizationSummaryRoutes({ db }: { db: Database }): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/organizations/summaries',
      operationId: 'listOrganizationSummaries',
      tag: 'Organizations',
      summary: 'Say how several organizations stand: their mappings, and what ran last',
      description: 'In the order of the ids. An organization that is not there, or not yours to see, is left out.',
      permission: 'canViewMappings',
      audit: { none: 'reads only' },
      query: z.object({
        org_ids: z
          .string()
          .regex(new RegExp(`^${uuid}(?:,${uuid}){0,${maxAtOnce - 1}}$`), `must be 1 to ${maxAtOnce} ids with commas between them`)
          .describe(`The ids of 1 to ${maxAtOnce} organizations, with commas between them.`),
      }),
      responses: { 200: z.object({ summaries: z.array(organizationSummaryView), count: z.int() }) },
      errors: [],
      async handler({ query, principal }) {
        const ids = [...new Set(query.org_ids.toLowerCase().split(','))]
        const rows = await listOrganizationSummaries(db, scopeOf(principal), ids, { executionsOf: scopeOf(principal, 'canViewExecutions') })
        const found = new Map(rows.map((row) => [row.organization_id, row]))
        const summaries = ids.flatMap((id) => found.get(id) ?? []).map(viewOf)
        return { status: 200, body: { summaries, count: summaries.length } }
      },
    }),
  ]
}
