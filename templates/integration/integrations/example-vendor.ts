import { BaseIntegration, connectionFailure, type ExternalOrganization, type OrganizationMapping, type TestResult } from '@crosswalk/sdk'
import { z } from 'zod'
import { ExampleVendorClient } from './example-vendor-client.ts'

const organizations = z.object({ id: z.union([z.string(), z.int()]).transform(String), name: z.string(), domain: z.string().nullish() })

export class ExampleVendor extends BaseIntegration<ExampleVendorClient> {
  static integrationName = 'example_vendor'
  static displayName = 'Example Vendor'
  static secrets = { example_vendor_api_key: { label: 'API key', required: true } }
  static config = { example_vendor_url: { label: 'API URL', required: true } }
  /** The key is put in where requests are made. Code here cannot read it. */
  static credentials = 'named' as const

  supportsOrgMapping() {
    return true
  }

  /** Lists the customers, page by page. */
  async *listOrganizations(): AsyncGenerator<ExternalOrganization[], void, undefined> {
    const pages = this.#http().pages('/organizations', {
      schema: organizations,
      items: 'organizations',
      next: { page: 'page', size: ['page_size', 200] },
      total: 'total',
    })
    for await (const page of pages) yield page.map(({ id, name, domain }) => ({ id, name, match: { domains: domain ? [domain] : [] } }))
  }

  /** A client that reaches the mapped organization, and no other. */
  getClient(mapping: OrganizationMapping): ExampleVendorClient {
    return new ExampleVendorClient(this.#http(), mapping.externalOrgId)
  }

  async testConnection(mapping: OrganizationMapping): Promise<TestResult> {
    try {
      const { name } = await this.getClient(mapping).getOrganization()
      return { success: true, message: `Reached ${name}` }
    } catch (error) {
      this.context.signal.throwIfAborted()
      return connectionFailure(error)
    }
  }

  #http() {
    return this.context.http({
      baseUrl: { config: 'example_vendor_url' },
      auth: { bearer: { secret: 'example_vendor_api_key' } },
      limits: [{ requests: 300, perMs: 60_000 }],
    })
  }
}

declare module '@crosswalk/sdk' {
  interface IntegrationRegistry {
    example_vendor: typeof ExampleVendor
  }
}
