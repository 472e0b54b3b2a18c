import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { actingField, actingOrganization } from '../access/reach.ts'
import { definitionPage, jsonSchemaView, problemView, problemViewOf } from '../definitions/definition-page.ts'
import { type DataProviderDefinition, getDefinition, listDefinitions, listProblems } from '../definitions/definitions.ts'
import { parametersField, requireFittingParameters } from '../definitions/parameters.ts'
import type { Database } from '../platform/database/database.ts'
import type { Notifications } from '../platform/database/notifications.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { requireOfferedParameters } from './closed-options.ts'
import { provideOptions } from './data-providers.ts'
import { optionSchema } from './option.ts'

const dataProviderView = z
  .object({
    name: z.string(),
    description: z.string(),
    category: z.string(),
    parameters_schema: jsonSchemaView,
    cache_seconds: z.number().describe('How long options are kept; 0 asks each time.'),
    timeout_ms: z.int(),
    file: z.string().describe('Where in the workspace it is written.'),
  })
  .meta({ id: 'DataProvider' })

function viewOf(definition: DataProviderDefinition): z.input<typeof dataProviderView> {
  return {
    name: definition.name,
    description: definition.description,
    category: definition.category,
    parameters_schema: definition.parametersSchema,
    cache_seconds: definition.cacheSeconds,
    timeout_ms: definition.timeoutMs,
    file: definition.file,
  }
}

/** `/api/data-providers`: which options a form field has. */
export function dataProviderRoutes(dependencies: { db: Database; notifications: Notifications }): Route[] {
  const { db } = dependencies
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/data-providers',
      operationId: 'listDataProviders',
      tag: 'Data providers',
      summary: 'List data providers by name, and the files that failed to load',
      permission: 'canViewCatalogue',
      audit: { none: 'reads only' },
      query: pageQuery,
      responses: {
        200: z.object({
          data_providers: z.array(dataProviderView),
          count: z.int(),
          next_cursor: z.string().nullable(),
          problems: z.array(problemView),
        }),
      },
      errors: [],
      async handler({ query }) {
        const [definitions, problems] = await Promise.all([listDefinitions(db, 'data_provider'), listProblems(db, 'data_provider')])
        const page = definitionPage(definitions, query)
        return {
          status: 200,
          body: {
            data_providers: page.items.map(viewOf),
            count: page.items.length,
            next_cursor: page.nextCursor,
            problems: problems.map(problemViewOf),
          },
        }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/data-providers/:name/options',
      operationId: 'provideOptions',
      tag: 'Data providers',
      summary: 'Ask a data provider for its options',
      description: 'The header `X-Organization-Id` names the organization.',
      permission: 'canRunWorkflows',
      audit: { action: 'data_provider.asked' },
      params: z.object({ name: z.string() }),
      query: z.object(actingField),
      body: z.strictObject({ parameters: parametersField }),
      responses: { 200: z.object({ options: z.array(optionSchema), cached: z.boolean(), cached_at: z.iso.datetime().nullable() }) },
      errors: [
        'data_provider_not_found',
        'definition_not_loaded',
        'integration_switched_off',
        'data_provider_failed',
        'organization_not_found',
        'organization_inactive',
      ],
      async handler(request) {
        const { body, params, principal, query, signal } = request
        const parameters = body.parameters ?? {}
        const who = { organizationId: actingOrganization(principal, query), acting: actingOf(request), signal }
        const { parametersSchema: schema } = await getDefinition(db, 'data_provider', params.name)
        const what = `the data provider '${params.name}'`
        requireFittingParameters(schema, parameters, what)
        await requireOfferedParameters(dependencies, { ...who, schema, parameters, what })
        const provided = await provideOptions(dependencies, { ...who, name: params.name, parameters })
        return {
          status: 200,
          body: { options: provided.options, cached: provided.isCached, cached_at: provided.cachedAt?.toISOString() ?? null },
        }
      },
    }),
  ]
}
