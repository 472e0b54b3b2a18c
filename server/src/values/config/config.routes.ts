import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../../access/auth.ts'
import type { Database } from '../../platform/database/database.ts'
import { type Route, tagged } from '../../platform/http/http.ts'
import { pageOf } from '../../platform/http/paging.ts'
import { etagField } from '../../platform/preconditions.ts'
import { checkScope, ownerFor, scopeFields, scopeQuery, scopeView, valueCursor, valueKey, valuesPage, valuesQuery } from '../value-scope.ts'
import { listConfigRows } from './config.queries.ts'
import { type Config, configOf, deleteConfig, etagOfConfig, getConfig, setConfig } from './config.ts'
import { configValue } from './config-value.ts'

const configView = z
  .object({
    key: z.string(),
    scope: z.enum(['global', 'organization']),
    org_id: z.uuid().nullable(),
    value: z.unknown().describe('Any JSON.'),
    updated_at: z.iso.datetime(),
    updated_by: z.string().describe('The name of who set it.'),
    etag: etagField,
  })
  .meta({ id: 'Config' })

function viewOf(config: Config): z.input<typeof configView> {
  return {
    key: config.key,
    ...scopeView(config.organizationId),
    value: config.value,
    updated_at: config.updatedAt.toISOString(),
    updated_by: config.updatedBy,
    etag: etagOfConfig(config),
  }
}

const configParams = z.object({ key: valueKey })

/** `/api/config`: plain values for author code. */
export function configRoutes({ db }: { db: Database }): Route[] {
  return [
    definePrincipalRoute({
      method: 'PUT',
      path: '/config/:key',
      operationId: 'setConfig',
      tag: 'Config',
      summary: 'Set a config value, or replace it',
      permission: 'canManageConfigValues',
      audit: { action: 'config.set' },
      takesIfMatch: true,
      params: configParams,
      body: z.strictObject({ value: configValue.describe('Any JSON of at most 32 KiB.'), ...scopeFields }).superRefine(checkScope),
      responses: { 200: configView },
      errors: ['organization_not_found'],
      async handler(request) {
        const { body, params, principal } = request
        const draft = { key: params.key, organizationId: ownerFor(principal, body), value: body.value }
        return tagged(200, viewOf(await setConfig(db, actingOf(request), draft, request.ifMatch)))
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/config',
      operationId: 'listConfig',
      tag: 'Config',
      summary: 'List config values by key',
      permission: 'canViewConfigValues',
      audit: { none: 'reads only' },
      query: valuesQuery,
      responses: { 200: z.object({ config: z.array(configView), count: z.int(), next_cursor: z.string().nullable() }) },
      errors: ['organization_not_found'],
      async handler({ query, principal }) {
        const page = pageOf(await listConfigRows(db, valuesPage(principal, query)), query.limit, valueCursor)
        return {
          status: 200,
          body: { config: page.items.map(configOf).map(viewOf), count: page.items.length, next_cursor: page.nextCursor },
        }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/config/:key',
      operationId: 'getConfig',
      tag: 'Config',
      summary: 'Read a config value',
      permission: 'canViewConfigValues',
      audit: { none: 'reads only' },
      params: configParams,
      query: scopeQuery,
      responses: { 200: configView },
      errors: ['config_not_found', 'organization_not_found'],
      async handler({ params, principal, query }) {
        return tagged(200, viewOf(await getConfig(db, { key: params.key, organizationId: ownerFor(principal, query) })))
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/config/:key',
      operationId: 'deleteConfig',
      tag: 'Config',
      summary: 'Delete a config value',
      permission: 'canManageConfigValues',
      audit: { action: 'config.deleted' },
      takesIfMatch: true,
      params: configParams,
      query: scopeQuery,
      responses: { 204: null },
      errors: ['config_not_found', 'organization_not_found'],
      async handler(request) {
        const { params, principal, query } = request
        await deleteConfig(db, actingOf(request), { key: params.key, organizationId: ownerFor(principal, query) }, request.ifMatch)
        return { status: 204 }
      },
    }),
  ]
}
