import { mockContext } from '@crosswalk/sdk/testing'
import { partnerTenantId, startGraphSimulator } from '@crosswalk/simulators/microsoft-graph'
import { type FaultPlan, testFaults, testRandomFaults } from '../testing/faults.ts'
import { MicrosoftGraph } from './microsoft-graph.ts'

const plan: FaultPlan = {
  listPath: '/v1.0/tenantRelationships/delegatedAdminRelationships',
  tokenPath: `/${partnerTenantId}/oauth2/v2.0/token`,
  // By links, without a total: what leaves a page that was given moves nothing.
  more: { customer_vanishes: 'ok', merged: 'ok' },
  async start() {
    const graph = await startGraphSimulator({ count: 30, maxPageSize: 10 })
    const ctx = mockContext({
      secrets: { microsoft_graph_client_secret: graph.app.clientSecret },
      config: {
        microsoft_graph_client_id: graph.app.clientId,
        microsoft_graph_tenant_id: partnerTenantId,
        microsoft_graph_login_url: graph.url,
        microsoft_graph_api_url: graph.url,
      },
      wait: async () => {},
    })
    const list = async () => (await Array.fromAsync(new MicrosoftGraph(ctx).listOrganizations())).flat()
    return { vendor: graph, list, [Symbol.asyncDispose]: graph.stop }
  },
}

/** The other list of the discovery: it adds to the first, which does without it where it may not be read. */
const ofCustomers: FaultPlan = { ...plan, listPath: '/v1.0/tenantRelationships/delegatedAdminCustomers', denied: 'ok' }

testFaults('Microsoft Graph', plan)
testRandomFaults('Microsoft Graph', plan)
testFaults('Microsoft Graph, in its list of customers', ofCustomers)
testRandomFaults('Microsoft Graph, in its list of customers', ofCustomers)
