import { z } from 'zod'
import { definePrincipalRoute } from '../access/auth.ts'
import { seenBy } from '../access/principal.ts'
import { reachableOrganization } from '../access/reach.ts'
import type { Database, Scope } from '../platform/database/database.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { wireId } from '../platform/http/text.ts'
import { mappingFilterFields } from './mapping-filter.ts'
import { mappingOfAllView, mappingOfAllViewOf } from './mapping-of-all-view.ts'
import { countedTo, countMatchingMappings, listMappingOfAllRows } from './mappings-of-all.queries.ts'

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
      permission: 'canViewMappings',
      audit: { none: 'reads only' },
      query: pageQuery.extend({ ...mappingFilterFields, org_id: wireId.optional() }),
      responses: {
        200: z.object({
          mappings: z.array(mappingOfAllView),
          count: z.int(),
          total: z.int().describe('So many mappings match, on all pages; one that has reached 10,000 may be larger.'),
          next_cursor: z.string().nullable(),
        }),
      },
      errors: ['organization_not_found'],
      async handler({ query, principal }) {
        const [afterId] = query.cursor === undefined ? [] : parseCursor(query.cursor, z.tuple([wireId]))
        const seen = seenBy(principal, 'integration', 'canViewMappings')
        const scope: Scope = query.org_id === undefined ? seen.scope : { organizationId: reachableOrganization(principal, query.org_id) }
        const filter = {
          among: seen.among,
          organizationIds: undefined,
          integrationName: query.integration_name,
          attention: query.attention,
          search: query.search,
          cause: query.cause,
        }
        const [rows, total] = await Promise.all([
          listMappingOfAllRows(db, scope, filter, { afterId, limit: query.limit + 1 }),
          countMatchingMappings(db, scope, filter, countedTo),
        ])
        const page = pageOf(rows, query.limit, (last) => [last.id])
        return {
          status: 200,
          body: { mappings: page.items.map(mappingOfAllViewOf), count: page.items.length, total, next_cursor: page.nextCursor },
        }
      },
    }),
  ]
}
