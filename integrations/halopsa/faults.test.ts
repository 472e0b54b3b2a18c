import { mockContext } from '@crosswalk/sdk/testing'
import { formerClient, startHaloSimulator } from '@crosswalk/simulators/halopsa'
import { type FaultPlan, testFaults, testRandomFaults } from '../testing/faults.ts'
import { HaloPsa } from './halopsa.ts'

const plan: FaultPlan = {
  listPath: '/api/Client',
  tokenPath: '/auth/token',
  // Counted by number: whatever leaves a page that was given moves the others, and the total says so.
  more: { total_changes: 'incomplete', customer_vanishes: 'incomplete', merged: 'incomplete' },
  async start() {
    const halo = await startHaloSimulator({ count: 30, maxPageSize: 10, limits: [] })
    // It is inactive, and in no list.
    halo.organizations.remove(formerClient.id)
    const ctx = mockContext({
      secrets: { halopsa_client_secret: halo.clientSecret },
      config: { halopsa_base_url: halo.url, halopsa_client_id: halo.clientId },
      wait: async () => {},
    })
    const list = async () => (await Array.fromAsync(new HaloPsa(ctx).listOrganizations())).flat()
    return { vendor: halo, list, [Symbol.asyncDispose]: halo.stop }
  },
}

testFaults('HaloPSA', plan)
testRandomFaults('HaloPSA', plan)
