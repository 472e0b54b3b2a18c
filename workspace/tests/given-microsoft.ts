import { HaloPsa } from '@crosswalk/integrations/halopsa'
import { MicrosoftGraph } from '@crosswalk/integrations/microsoft_graph'
import { type MockContextOptions, mockContext } from '@crosswalk/sdk/testing'
import { createCustomers } from '@crosswalk/simulators/customers'
import { type HaloSimulator, startHaloSimulator } from '@crosswalk/simulators/halopsa'
import { type GraphSimulator, startGraphSimulator } from '@crosswalk/simulators/microsoft-graph'

const count = 6

/** Microsoft and HaloPSA with the same customers, and one of them that has people in both. */
export async function startMicrosoftAndHalo() {
  const [graph, halo] = await Promise.all([startGraphSimulator({ count }), startHaloSimulator({ count, limits: [] })])
  const [customer] = createCustomers({ count })
  const [listed] = customer?.listings.microsoft_graph ?? []
  const tenant = graph.organizations.find(listed?.id ?? '')
  const haloId = customer?.listings.halopsa[0]?.id
  if (!tenant || haloId === undefined) throw new Error('The first customer is not in both systems.')
  const stop = async () => void (await Promise.all([graph.stop(), halo.stop()]))
  return { graph, halo, tenant, haloId, [Symbol.asyncDispose]: stop }
}

/** A context whose organization is that customer, in both systems unless `withoutHalo`. */
export function givenMicrosoft(
  { graph, halo, tenant, haloId }: { graph: GraphSimulator; halo: HaloSimulator; tenant: { id: string; name: string }; haloId: string },
  { withoutHalo = false, ...options }: MockContextOptions & { withoutHalo?: boolean } = {},
) {
  const ofMicrosoft = { integrationName: 'microsoft_graph', externalOrgId: tenant.id, externalOrgName: tenant.name }
  const ofHalo = { integrationName: 'halopsa', externalOrgId: haloId, externalOrgName: tenant.name }
  return mockContext({
    integrations: [MicrosoftGraph, HaloPsa],
    mappings: withoutHalo ? [ofMicrosoft] : [ofMicrosoft, ofHalo],
    ...options,
    secrets: { microsoft_graph_client_secret: graph.app.clientSecret, halopsa_client_secret: halo.clientSecret },
    config: {
      microsoft_graph_client_id: graph.app.clientId,
      microsoft_graph_tenant_id: graph.partner.tenantId,
      microsoft_graph_login_url: graph.url,
      microsoft_graph_api_url: graph.url,
      halopsa_base_url: halo.url,
      halopsa_client_id: halo.clientId,
      ...options.config,
    },
  })
}
