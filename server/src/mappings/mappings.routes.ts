import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { limitedTo, scopeOf } from '../access/principal.ts'
import { canReach, principalFor, reachableOrganization } from '../access/reach.ts'
import { getOrganization } from '../organizations/organizations.ts'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { pageQuery, type Route, tagged } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { wireFlag, wireId } from '../platform/http/text.ts'
import { withNamedHolder } from './holders.ts'
import { asForMapping, readMapping } from './mapping-access.ts'
import { mappingFields } from './mapping-rules.ts'
import { mappingView, mappingViewOf } from './mapping-view.ts'
import { createMapping, deleteMapping, listMappings, updateMapping } from './mappings.ts'
import { connectionTestRoutes } from './tests/connection-tests.routes.ts'

const organizationParams = z.object({ orgId: wireId })
const mappingParams = organizationParams.extend({ mappingId: wireId })

const draftBody = z.strictObject({
  ...mappingFields,
  external_org_name: mappingFields.external_org_name.nullish(),
  mapping_data: mappingFields.mapping_data.nullish(),
})
const patchBody = z
  .strictObject({
    external_org_id: mappingFields.external_org_id.optional(),
    external_org_name: mappingFields.external_org_name.optional(),
    mapping_data: mappingFields.mapping_data.optional(),
    is_active: z.boolean().optional(),
  })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), 'must have at least one field to change')

const tag = 'Mappings'
/** What every write can meet. */
const writeErrors = [
  'organization_not_found',
  'organization_inactive',
  'integration_not_found',
  'mapping_not_supported',
  'mapping_exists',
  'external_org_taken',
] as const

/** `/api/organizations/{orgId}/integrations`: which external organizations an organization is, and whether the connection works. */
export function mappingRoutes(dependencies: { db: Database; notifications: Notifications }): Route[] {
  const { db } = dependencies
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/organizations/:orgId/integrations',
      operationId: 'listMappings',
      tag,
      summary: "List an organization's mappings, oldest first",
      permission: 'canViewMappings',
      audit: { none: 'reads only' },
      params: organizationParams,
      query: pageQuery.extend({ activeOnly: wireFlag.default(true), integration_name: mappingFields.integration_name.optional() }),
      responses: { 200: z.object({ mappings: z.array(mappingView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: ['organization_not_found'],
      async handler({ params, query, principal }) {
        const limited = canReach(principal, params.orgId) ? undefined : limitedTo(principal, 'integration', 'canViewMappings', params.orgId)
        const organizationId = limited?.length ? params.orgId : reachableOrganization(principal, params.orgId)
        const [afterId] = query.cursor === undefined ? [] : parseCursor(query.cursor, z.tuple([wireId]))
        const mappings = await listMappings(db, organizationId, {
          isActiveOnly: query.activeOnly,
          integrationName: query.integration_name,
          integrationNames: limited,
          afterId,
          limit: query.limit + 1,
        })
        // An organization with mappings is there; only an empty list leaves it open.
        if (mappings.length === 0) await getOrganization(db, organizationId)
        const page = pageOf(mappings, query.limit, (last) => [last.id])
        return { status: 200, body: { mappings: page.items.map(mappingViewOf), count: page.items.length, next_cursor: page.nextCursor } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/organizations/:orgId/integrations',
      operationId: 'createMapping',
      tag,
      summary: 'Map an external organization to an organization',
      permission: 'canManageMappings',
      audit: { action: 'integration_mapping.created' },
      params: organizationParams,
      body: draftBody,
      responses: { 201: mappingView },
      errors: writeErrors,
      async handler(request) {
        const { body, params } = request
        const principal = principalFor(request.principal, { integration: body.integration_name })
        const organizationId = reachableOrganization(principal, params.orgId)
        const given = {
          integrationName: body.integration_name,
          externalOrgId: body.external_org_id,
          externalOrgName: body.external_org_name ?? undefined,
          mappingData: body.mapping_data ?? undefined,
        }
        const create = () => createMapping(db, actingOf(request), organizationId, given)
        const mapping = await withNamedHolder(db, scopeOf(principal), create)
        return tagged(201, mappingViewOf(mapping))
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/organizations/:orgId/integrations/:mappingId',
      operationId: 'getMapping',
      tag,
      summary: 'Read a mapping',
      permission: 'canViewMappings',
      audit: { none: 'reads only' },
      params: mappingParams,
      responses: { 200: mappingView },
      errors: ['organization_not_found', 'mapping_not_found'],
      async handler({ params, principal }) {
        return tagged(200, mappingViewOf(await readMapping(db, principal, params)))
      },
    }),
    definePrincipalRoute({
      method: 'PATCH',
      path: '/organizations/:orgId/integrations/:mappingId',
      operationId: 'updateMapping',
      tag,
      summary: 'Change a mapping, deactivate it or activate it again',
      permission: 'canManageMappings',
      audit: { action: 'integration_mapping.updated' },
      takesIfMatch: true,
      params: mappingParams,
      body: patchBody,
      responses: { 200: mappingView },
      errors: [...writeErrors, 'mapping_not_found'],
      async handler(request) {
        const { body, params } = request
        const principal = await asForMapping(db, request.principal, params)
        const organizationId = reachableOrganization(principal, params.orgId)
        const patch = {
          externalOrgId: body.external_org_id,
          externalOrgName: body.external_org_name,
          mappingData: body.mapping_data,
          isActive: body.is_active,
        }
        const update = () => updateMapping(db, actingOf(request), organizationId, params.mappingId, patch, request.ifMatch)
        return tagged(200, mappingViewOf(await withNamedHolder(db, scopeOf(principal), update)))
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/organizations/:orgId/integrations/:mappingId',
      operationId: 'deleteMapping',
      tag,
      summary: 'Deactivate a mapping',
      description: 'Its row is kept and can be activated again. Safe to repeat.',
      permission: 'canManageMappings',
      audit: { action: 'integration_mapping.deleted' },
      takesIfMatch: true,
      params: mappingParams,
      responses: { 204: null },
      errors: ['organization_not_found', 'mapping_not_found'],
      async handler(request) {
        const { params, ifMatch } = request
        const principal = await asForMapping(db, request.principal, params)
        await deleteMapping(db, actingOf(request), reachableOrganization(principal, params.orgId), params.mappingId, ifMatch)
        return { status: 204 }
      },
    }),
    ...connectionTestRoutes(dependencies),
  ]
}
