import { z } from 'zod'
import { definePrincipalRoute } from '../access/auth.ts'
import { scopeOf } from '../access/principal.ts'
import { reachableOrganization } from '../access/reach.ts'
import type { Database, Scope } from '../platform/database/database.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { lineOfText, wireId } from '../platform/http/text.ts'
import { mappingOfAllView, mappingOfAllViewOf } from './mapping-of-all-view.ts'
import { mappingFields } from './mapping-rules.ts'
import { attentions, listMappingOfAllRows } from './mappings-of-all.queries.ts'

/** `GET /api/mappings`: the mappings of all organizations within reach, and those that need attention. */
export function mappingsOfAllRoutes({ db }: { db: Database }): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/mappings',
      operationId: 'listMappingsOfAll',
      tag: 'Mappings',
      summary: 'List the active mappings of all organizations, oldest first',
      description:
        'With `attention` only those that need it: the last test failed (`failing_test`), there was none (`never_tested`), or discovery saw the external organization vanish (`gone`) or take another name (`renamed`). A mapping of a deactivated organization needs no attention.',
      permission: 'canManageConfig',
      audit: { none: 'reads only' },
      query: pageQuery.extend({
        integration_name: mappingFields.integration_name.optional(),
        org_id: wireId.optional(),
        attention: z.enum(attentions).optional(),
        search: lineOfText(200).optional().describe("Part of the organization's name, or of the external organization's name or id."),
      }),
      responses: { 200: z.object({ mappings: z.array(mappingOfAllView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: ['organization_not_found'],
      async handler({ query, principal }) {
        const [afterId] = query.cursor === undefined ? [] : parseCursor(query.cursor, z.tuple([wireId]))
        const scope: Scope =
          query.org_id === undefined ? scopeOf(principal) : { organizationId: reachableOrganization(principal, query.org_id) }
        const rows = await listMappingOfAllRows(db, scope, {
          organizationIds: undefined,
          integrationName: query.integration_name,
          attention: query.attention,
          search: query.search,
          afterId,
          limit: query.limit + 1,
        })
        const page = pageOf(rows, query.limit, (last) => [last.id])
        return {
          status: 200,
          body: { mappings: page.items.map(mappingOfAllViewOf), count: page.items.length, next_cursor: page.nextCursor },
        }
      },
    }),
  ]
}
