import { mockContext } from '@crosswalk/sdk/testing'
import { startHuntressSimulator } from '@crosswalk/simulators/huntress'
import { type FaultPlan, testFaults, testRandomFaults } from '../testing/faults.ts'
import { Huntress } from './huntress.ts'

const plan: FaultPlan = {
  listPath: '/v1/organizations',
  // The vendor says 404 for what the key may not see.
  denied: 'not_found',
  // By the last id, without a total: what leaves a page that was given moves nothing.
  more: { customer_vanishes: 'ok', merged: 'ok' },
  async start() {
    const vendor = await startHuntressSimulator({ count: 30, maxPageSize: 10, limits: [] })
    const ctx = mockContext({
      secrets: { huntress_api_key: vendor.apiKey, huntress_api_secret: vendor.apiSecret },
      config: { huntress_api_url: vendor.url },
      wait: async () => {},
    })
    const list = async () => (await Array.fromAsync(new Huntress(ctx).listOrganizations())).flat()
    return { vendor, list, [Symbol.asyncDispose]: vendor.stop }
  },
}

testFaults('Huntress', plan)
testRandomFaults('Huntress', plan)
