import { startHaloSimulator } from './halopsa/halopsa.ts'
import { startHuntressSimulator } from './huntress/huntress.ts'
import type { VendorOptions } from './kit/vendor.ts'
import { startGraphSimulator } from './microsoft-graph/microsoft-graph.ts'
import { startNinjaSimulator } from './ninjaone/ninjaone.ts'

/** A vendor that runs, and what connects the integration of the same name with it. */
export type Simulation = {
  readonly url: string
  readonly config: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
  stop(): Promise<void>
}

export type SimulationOptions = Pick<VendorOptions, 'port' | 'limits' | 'maxPageSize'> & { count?: number; seed?: number }

/** How each vendor starts, by the name of its integration. */
export const simulations: Readonly<Record<string, (options: SimulationOptions) => Promise<Simulation>>> = {
  async halopsa(options) {
    const { url, clientId, clientSecret, stop } = await startHaloSimulator(options)
    const config = { halopsa_base_url: url, halopsa_client_id: clientId }
    return { url, config, secrets: { halopsa_client_secret: clientSecret }, stop }
  },
  async huntress(options) {
    const { url, apiKey, apiSecret, stop } = await startHuntressSimulator(options)
    return { url, config: { huntress_api_url: url }, secrets: { huntress_api_key: apiKey, huntress_api_secret: apiSecret }, stop }
  },
  async microsoft_graph(options) {
    const { url, app, partner, stop } = await startGraphSimulator(options)
    const config = {
      microsoft_graph_login_url: url,
      microsoft_graph_api_url: url,
      microsoft_graph_client_id: app.clientId,
      microsoft_graph_tenant_id: partner.tenantId,
    }
    return {
      url,
      config,
      secrets: { microsoft_graph_client_secret: app.clientSecret, microsoft_graph_refresh_token: app.refreshToken },
      stop,
    }
  },
  async ninjaone(options) {
    const { url, clientId, clientSecret, stop } = await startNinjaSimulator(options)
    const config = { ninjaone_base_url: url, ninjaone_client_id: clientId }
    return { url, config, secrets: { ninjaone_client_secret: clientSecret }, stop }
  },
}
