import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { type Principal, scopeOf } from '../access/principal.ts'
import { reachableOrganization, requireAllOrganizations } from '../access/reach.ts'
import { findMadeConnections } from '../credentials/connections/made-connections.ts'
import { definitionPage, problemView, problemViewOf } from '../definitions/definition-page.ts'
import { getDefinition, type IntegrationDefinition, listDefinitions, listProblems } from '../definitions/definitions.ts'
import { switchIntegration } from '../definitions/switched-off.ts'
import { getOrganization } from '../organizations/organizations.ts'
import type { Database } from '../platform/database/database.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { wireId } from '../platform/http/text.ts'
import { findSetKeys } from '../values/set-keys.ts'
import { integrationView, integrationViewOf } from './integration-view.ts'

const whoseValues = {
  org_id: wireId
    .optional()
    .describe('Whose secrets, config and connections `is_set` and `is_connected` look at; without it, the global secrets and config.'),
}

/** Which keys of these integrations have a value, for an organization or globally, and which connections are made for it or for any within reach. */
async function whatIsSet(db: Database, principal: Principal, integrations: IntegrationDefinition[], organizationId: string | null) {
  const keysOf = (field: 'secrets' | 'config') => [
    ...new Set(integrations.flatMap((integration) => integration[field].map(({ key }) => key))),
  ]
  const connecting = integrations.filter(({ connections }) => (connections ?? []).length > 0).map(({ name }) => name)
  const [secrets, config, isMade] = await Promise.all([
    findSetKeys(db, 'secrets', keysOf('secrets'), organizationId),
    findSetKeys(db, 'config', keysOf('config'), organizationId),
    findMadeConnections(db, connecting, organizationId === null ? scopeOf(principal) : { organizationId }),
  ])
  return { secrets, config, isMade }
}

/** @throws organization_not_found */
async function ownerOfValues(db: Database, principal: Principal, orgId: string | undefined): Promise<string | null> {
  return orgId === undefined ? null : (await getOrganization(db, reachableOrganization(principal, orgId))).id
}

/** `/api/integrations`: what the workspace offers, and what it still needs. */
export function integrationRoutes({ db }: { db: Database }): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/integrations',
      operationId: 'listIntegrations',
      tag: 'Integrations',
      summary: 'List integrations by name, and the files that failed to load',
      permission: 'canViewCatalogue',
      audit: { none: 'reads only' },
      query: pageQuery.extend(whoseValues),
      responses: {
        200: z.object({
          integrations: z.array(integrationView),
          count: z.int(),
          next_cursor: z.string().nullable(),
          problems: z.array(problemView),
        }),
      },
      errors: ['organization_not_found'],
      async handler({ query, principal }) {
        const organizationId = await ownerOfValues(db, principal, query.org_id)
        const [definitions, problems] = await Promise.all([listDefinitions(db, 'integration'), listProblems(db, 'integration')])
        const page = definitionPage(definitions, query)
        const set = await whatIsSet(db, principal, page.items, organizationId)
        return {
          status: 200,
          body: {
            integrations: page.items.map((definition) => integrationViewOf(definition, set)),
            count: page.items.length,
            next_cursor: page.nextCursor,
            problems: problems.map(problemViewOf),
          },
        }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/integrations/:name',
      operationId: 'getIntegration',
      tag: 'Integrations',
      summary: 'Read an integration',
      permission: 'canViewCatalogue',
      audit: { none: 'reads only' },
      params: z.object({ name: z.string() }),
      query: z.object(whoseValues),
      responses: { 200: integrationView },
      errors: ['integration_not_found', 'organization_not_found'],
      async handler({ params, query, principal }) {
        const organizationId = await ownerOfValues(db, principal, query.org_id)
        const definition = await getDefinition(db, 'integration', params.name)
        return { status: 200, body: integrationViewOf(definition, await whatIsSet(db, principal, [definition], organizationId)) }
      },
    }),
    definePrincipalRoute({
      method: 'PATCH',
      path: '/integrations/:name',
      operationId: 'switchIntegration',
      tag: 'Integrations',
      summary: 'Switch an integration that comes along on or off',
      description:
        'For all organizations, from its next use on. Its mappings and credentials stay; what runs keeps the clients that it has.',
      permission: 'canManageConfigValues',
      audit: { action: 'integration.switched_off' },
      params: z.object({ name: z.string() }),
      body: z.strictObject({ is_on: z.boolean() }),
      responses: { 200: integrationView },
      errors: ['integration_not_found', 'integration_not_ready_made'],
      async handler({ params, body, ...request }) {
        requireAllOrganizations(request.principal, 'An integration is there for all organizations; you may act for some.')
        const definition = await switchIntegration(db, actingOf(request), params.name, body.is_on)
        return { status: 200, body: integrationViewOf(definition, await whatIsSet(db, request.principal, [definition], null)) }
      },
    }),
  ]
}
