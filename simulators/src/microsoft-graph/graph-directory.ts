import { entity, noSuchResource } from './graph-answers.ts'
import { consumedUnits, type Tenant } from './graph-tenants.ts'
import type { TenantHandler } from './graph-users.ts'
import type { Entity } from './odata-filter.ts'
import { listAnswer, selectedOf } from './odata-list.ts'

/** What a tenant says of itself: its organization, domains, products and devices. */
export const directoryRoutes: Record<string, TenantHandler> = {
  'GET /v1.0/organization': (tenant, request, desk) =>
    listAnswer(request, desk, [organizationOf(tenant)], { name: 'organization', defaultTop: 100, maxTop: 999 }),
  'GET /v1.0/domains': (tenant, request, desk) =>
    listAnswer(
      request,
      desk,
      tenant.domains.map((domain, index) => domainOf(domain, index)),
      { name: 'domains', defaultTop: 100, maxTop: 999 },
    ),
  'GET /v1.0/subscribedSkus': (tenant, request, desk) => {
    // The directory does not page this list: it refuses $top.
    return listAnswer(request, desk, skusOf(tenant), { name: 'subscribedSkus', defaultTop: 1_000, maxTop: 0 })
  },
  'GET /v1.0/devices': (tenant, request, desk) =>
    listAnswer(request, desk, [...tenant.devices.values()], { name: 'devices', defaultTop: 100, maxTop: 999, isDirectoryObject: true }),
  'GET /v1.0/devices/:id': (tenant, request, desk) => {
    const device = tenant.devices.get(request.params.id ?? '')
    return device ? entity(desk.origin, 'devices', selectedOf(request, device)) : noSuchResource(request.params.id ?? '')
  },
}

function organizationOf({ id, name: displayName, countryLetterCode, domains }: Tenant): Entity {
  return {
    id,
    displayName,
    countryLetterCode,
    tenantType: 'AAD',
    technicalNotificationMails: [`it@${domains[0]}`],
    verifiedDomains: domains.map((name, index) => ({
      name,
      type: 'Managed',
      isDefault: index === 0,
      isInitial: name.endsWith('.onmicrosoft.com'),
      capabilities: 'Email, OfficeCommunicationsOnline',
    })),
  }
}

function domainOf(id: string, index: number): Entity {
  return {
    id,
    authenticationType: 'Managed',
    isAdminManaged: true,
    isDefault: index === 0,
    isInitial: id.endsWith('.onmicrosoft.com'),
    isRoot: true,
    isVerified: true,
    supportedServices: ['Email', 'OfficeCommunicationsOnline'],
  }
}

function skusOf(tenant: Tenant): Entity[] {
  return tenant.skus.map(({ skuId, skuPartNumber, enabled, capabilityStatus }) => ({
    id: `${tenant.id}_${skuId}`,
    accountId: tenant.id,
    accountName: tenant.domains.at(-1)?.replace('.onmicrosoft.com', '') ?? null,
    appliesTo: 'User',
    capabilityStatus,
    consumedUnits: consumedUnits(tenant, skuId),
    prepaidUnits: { enabled, suspended: 0, warning: 0, lockedOut: 0 },
    servicePlans: [],
    skuId,
    skuPartNumber,
    subscriptionIds: [skuId],
  }))
}
