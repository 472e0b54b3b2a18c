import { z } from 'zod'
import { definePrincipalRoute } from '../access/auth.ts'
import { scopeOf } from '../access/principal.ts'
import { failureKindOf } from '../engine/failures/guidance.ts'
import type { Database } from '../platform/database/database.ts'
import type { Route } from '../platform/http/http.ts'
import { listTestCauseRows, type TestCauseRow } from './mappings-of-all.queries.ts'

const testCauseView = z
  .object({
    cause: z.string().describe('Names the cause where its mappings are listed or tested again.'),
    count: z.int().describe('So many mappings fail for it.'),
    integration_name: z.string(),
    message: z.string().describe('Of the newest test.'),
    guidance: z.string().nullable().describe('What to do about it, where that is known.'),
    failure_kind: z
      .string()
      .nullable()
      .describe('Where what to do is known: `credentials`, `secret_missing`, `unknown_id`, `network` and so on.'),
    newest_at: z.iso.datetime(),
    mappings: z
      .array(z.object({ mapping_id: z.uuid(), org_id: z.uuid(), org_name: z.string(), external_org_name: z.string() }))
      .describe('The newest hundred.'),
  })
  .meta({ id: 'TestCause' })

function viewOf({ hit, newest_at, details, ...row }: TestCauseRow): z.input<typeof testCauseView> {
  const { guidance, error_type: type } = details ?? {}
  return {
    ...row,
    guidance: typeof guidance === 'string' ? guidance : null,
    failure_kind:
      failureKindOf({ message: row.message, details: details ?? {}, type: typeof type === 'string' ? type : undefined }) ?? null,
    newest_at: newest_at.toISOString(),
    mappings: hit,
  }
}

/** `GET /api/mappings/causes`: failing tests by their causes. */
export function testCauseRoutes({ db }: { db: Database }): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/mappings/causes',
      operationId: 'listTestCauses',
      tag: 'Mappings',
      summary: 'List why connection tests fail, the most frequent cause first',
      description:
        'Of the active mappings whose last test failed: what failed for one reason is one cause, whichever organizations it hit. Twenty causes at most. `POST /api/mappings/test` with its `cause` tests them again.',
      permission: 'canViewMappings',
      audit: { none: 'reads only' },
      responses: { 200: z.object({ causes: z.array(testCauseView), count: z.int() }) },
      errors: [],
      async handler({ principal }) {
        const causes = (await listTestCauseRows(db, scopeOf(principal))).map(viewOf)
        return { status: 200, body: { causes, count: causes.length } }
      },
    }),
  ]
}
