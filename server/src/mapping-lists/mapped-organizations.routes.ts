import { z } from 'zod'
import { definePrincipalRoute } from '../access/auth.ts'
import { scopeOf } from '../access/principal.ts'
import { getDefinition, listDefinitions } from '../definitions/definitions.ts'
import type { Database } from '../platform/database/database.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { lineOfText, wireFlag, wireId } from '../platform/http/text.ts'
import { countActiveOrganizations, countMappedOrganizations, listNamedOrganizationRows } from './mapped-organizations.queries.ts'
import { mappingOfAllView, mappingOfAllViewOf } from './mapping-of-all-view.ts'
import { listMappingOfAllRows } from './mappings-of-all.queries.ts'

/** An organization has a handful of mappings of one integration; more than these are seen on its own page. */
const mappingsEach = 20

const afterName = z.tuple([z.string().regex(/^[^\0]*$/), wireId])

/** For which organizations an integration is mapped, and for which not. */
export function mappedOrganizationRoutes({ db }: { db: Database }): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/integrations/mapped-organizations',
      operationId: 'countMappedOrganizations',
      tag: 'Integrations',
      summary: 'Count for how many active organizations each integration is mapped',
      permission: 'canViewMappings',
      audit: { none: 'reads only' },
      responses: {
        200: z
          .object({
            integrations: z.array(z.object({ integration_name: z.string(), mapped_organizations: z.int() })),
            active_organizations: z.int(),
          })
          .meta({ id: 'MappedOrganizationCounts' }),
      },
      errors: [],
      async handler({ principal }) {
        const [definitions, counts, active] = await Promise.all([
          listDefinitions(db, 'integration'),
          countMappedOrganizations(db, scopeOf(principal)),
          countActiveOrganizations(db, scopeOf(principal)),
        ])
        const mapped = new Map(counts.map((row) => [row.integration_name, row.mapped]))
        return {
          status: 200,
          body: {
            integrations: definitions.map(({ name }) => ({ integration_name: name, mapped_organizations: mapped.get(name) ?? 0 })),
            active_organizations: active,
          },
        }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/integrations/:name/organizations',
      operationId: 'listIntegrationOrganizations',
      tag: 'Integrations',
      summary: 'List the active organizations with their mappings of an integration, by name',
      permission: 'canViewMappings',
      audit: { none: 'reads only' },
      params: z.object({ name: z.string() }),
      query: pageQuery.extend({
        mapped: wireFlag.optional().describe('True lists only organizations with a mapping, false only those without.'),
        search: lineOfText(200).optional().describe("Part of the organization's name or of a domain."),
      }),
      responses: {
        200: z.object({
          organizations: z.array(
            z
              .object({
                id: z.uuid(),
                name: z.string(),
                mappings: z.array(mappingOfAllView).describe('The active ones of this integration, oldest first.'),
              })
              .meta({ id: 'MappedOrganization' }),
          ),
          count: z.int(),
          next_cursor: z.string().nullable(),
        }),
      },
      errors: ['integration_not_found'],
      async handler({ params, query, principal }) {
        const { name: integrationName } = await getDefinition(db, 'integration', params.name)
        const rows = await listNamedOrganizationRows(db, scopeOf(principal), {
          integrationName,
          isMapped: query.mapped,
          search: query.search,
          after: query.cursor === undefined ? undefined : parseCursor(query.cursor, afterName),
          limit: query.limit + 1,
        })
        const page = pageOf(rows, query.limit, (last) => [last.sort_name, last.id])
        const mappings = await listMappingOfAllRows(
          db,
          scopeOf(principal),
          { organizationIds: page.items.map(({ id }) => id), integrationName, attention: undefined, search: undefined, cause: undefined },
          { afterId: undefined, limit: page.items.length * mappingsEach },
        )
        const byOrganization = Map.groupBy(mappings, (mapping) => mapping.organization_id)
        return {
          status: 200,
          body: {
            organizations: page.items.map(({ id, name }) => ({
              id,
              name,
              mappings: (byOrganization.get(id) ?? []).map(mappingOfAllViewOf),
            })),
            count: page.items.length,
            next_cursor: page.nextCursor,
          },
        }
      },
    }),
  ]
}
