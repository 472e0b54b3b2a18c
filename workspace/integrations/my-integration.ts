import { BaseIntegration, connectionFailure, type ExternalOrganization, type OrganizationMapping, type TestResult } from '@crosswalk/sdk'
import { z } from 'zod'
import { MyIntegrationClient } from './my-integration-client.ts'

/** Where the vendor's API is, unless config or mapping data say otherwise. */
export const defaultApiUrl = 'https://api.example.com'

/**
 * Example of an integration with organization mapping. To write your own, copy this file and its client, and replace
 * the name, the keys and the calls.
 */
export class MyIntegration extends BaseIntegration<MyIntegrationClient> {
  static integrationName = 'myintegration'
  static displayName = 'MyIntegration'
  static description = 'The example of the quickstart: lists organizations and their users.'
  static mappingData = z.object({
    api_base_url: z.url().optional().describe('API address for this organization, where it differs from the usual one'),
    // Set by workflows that create mappings on their own. Forms leave it out and keep its value.
    auto_created: z.boolean().optional().meta({ hidden: true }),
  })
  static secrets = { myintegration_api_key: { label: 'API key', required: true } }
  static config = { myintegration_api_url: { label: 'API URL', description: `${defaultApiUrl} unless set` } }

  supportsOrgMapping() {
    return true
  }

  /** Discovery: what an administrator chooses from. Uses the global credentials where no organization is acting. */
  async *listOrganizations(): AsyncGenerator<ExternalOrganization[], void, undefined> {
    const client = await this.#connect(await this.#usualApiUrl(), null)
    for await (const page of client.pages()) {
      yield page.map(({ id, name, code, tier }) => ({ id, name, metadata: { code: code ?? null, tier } }))
    }
  }

  /** The client that workflows use, scoped to the mapped organization. */
  async getClient(mapping: OrganizationMapping<z.infer<typeof MyIntegration.mappingData>>): Promise<MyIntegrationClient> {
    const apiUrl = mapping.mappingData.api_base_url ?? (await this.#usualApiUrl())
    return await this.#connect(apiUrl, mapping.externalOrgId)
  }

  /** What the button "Test Connection" does. */
  async testConnection(mapping: OrganizationMapping): Promise<TestResult> {
    const startedMs = performance.now()
    try {
      const client = await this.getClient(mapping)
      const { name } = await client.getOrganizationDetails(mapping.externalOrgId)
      const connectionTime = `${Math.round(performance.now() - startedMs)}ms`
      return {
        success: true,
        message: `Successfully connected to ${name}`,
        details: { org_name: name, org_id: mapping.externalOrgId, connection_time: connectionTime },
      }
    } catch (error) {
      this.context.signal.throwIfAborted()
      return connectionFailure(error)
    }
  }

  async #connect(apiUrl: string, organizationId: string | null): Promise<MyIntegrationClient> {
    const apiKey = await this.context.getSecret('myintegration_api_key')
    return new MyIntegrationClient({ apiKey, apiUrl, organizationId, signal: this.context.signal })
  }

  async #usualApiUrl(): Promise<string> {
    return await this.context.getConfig('myintegration_api_url', defaultApiUrl)
  }
}

// Types the name: `ctx.getIntegration('myintegration')` knows its client from here on.
declare module '@crosswalk/sdk' {
  interface IntegrationRegistry {
    myintegration: typeof MyIntegration
  }
}
