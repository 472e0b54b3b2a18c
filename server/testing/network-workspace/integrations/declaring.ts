import { BaseIntegration, type OrganizationMapping, type TestResult } from '@crosswalk/sdk'

/** Declares one host, and asks whichever the mapping names. */
export class Declaring extends BaseIntegration<object> {
  static integrationName = 'declaring'
  static hosts = ['Declared.example.', '*.declared.example']

  supportsOrgMapping() {
    return true
  }
  getClient() {
    return {}
  }
  async testConnection(mapping: OrganizationMapping): Promise<TestResult> {
    const response = await fetch(String(mapping.mappingData.url))
    return { success: response.ok, message: await response.text() }
  }
}
