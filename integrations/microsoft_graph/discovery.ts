import { type ExternalOrganization, type IntegrationContext, isCrosswalkError } from '@crosswalk/sdk'
import { contract, delegatedCustomer, type Relationship, relationship } from './answers.ts'
import type { Settings, TokenRoute } from './settings.ts'
import { TenantApi } from './tenant-api.ts'

/** So many are in one page of the discovery: as many as are stored at once. */
const organizationsPerPage = 1_000
/** Graph takes no more for relationships and their customers. */
const relationshipsPerPage = 300

/** Relationships that Microsoft made itself when it moved partners to GDAP: they carry hardly a role, and end. */
const madeByMicrosoft = /^MLT_/

/** The partner's customers, each once: by the relationships of delegated administration, or by reseller contracts where config says so. */
export async function* customersOf(
  context: IntegrationContext,
  settings: Settings,
): AsyncGenerator<ExternalOrganization[], void, undefined> {
  const api = new TenantApi(context, settings, settings.partnerTenantId, 'automatic')
  const customers = settings.listsContracts ? await byContracts(context, api) : await byRelationships(context, api)
  for (let start = 0; start < customers.length; start += organizationsPerPage) yield customers.slice(start, start + organizationsPerPage)
}

const how = (route: TokenRoute | undefined) =>
  route === 'delegated' ? "with the sign-in of the partner's user" : 'with the permission of the app'

async function byContracts(context: IntegrationContext, api: TenantApi): Promise<ExternalOrganization[]> {
  const byTenant = new Map<string, ExternalOrganization>()
  for (const { customerId, displayName, defaultDomainName } of await api.list('/contracts', { schema: contract })) {
    // A customer may have several contracts, of resellers of several kinds.
    if (customerId !== null) byTenant.set(customerId, organizationOf(customerId, displayName, defaultDomainName, {}))
  }
  await context.log('info', `Microsoft lists ${byTenant.size} customers by contracts, ${how(api.route)}.`)
  return [...byTenant.values()]
}

/**
 * Active relationships decide who is a customer, so that the list of customers may be refused without one of them looking gone. That list
 * has the names, and tells of whom no relationship is active.
 */
async function byRelationships(context: IntegrationContext, api: TenantApi): Promise<ExternalOrganization[]> {
  const relationships = await activeRelationships(api)
  await context.log('info', `Microsoft lists ${relationships.length} active relationships, ${how(api.route)}.`)
  const listed = await listedCustomers(context, api)
  const domains = await defaultDomains(context, api)
  const byTenant = Map.groupBy(relationships, ({ customer }) => keyOf(customer?.tenantId ?? ''))
  byTenant.delete('')
  if (listed) await tellDifference(context, [...byTenant.keys()], listed)
  return [...byTenant].map(([key, own]) => {
    const names = [listed?.get(key), ...own.map(({ customer }) => customer?.displayName)]
    const ends = own.map(({ endDateTime }) => endDateTime).filter((end) => end !== null)
    return organizationOf(own[0]?.customer?.tenantId ?? key, names.find(Boolean) ?? null, domains.get(key) ?? null, {
      relationships: own.length,
      relationship_ends: ends.sort().at(-1) ?? null,
    })
  })
}

/** Microsoft does not promise to write a tenant's id alike in all of its lists. */
const keyOf = (tenantId: string) => tenantId.toLowerCase()

/** Names by tenant; undefined where the list may not be read. */
async function listedCustomers(context: IntegrationContext, api: TenantApi): Promise<Map<string, string | null> | undefined> {
  const customers = await unlessRefused(context, () =>
    api.list('/tenantRelationships/delegatedAdminCustomers', { size: relationshipsPerPage, schema: delegatedCustomer }),
  )
  await context.log(
    'info',
    customers
      ? `Microsoft lists ${customers.length} customers, ${how(api.route)}.`
      : 'The list of delegated admin customers may not be read: customers and their names are those of the active relationships.',
  )
  return customers && new Map(customers.map(({ id, tenantId, displayName }) => [keyOf(tenantId ?? id), displayName]))
}

async function tellDifference(context: IntegrationContext, active: readonly string[], listed: ReadonlyMap<string, unknown>): Promise<void> {
  const without = new Set(listed.keys()).difference(new Set(active)).size
  const unlisted = active.filter((key) => !listed.has(key)).length
  const parts = [
    ...(without > 0 ? [`${without} of the list have no active relationship and are left out`] : []),
    ...(unlisted > 0 ? [`${unlisted} have an active relationship and are not in the list, and are kept`] : []),
  ]
  if (parts.length > 0) await context.log('info', `Customers and relationships differ: ${parts.join('; ')}.`)
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
  const contracts = await unlessRefused(context, () => api.list('/contracts', { schema: contract }))
  if (!contracts) {
    await context.log(
      'info',
      'The contracts with customers may not be listed, so that their domains are not known: customers are matched by name.',
    )
  }
  return new Map(
    (contracts ?? []).flatMap(({ customerId, defaultDomainName }) =>
      customerId && defaultDomainName ? [[keyOf(customerId), defaultDomainName] as const] : [],
    ),
  )
}

/** For what only adds to a list. Nothing but a missing permission is got over: any other fault may pass, and half of a list would stay. */
async function unlessRefused<Result>(context: IntegrationContext, read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read()
  } catch (error) {
    context.signal.throwIfAborted()
    if (!isCrosswalkError(error, 'vendor_error') || error.details.kind !== 'permission') throw error
    return undefined
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
