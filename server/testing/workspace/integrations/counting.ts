import { BaseIntegration, type OrganizationMapping, requireOk, type TestResult } from '@crosswalk/sdk'

/** Sends to the address in its mapping's id. */
export class Counting extends BaseIntegration {
  static integrationName = 'counting'

  supportsOrgMapping() {
    return true
  }
  async getClient(mapping: OrganizationMapping) {
    const url = mapping.externalOrgId
    return {
      async send(item: number) {
        await requireOk(await fetch(`${url}/send/${item}`, { method: 'POST' }), { method: 'POST' })
      },
    }
  }
  async testConnection(): Promise<TestResult> {
    return { success: true, message: 'It counts.' }
  }
}
