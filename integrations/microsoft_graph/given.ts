import type { OrganizationMapping } from '@crosswalk/sdk'
import { type MockContext, type MockContextOptions, mockContext } from '@crosswalk/sdk/testing'
import type { GraphSimulator } from '@crosswalk/simulators/microsoft-graph'
import { MicrosoftGraph } from './microsoft-graph.ts'

/** A context that is connected with the simulator: as the app, and as the partner's user unless `withoutUser`. */
export function givenContext(
  graph: GraphSimulator,
  { withoutUser = false, ...options }: MockContextOptions & { withoutUser?: boolean } = {},
): MockContext {
  const { url, app, partner } = graph
  return mockContext({
    integrations: [MicrosoftGraph],
    ...options,
    secrets: {
      microsoft_graph_client_secret: app.clientSecret,
      ...(withoutUser ? {} : { microsoft_graph_refresh_token: app.refreshToken }),
      ...options.secrets,
    },
    config: {
      microsoft_graph_client_id: app.clientId,
      microsoft_graph_tenant_id: partner.tenantId,
      microsoft_graph_login_url: url,
      microsoft_graph_api_url: url,
      ...options.config,
    },
  })
}

/** The tenant with most people in it: there is something of everything. */
export function mainTenant({ organizations }: GraphSimulator) {
  const [first] = [...organizations.list()].sort((one, other) => other.users.size - one.users.size)
  if (!first) throw new Error('The simulator has no tenant.')
  return first
}

/** A mapping to a tenant that is not saved yet. */
export function draftOf(tenant: { id: string; name: string }, data: { token_route?: 'automatic' | 'application' | 'delegated' } = {}) {
  const mappingData = { token_route: 'automatic' as const, ...data }
  return {
    id: null,
    integrationName: 'microsoft_graph',
    externalOrgId: tenant.id,
    externalOrgName: tenant.name,
    mappingData,
    isActive: true,
  } satisfies OrganizationMapping
}

/** What a client of this tenant is made from. */
export async function clientOf(
  graph: GraphSimulator,
  tenant: { id: string; name: string },
  options: Parameters<typeof givenContext>[1] = {},
) {
  return await new MicrosoftGraph(givenContext(graph, options)).getClient(draftOf(tenant))
}
