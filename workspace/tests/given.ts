import { type MockContext, type MockContextOptions, mockContext } from '@crosswalk/sdk/testing'
import type { MyIntegrationVendor } from '@crosswalk/simulators/my-integration'
import { MyIntegration } from '../integrations/my-integration.ts'

/** A mapping to the first organization of the simulated vendor. */
export const acme = { integrationName: 'myintegration', externalOrgId: '12345', externalOrgName: 'Acme Corp' }

/** A context whose config and secret point to the simulated vendor. */
export function givenContext(vendor: MyIntegrationVendor, options: MockContextOptions = {}): MockContext {
  return mockContext({
    secrets: { myintegration_api_key: vendor.apiKey, myintegration_api_key_global: vendor.apiKey },
    config: { myintegration_api_url: vendor.url },
    integrations: [MyIntegration],
    ...options,
  })
}
