import { startHaloSimulator } from './halopsa/halopsa.ts'
import type { VendorOptions } from './kit/vendor.ts'
import { startNinjaSimulator } from './ninjaone/ninjaone.ts'

/** A vendor that runs, and what connects the integration of the same name with it. */
export type Simulation = {
  readonly url: string
  readonly config: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
  stop(): Promise<void>
}

export type SimulationOptions = Pick<VendorOptions, 'port' | 'limits'> & { count?: number; seed?: number }

/** How each vendor starts, by the name of its integration. */
export const simulations: Readonly<Record<string, (options: SimulationOptions) => Promise<Simulation>>> = {
  async halopsa(options) {
    const { url, clientId, clientSecret, stop } = await startHaloSimulator(options)
    const config = { halopsa_base_url: url, halopsa_client_id: clientId }
    return { url, config, secrets: { halopsa_client_secret: clientSecret }, stop }
  },
  async ninjaone(options) {
    const { url, clientId, clientSecret, stop } = await startNinjaSimulator(options)
    const config = { ninjaone_base_url: url, ninjaone_client_id: clientId }
    return { url, config, secrets: { ninjaone_client_secret: clientSecret }, stop }
  },
}
