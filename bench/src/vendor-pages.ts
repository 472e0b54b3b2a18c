/** A simulated vendor, and what connects the integration of the same name with it. */
export type Account = { url: string; config: Record<string, string>; secrets: Record<string, string> }

/** How a vendor lists its organizations to one who only fetches. */
export type VendorPages = {
  /** What the integration is called in the table. */
  title: string
  /** Its pages are below this path. */
  path: string
  /** What opens them: the value of the header. */
  authorization(account: Account): Promise<string>
  /** The requests of the integration, one after the other, and nothing else. @returns how many organizations came */
  fetch(account: Account, authorization: string): Promise<number>
}

type Answer = Record<string, unknown>

async function read<Body = Answer>(url: string, authorization: string): Promise<Body> {
  const response = await fetch(url, { headers: { authorization } })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Body // the simulator's own form
}

async function tokenOf(url: string, form: Record<string, string | undefined>): Promise<string> {
  const fields = Object.entries({ grant_type: 'client_credentials', ...form }).map(([key, value]) => [key, value ?? ''])
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) })
  return `Bearer ${((await response.json()) as { access_token: string }).access_token}`
}

async function* odata(url: string, authorization: string): AsyncGenerator<Answer> {
  for (let next: string | undefined = url; next !== undefined; ) {
    const page: { value: Answer[]; '@odata.nextLink'?: string } = await read(next, authorization)
    yield* page.value
    next = page['@odata.nextLink']
  }
}

/** By the names of the integrations. */
export const vendorPages: Readonly<Record<string, VendorPages>> = {
  halopsa: {
    title: 'HaloPSA',
    path: '/api/Client',
    authorization: ({ url, config, secrets }) =>
      tokenOf(`${url}/auth/token`, {
        client_id: config.halopsa_client_id,
        client_secret: secrets.halopsa_client_secret,
        scope: 'all',
      }),
    async fetch({ url }, authorization) {
      await read(`${url}/api/authinfo`, authorization)
      for (const { id } of await read<{ id: number }[]>(`${url}/api/AzureADConnection?type=2`, authorization))
        await read(`${url}/api/AzureADConnection/${id}?type=2&includedetails=true&includetenants=true`, authorization)
      let count = 0
      for (let page = 1, total = 1; count < total; page++) {
        const path = `/api/Client?pageinate=true&includeinactive=false&page_size=1000&page_no=${page}`
        const { clients, record_count } = await read<{ clients: unknown[]; record_count: number }>(`${url}${path}`, authorization)
        total = record_count
        count += clients.length
      }
      return count
    },
  },
  ninjaone: {
    title: 'NinjaOne',
    path: '/v2/organizations',
    authorization: ({ url, config, secrets }) =>
      tokenOf(`${url}/ws/oauth/token`, {
        client_id: config.ninjaone_client_id,
        client_secret: secrets.ninjaone_client_secret,
        scope: 'monitoring',
      }),
    async fetch({ url }, authorization) {
      let count = 0
      for (let after = '', isEnd = false; !isEnd; ) {
        const page = await read<{ id: number }[]>(`${url}/v2/organizations?pageSize=1000${after}`, authorization)
        count += page.length
        after = `&after=${page.at(-1)?.id}`
        isEnd = page.length === 0
      }
      return count
    },
  },
  microsoft_graph: {
    title: 'Microsoft Graph',
    path: '/v1.0',
    authorization: ({ url, config, secrets }) =>
      tokenOf(`${url}/${config.microsoft_graph_tenant_id}/oauth2/v2.0/token`, {
        client_id: config.microsoft_graph_client_id,
        client_secret: secrets.microsoft_graph_client_secret,
        scope: `${url}/.default`,
      }),
    async fetch({ url }, authorization) {
      const relationships = `${url}/v1.0/tenantRelationships/delegatedAdminRelationships`
      const customers = new Set<string>()
      for await (const { displayName, customer } of odata(`${relationships}?$filter=status%20eq%20%27active%27&$top=300`, authorization))
        if (!String(displayName).startsWith('MLT_')) customers.add((customer as { tenantId: string }).tenantId)
      for (const path of ['tenantRelationships/delegatedAdminCustomers?$top=300', 'contracts?$top=999'])
        for await (const _ of odata(`${url}/v1.0/${path}`, authorization));
      return customers.size
    },
  },
  huntress: {
    title: 'Huntress',
    path: '/v1/organizations',
    authorization: async ({ secrets }) =>
      `Basic ${Buffer.from(`${secrets.huntress_api_key}:${secrets.huntress_api_secret}`).toString('base64')}`,
    async fetch({ url }, authorization) {
      let count = 0
      for (let token: string | undefined = ''; token !== undefined; ) {
        type Page = { organizations: unknown[]; pagination: { next_page_token?: string } }
        const rest: string = token === '' ? '' : `&page_token=${encodeURIComponent(token)}`
        const page: Page = await read(`${url}/v1/organizations?sort_field=id&sort_direction=asc&limit=500${rest}`, authorization)
        count += page.organizations.length
        token = page.pagination.next_page_token
      }
      return count
    },
  },
}
