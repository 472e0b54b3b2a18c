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
  /** The key is named here and put in where the request is made: this code cannot read it. */
  static credentials = 'named' as const

  supportsOrgMapping() {
    return true
  }

  /** Discovery: what an administrator chooses from. Uses the global credentials where no organization is acting. */
  async *listOrganizations(): AsyncGenerator<ExternalOrganization[], void, undefined> {
    for await (const page of this.#connect(null).pages()) {
      yield page.map(({ id, name, code, tier }) => ({ id, name, metadata: { code: code ?? null, tier } }))
    }
  }

  /** The client that workflows use, scoped to the mapped organization. */
  getClient(mapping: OrganizationMapping<z.infer<typeof MyIntegration.mappingData>>): MyIntegrationClient {
    return this.#connect(mapping.externalOrgId, mapping.mappingData.api_base_url)
  }

  /** What the button "Test Connection" does. */
  async testConnection(mapping: OrganizationMapping): Promise<TestResult> {
    const startedMs = performance.now()
    try {
      const { name } = await this.getClient(mapping).getOrganizationDetails(mapping.externalOrgId)
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

  #connect(organizationId: string | null, apiUrl?: string): MyIntegrationClient {
    const baseUrl = apiUrl ?? { config: 'myintegration_api_url', default: defaultApiUrl }
    const http = this.context.http({ baseUrl, auth: { bearer: { secret: 'myintegration_api_key' } } })
    return new MyIntegrationClient({ http, organizationId })
  }
}

// Types the name: `ctx.getIntegration('myintegration')` knows its client from here on.
declare module '@crosswalk/sdk' {
  interface IntegrationRegistry {
    myintegration: typeof MyIntegration
  }
}
