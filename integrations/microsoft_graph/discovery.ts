import { type ExternalOrganization, type IntegrationContext, isCrosswalkError } from '@crosswalk/sdk'
import { contract, type Relationship, relationship } from './answers.ts'
import type { Settings } from './settings.ts'
import { TenantApi } from './tenant-api.ts'

/** So many go in one page of the discovery. */
const organizationsPerPage = 500
/** Graph takes no more for relationships. */
const relationshipsPerPage = 300

/** Relationships that Microsoft made itself when it moved partners to GDAP: they carry hardly a role, and end. */
const madeByMicrosoft = /^MLT_/

/** The partner's customers, each once: by the relationships of delegated administration, or by reseller contracts where config says so. */
export async function* customersOf(
  context: IntegrationContext,
  settings: Settings,
): AsyncGenerator<ExternalOrganization[], void, undefined> {
  const api = new TenantApi(context, settings, settings.partnerTenantId, 'automatic')
  const customers = settings.listsContracts ? await byContracts(api) : await byRelationships(context, api)
  const how = api.route === 'delegated' ? "with the sign-in of the partner's user" : 'with the permission of the app'
  await context.log(
    'info',
    `Microsoft lists ${customers.length} customers by ${settings.listsContracts ? 'contracts' : 'relationships'}, ${how}.`,
  )
  for (let start = 0; start < customers.length; start += organizationsPerPage) yield customers.slice(start, start + organizationsPerPage)
}

async function byContracts(api: TenantApi): Promise<ExternalOrganization[]> {
  const byTenant = new Map<string, ExternalOrganization>()
  for (const { customerId, displayName, defaultDomainName } of await api.list('/contracts', { schema: contract })) {
    // A customer may have several contracts, of resellers of several kinds.
    if (customerId !== null) byTenant.set(customerId, organizationOf(customerId, displayName, defaultDomainName, {}))
  }
  return [...byTenant.values()]
}

async function byRelationships(context: IntegrationContext, api: TenantApi): Promise<ExternalOrganization[]> {
  const relationships = await activeRelationships(api)
  const domains = await defaultDomains(context, api)
  const byTenant = Map.groupBy(relationships, ({ customer }) => customer?.tenantId ?? '')
  byTenant.delete('')
  return [...byTenant].map(([tenantId, own]) => {
    const name = own.map(({ customer }) => customer?.displayName).find((each) => each !== null && each !== undefined && each !== '')
    const ends = own.map(({ endDateTime }) => endDateTime).filter((end) => end !== null)
    return organizationOf(tenantId, name ?? null, domains.get(tenantId) ?? null, {
      relationships: own.length,
      relationship_ends: ends.sort().at(-1) ?? null,
    })
  })
}

/** Those that are in force and were made with a customer, of all customers or of one. */
export async function activeRelationships(api: TenantApi, tenantId?: string): Promise<Relationship[]> {
  // A quote in a text of OData is written twice.
  const filter =
    tenantId === undefined
      ? "status eq 'active'"
      : `status eq 'active' and customer/tenantId eq '${tenantId.toLowerCase().replaceAll("'", "''")}'`
  const found = await api.list('/tenantRelationships/delegatedAdminRelationships', {
    query: { $filter: filter },
    size: relationshipsPerPage,
    schema: relationship,
  })
  return found.filter(
    ({ status, displayName, customer }) =>
      status === 'active' &&
      !madeByMicrosoft.test(displayName ?? '') &&
      (tenantId === undefined || customer?.tenantId.toLowerCase() === tenantId.toLowerCase()),
  )
}

/** Relationships carry no domain, and contracts do: by them, customers are matched surely. Not every partner may list them. */
async function defaultDomains(context: IntegrationContext, api: TenantApi): Promise<Map<string, string>> {
  try {
    const contracts = await api.list('/contracts', { schema: contract })
    return new Map(
      contracts.flatMap(({ customerId, defaultDomainName }) =>
        customerId && defaultDomainName ? [[customerId, defaultDomainName] as const] : [],
      ),
    )
  } catch (error) {
    context.signal.throwIfAborted()
    if (!isCrosswalkError(error, 'vendor_error') || error.details.kind !== 'permission') throw error
    await context.log(
      'info',
      'The contracts with customers may not be listed, so that their domains are not known: customers are matched by name.',
    )
    return new Map()
  }
}

function organizationOf(
  id: string,
  name: string | null,
  domain: string | null,
  metadata: Record<string, string | number | null>,
): ExternalOrganization {
  return {
    id,
    name: name || domain || id,
    metadata,
    match: { tenantIds: [id.toLowerCase()], domains: domain === null ? [] : [domain] },
  }
}
