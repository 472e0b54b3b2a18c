import type { Entity } from './odata-filter.ts'

/** What the partner's app may do in a tenant without a user. */
export type ApplicationConsent =
  | 'granted'
  /** The app is not in the tenant: AADSTS700016. */
  | 'unknown'
  /** It is, and nothing was consented to: a token comes, and each call is 403. */
  | 'without_roles'

/** What the partner's user may do in a tenant through the app. */
export type DelegatedConsent =
  | 'granted'
  /** AADSTS65001. */
  | 'not_granted'
  /** AADSTS50076. */
  | 'needs_mfa'
  /** AADSTS700082: the refresh token was not used for too long. */
  | 'expired'

/** A product that a tenant has bought. */
export type TenantSku = {
  skuId: string
  skuPartNumber: string
  enabled: number
  capabilityStatus: 'Enabled' | 'Warning' | 'Suspended'
}

export type Relationship = {
  id: string
  displayName: string
  status: 'active' | 'approvalPending' | 'expired' | 'terminated' | 'expiring'
  endDateTime: Date
  /** Template ids of Entra roles. */
  roleIds: readonly string[]
  autoExtends: boolean
}

/** One directory of Microsoft Entra, with what hangs on it. Users, groups and devices are as Graph answers them. */
export type Tenant = {
  /** Its tenant id. */
  readonly id: string
  /** As the tenant and the partner call it. */
  readonly name: string
  countryLetterCode: string
  /** The first is the default; the last is `….onmicrosoft.com`. */
  domains: string[]
  application: ApplicationConsent
  delegated: DelegatedConsent
  skus: TenantSku[]
  relationships: Relationship[]
  /** Whether the partner resells to it: then it is in `/contracts`. */
  isReseller: boolean
  /** Whether it is in `/tenantRelationships/delegatedAdminCustomers` once a relationship was accepted. */
  isListed: boolean
  readonly users: Map<string, Entity>
  readonly groups: Map<string, Entity>
  /** Ids of users by id of group. */
  readonly members: Map<string, Set<string>>
  readonly devices: Map<string, Entity>
}

export type TenantDraft = Pick<Tenant, 'id' | 'name' | 'domains'> & Partial<Tenant>

export function newTenant(draft: TenantDraft): Tenant {
  return {
    countryLetterCode: 'GB',
    application: 'granted',
    delegated: 'granted',
    skus: [],
    relationships: [],
    isReseller: true,
    isListed: true,
    users: new Map(),
    groups: new Map(),
    members: new Map(),
    devices: new Map(),
    ...draft,
  }
}

/** By object id, or by the user principal name. */
export function findUser({ users }: Tenant, reference: string): Entity | undefined {
  const byId = users.get(reference)
  if (byId) return byId
  const name = reference.toLowerCase()
  return [...users.values()].find(({ userPrincipalName }) => String(userPrincipalName).toLowerCase() === name)
}

/** The products that a user has. */
export function skuIdsOf(user: Entity): string[] {
  const licenses = Array.isArray(user.assignedLicenses) ? user.assignedLicenses : []
  return licenses.flatMap((license) =>
    typeof license === 'object' && license !== null && !Array.isArray(license) && typeof license.skuId === 'string' ? [license.skuId] : [],
  )
}

/** How many users of the tenant have a product. */
export function consumedUnits({ users }: Tenant, skuId: string): number {
  return [...users.values()].filter((user) => skuIdsOf(user).includes(skuId)).length
}

/** Products with Microsoft's own ids, which are the same in every tenant. */
export const knownSkus = {
  SPB: 'cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46',
  O365_BUSINESS_PREMIUM: 'f245ecc8-75af-4f8e-b61f-27d8114de5f3',
  O365_BUSINESS_ESSENTIALS: '3b555118-da6a-4418-894f-7df1e2096870',
  SPE_E3: '05e9a617-0261-4cee-bb44-138d3ef5d965',
  SPE_E5: '06ebc4ee-1bb5-47dd-8120-11324bc54e06',
  EXCHANGESTANDARD: '4b9405b0-7788-4568-add1-99614e613b69',
  POWER_BI_PRO: 'f8a1db68-be16-40ed-86d5-cb42ce701560',
  FLOW_FREE: 'f30db892-07e9-47e9-837c-80727f46fd3d',
} as const
