import { type IntegrationContext, VendorError } from '@crosswalk/sdk'
import { z } from 'zod'
import { tenantConnection, tenantConnectionDetails } from './halo-answers.ts'
import type { HaloConnection } from './halo-connection.ts'

/** What HaloPSA knows of a client's Microsoft tenants, each once. */
export type KnownTenants = { ids: string[]; domains: string[] }

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** Connections for customers' tenants, and not the MSP's own. */
const ofCustomers = 2

/**
 * Microsoft tenants by client id: from the Microsoft integration of HaloPSA. Where the application may not read it, or there is none,
 * nothing is known of tenants, and the list of clients is the same.
 */
export async function tenantsByClient(context: IntegrationContext, connection: HaloConnection): Promise<Map<string, KnownTenants>> {
  const tenants = new Map<string, KnownTenants>()
  try {
    const http = await connection.http()
    const connections = await http.get('/api/AzureADConnection', { query: { type: ofCustomers }, schema: connectionList })
    for (const { id } of connections) {
      const query = { type: ofCustomers, includedetails: true, includetenants: true }
      const { mappings_client } = await http.get(`/api/AzureADConnection/${id}`, { query, schema: tenantConnectionDetails })
      for (const { client_id, azure_tenant_id, azure_tenant_domain } of mappings_client) {
        if (client_id === null || azure_tenant_id === null || !uuid.test(azure_tenant_id)) continue
        const known = tenants.get(String(client_id)) ?? { ids: [], domains: [] }
        addOnce(known.ids, azure_tenant_id.toLowerCase())
        if (azure_tenant_domain) addOnce(known.domains, azure_tenant_domain.toLowerCase())
        tenants.set(String(client_id), known)
      }
    }
  } catch (error) {
    if (!(error instanceof VendorError) || !['permission', 'not_found', 'invalid_request'].includes(error.kind)) throw error
    await context.log('warn', `Microsoft tenants could not be read from HaloPSA, so clients are listed without them. ${error.message}`)
  }
  return tenants
}

function addOnce(texts: string[], text: string): void {
  if (!texts.includes(text)) texts.push(text)
}

/** Some versions wrap the list. */
const connectionList = z.union([
  z.array(tenantConnection),
  z
    .record(z.string(), z.unknown())
    .transform((wrapped) => z.array(tenantConnection).catch([]).parse(Object.values(wrapped).find(Array.isArray))),
])
