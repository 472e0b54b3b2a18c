import type { Database } from '../../platform/database/database.ts'
import type { Route } from '../../platform/http/http.ts'
import { scimGroupRoutes } from './scim-groups.routes.ts'
import { baseOf, listAnswer, scimAnswer } from './scim-resource.ts'
import { projectionQuery, scimRoute } from './scim-route.ts'
import { providerConfigAt, resourceTypesAt, schemasAt } from './scim-schemas.ts'
import { scimUserRoutes } from './scim-users.routes.ts'

/** `/api/scim/v2`: what it can, and the people and groups that an identity provider keeps. */
export function scimRoutes(given: { db: Database }): Route[] {
  return [
    scimRoute({
      method: 'GET',
      path: '/ServiceProviderConfig',
      operationId: 'getScimConfig',
      summary: 'Read what this does of SCIM',
      audit: { none: 'reads only' },
      query: projectionQuery,
      status: 200,
      handler: async ({ headers }) => scimAnswer(200, providerConfigAt(baseOf(headers))),
    }),
    scimRoute({
      method: 'GET',
      path: '/ResourceTypes',
      operationId: 'listScimResourceTypes',
      summary: 'List what is kept by SCIM',
      audit: { none: 'reads only' },
      query: projectionQuery,
      status: 200,
      async handler({ headers }) {
        const types = resourceTypesAt(baseOf(headers))
        return listAnswer(types, types.length, 1)
      },
    }),
    scimRoute({
      method: 'GET',
      path: '/Schemas',
      operationId: 'listScimSchemas',
      summary: 'List the attributes that are kept by SCIM',
      audit: { none: 'reads only' },
      query: projectionQuery,
      status: 200,
      async handler({ headers }) {
        const schemas = schemasAt(baseOf(headers))
        return listAnswer(schemas, schemas.length, 1)
      },
    }),
    ...scimUserRoutes(given),
    ...scimGroupRoutes(given),
  ]
}
