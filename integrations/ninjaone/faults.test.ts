import { mockContext } from '@crosswalk/sdk/testing'
import { startNinjaSimulator } from '@crosswalk/simulators/ninjaone'
import { type FaultPlan, testFaults, testRandomFaults } from '../testing/faults.ts'
import { NinjaOne } from './ninjaone.ts'

const plan: FaultPlan = {
  listPath: '/v2/organizations',
  tokenPath: '/ws/oauth/token',
  // Counted by the last id, without a total: what leaves a page that was given moves nothing.
  more: { customer_vanishes: 'ok', merged: 'ok' },
  async start() {
    const ninja = await startNinjaSimulator({ count: 30, maxPageSize: 10 })
    const ctx = mockContext({
      secrets: { ninjaone_client_secret: ninja.clientSecret },
      config: { ninjaone_base_url: ninja.url, ninjaone_client_id: ninja.clientId },
      wait: async () => {},
    })
    const list = async () => (await Array.fromAsync(new NinjaOne(ctx).listOrganizations())).flat()
    return { vendor: ninja, list, [Symbol.asyncDispose]: ninja.stop }
  },
}

testFaults('NinjaOne', plan)
testRandomFaults('NinjaOne', plan)
