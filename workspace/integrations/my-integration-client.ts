import { externalIdOf, type HttpClient } from '@crosswalk/sdk'
import { z } from 'zod'

/** What a client needs. `organizationId` is null for a client that is not scoped to one organization. */
export type MyIntegrationClientOptions = {
  /** Calls the vendor, with its credentials. */
  http: HttpClient
  organizationId: string | null
}

// The vendor's ids are numbers; ours are text.
const organizationId = z.unknown().transform(externalIdOf)
const userId = z.union([z.string(), z.int()]).transform(String)
const organization = z.object({ id: organizationId, name: z.string(), code: z.string().nullish(), tier: z.string().default('standard') })
const user = z.object({ id: userId, name: z.string(), email: z.string().nullish() })

/** An organization as the vendor describes it. */
export type VendorOrganization = z.output<typeof organization>
/** A user of an organization. */
export type VendorUser = z.output<typeof user>

const pageSize = 1_000

/**
 * Speaks the vendor's HTTP API. Workflows get it from `ctx.getIntegration`, already scoped to one organization; its async
 * methods are recorded as steps there.
 *
 * Every method throws a `VendorError` (`vendor_error`) when a call fails.
 */
export class MyIntegrationClient {
  readonly organizationId: string | null
  readonly #http: HttpClient

  constructor({ http, organizationId }: MyIntegrationClientOptions) {
    this.organizationId = organizationId
    this.#http = http
  }

  /** Details of one organization: the cheapest call that proves the credentials and the id. */
  async getOrganizationDetails(orgId: string): Promise<VendorOrganization> {
    return await this.#http.get(`/organizations/${encodeURIComponent(orgId)}`, { schema: organization })
  }

  /** Users of the organization that this client is scoped to. */
  async listUsers(): Promise<VendorUser[]> {
    if (this.organizationId === null) throw new Error('This client is not scoped to an organization, so it cannot list users.')
    return await this.#http.get(`/organizations/${encodeURIComponent(this.organizationId)}/users`, { schema: z.array(user) })
  }

  /** How much the client may see: one organization when it is scoped, else all that the key may list. */
  async getData(): Promise<{ scope: 'organization' | 'global'; organizations: number }> {
    if (this.organizationId !== null) {
      await this.getOrganizationDetails(this.organizationId)
      return { scope: 'organization', organizations: 1 }
    }
    let organizations = 0
    for await (const page of this.pages()) organizations += page.length
    return { scope: 'global', organizations }
  }

  /** All organizations that the key may see, page by page. A list that is not whole is an error. */
  pages(): AsyncGenerator<VendorOrganization[], void, undefined> {
    return this.#http.pages('/organizations', {
      schema: organization,
      items: 'organizations',
      next: { cursor: 'page', from: 'next_page', size: ['page_size', pageSize] },
    })
  }
}
