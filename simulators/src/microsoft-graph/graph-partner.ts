import type { VendorAnswer, VendorRequest } from '@crosswalk/sdk/testing'
import type { Relationship, Tenant } from './graph-tenants.ts'
import type { Entity } from './odata-filter.ts'
import { type ListDesk, listAnswer } from './odata-list.ts'

/** A handler over all tenants of the partner. */
export type PartnerHandler = (tenants: readonly Tenant[], request: VendorRequest, desk: ListDesk) => VendorAnswer

/** What the partner's own tenant knows of its customers. */
export const partnerRoutes: Record<string, PartnerHandler> = {
  'GET /v1.0/tenantRelationships/delegatedAdminRelationships': (tenants, request, desk) =>
    listAnswer(request, desk, relationshipsOf(tenants), {
      name: 'tenantRelationships/delegatedAdminRelationships',
      defaultTop: 300,
      maxTop: 300,
    }),
  'GET /v1.0/tenantRelationships/delegatedAdminCustomers': (tenants, request, desk) =>
    listAnswer(request, desk, customersOf(tenants), {
      name: 'tenantRelationships/delegatedAdminCustomers',
      defaultTop: 300,
      maxTop: 300,
    }),
  'GET /v1.0/contracts': (tenants, request, desk) =>
    listAnswer(request, desk, contractsOf(tenants), { name: 'contracts', defaultTop: 100, maxTop: 999 }),
}

/** By relationship, as long as nothing of it changes: every page of a list goes through all of them. */
const made = new WeakMap<Relationship, { name: string; as: Relationship; entity: Entity }>()

function relationshipsOf(tenants: readonly Tenant[]): Entity[] {
  return tenants.flatMap((tenant) => tenant.relationships.map((relationship) => entityOf(tenant, relationship)))
}

function isSame(one: Relationship, other: Relationship): boolean {
  const { displayName, status, endDateTime, autoExtends, roleIds } = one
  const isNamedSo = displayName === other.displayName && status === other.status
  return isNamedSo && endDateTime === other.endDateTime && autoExtends === other.autoExtends && roleIds === other.roleIds
}

function entityOf({ id: tenantId, name: displayName }: Tenant, relationship: Relationship): Entity {
  const before = made.get(relationship)
  if (before?.name === displayName && isSame(before.as, relationship)) return before.entity
  const entity = {
    '@odata.etag': 'W/"JyIwMzAwZTM0ZS0wMDAwLTAyMDAtMDAwMC02MTRjZjI1YzAwMDAiJw=="',
    id: relationship.id,
    displayName: relationship.displayName,
    duration: 'P730D',
    // The name that the partner gave it when it was made, which nobody changes later.
    customer: { tenantId, displayName },
    accessDetails: { unifiedRoles: relationship.roleIds.map((roleDefinitionId) => ({ roleDefinitionId })) },
    status: relationship.status,
    autoExtendDuration: relationship.autoExtends ? 'P180D' : 'PT0S',
    createdDateTime: '2025-02-10T11:24:42Z',
    lastModifiedDateTime: '2025-02-10T11:26:44Z',
    activatedDateTime: relationship.status === 'approvalPending' ? null : '2025-02-10T11:26:44Z',
    endDateTime: relationship.status === 'approvalPending' ? null : relationship.endDateTime.toISOString(),
  }
  made.set(relationship, { name: displayName, as: { ...relationship }, entity })
  return entity
}

/** With those whose relationships have all ended. */
function customersOf(tenants: readonly Tenant[]): Entity[] {
  return tenants
    .filter(({ isListed, relationships }) => isListed && relationships.some(({ status }) => status !== 'approvalPending'))
    .map(({ id: tenantId, name: displayName }) => ({ id: tenantId, tenantId, displayName }))
}

function contractsOf(tenants: readonly Tenant[]): Entity[] {
  return tenants
    .filter(({ isReseller }) => isReseller)
    .map(({ id: tenantId, name: displayName, domains }) => ({
      id: tenantId.replace(/^.{4}/, 'c0c0'),
      contractType: 'ResellerPartnerContract',
      customerId: tenantId,
      defaultDomainName: domains[0] ?? null,
      displayName,
    }))
}
