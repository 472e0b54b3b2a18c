import type { HttpClient } from '@crosswalk/sdk'
import { z } from 'zod'

const id = z.union([z.string(), z.int()]).transform(String)
const organization = z.object({ id, name: z.string() })
const user = z.object({ id, name: z.string(), email: z.string().nullish() })

/** What workflows get from `ctx.getIntegration('example_vendor')`. Each async method is a step there: it is recorded, and not repeated after a crash. */
export class ExampleVendorClient {
  readonly #http: HttpClient
  readonly #path: string

  constructor(http: HttpClient, organizationId: string) {
    this.#http = http
    this.#path = `/organizations/${encodeURIComponent(organizationId)}`
  }

  async getOrganization() {
    return await this.#http.get(this.#path, { schema: organization })
  }

  async listUsers() {
    return await this.#http.get(`${this.#path}/users`, { schema: z.array(user) })
  }
}
