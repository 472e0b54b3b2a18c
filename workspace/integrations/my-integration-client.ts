import { externalIdOf, readJson } from '@crosswalk/sdk'
import { z } from 'zod'

/** What a client needs. `organizationId` is null for a client that is not scoped to one organization. */
export type MyIntegrationClientOptions = {
  apiKey: string
  /** Base URL, with or without a slash at its end. */
  apiUrl: string
  organizationId: string | null
  /** Ends requests when the execution is cancelled or times out. */
  signal: AbortSignal
}

// The vendor's ids are numbers; ours are text.
const organizationId = z.unknown().transform(externalIdOf)
const userId = z.union([z.string(), z.int()]).transform(String)
const organization = z.object({ id: organizationId, name: z.string(), code: z.string().nullish(), tier: z.string().default('standard') })
const organizationPage = z.object({ organizations: z.array(organization), next_page: z.int().positive().nullish() })
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
 * Every method throws `HttpError` (`http_error`) when the vendor answers with an error.
 */
export class MyIntegrationClient {
  readonly organizationId: string | null
  // Private, so that a client in a log line shows neither.
  readonly #apiKey: string
  readonly #apiUrl: string
  readonly #signal: AbortSignal

  constructor({ apiKey, apiUrl, organizationId, signal }: MyIntegrationClientOptions) {
    this.organizationId = organizationId
    this.#apiKey = apiKey
    this.#apiUrl = apiUrl.replace(/\/+$/, '')
    this.#signal = signal
  }

  /** Details of one organization: the cheapest call that proves the credentials and the id. */
  async getOrganizationDetails(orgId: string): Promise<VendorOrganization> {
    return organization.parse(await this.#get(`/organizations/${encodeURIComponent(orgId)}`))
  }

  /** Users of the organization that this client is scoped to. */
  async listUsers(): Promise<VendorUser[]> {
    if (this.organizationId === null) throw new Error('This client is not scoped to an organization, so it cannot list users.')
    return z.array(user).parse(await this.#get(`/organizations/${encodeURIComponent(this.organizationId)}/users`))
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

  /** All organizations that the key may see, page by page. */
  async *pages(): AsyncGenerator<VendorOrganization[], void, undefined> {
    for (let page: number | null = 1; page !== null; ) {
      const answer = organizationPage.parse(await this.#get(`/organizations?page_size=${pageSize}&page=${page}`))
      yield answer.organizations
      const next: number | null = answer.next_page ?? null
      // It would keep us here for ever, and what it has not listed would count as gone.
      if (next !== null && next <= page) throw new Error(`The vendor names page ${next} after page ${page}, so its list has no end.`)
      page = next
    }
  }

  async #get(path: string): Promise<unknown> {
    const headers = { accept: 'application/json', authorization: `Bearer ${this.#apiKey}` }
    return await readJson(await fetch(`${this.#apiUrl}${path}`, { headers, signal: this.#signal }))
  }
}
