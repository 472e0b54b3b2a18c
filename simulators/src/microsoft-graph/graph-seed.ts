import type { Customer, Person } from '../customers/customer.ts'
import { devicesOf, peopleOf } from '../customers/possessions.ts'
import { type Random, randomOf } from '../customers/random.ts'
import { consumedUnits, knownSkus, newTenant, type Relationship, type Tenant } from './graph-tenants.ts'
import type { Entity } from './odata-filter.ts'

const dayMs = 86_400_000

/** Roles of Entra that a partner asks for as a rule: Directory Readers, User, License, Groups and Helpdesk Administrator. */
export const usualRoleIds = [
  '88d8e3e3-8f55-4a1e-953a-9b9898b8876b',
  'fe930be7-5e62-47db-91af-98c3a49a38b1',
  '4d6ac14f-3453-41d0-bef9-a3e0c569773a',
  'fdd7a751-b60b-444a-984c-02652fe8fa1c',
  '729827e3-9c14-49f7-bb1b-9608f156bbb8',
] as const

const countryCodes: Record<string, string> = {
  'United Kingdom': 'GB',
  Ireland: 'IE',
  Germany: 'DE',
  Netherlands: 'NL',
  France: 'FR',
  Australia: 'AU',
  'United States': 'US',
}

/** The tenants of all customers, in an order of their own. A customer with two tenants has its people in the first, and a few in the other. */
export function tenantsOf(customers: readonly Customer[], now: Date, seed = 1): Tenant[] {
  const tenants = customers.flatMap((customer) =>
    customer.listings.microsoft_graph.map(({ id, name }, index) => tenantOf(customer, { id, name, index }, now, seed)),
  )
  return tenants.sort((one, other) => one.id.localeCompare(other.id))
}

type Place = { id: string; name: string; index: number }

function tenantOf(customer: Customer, { id, name, index }: Place, now: Date, seed: number): Tenant {
  const random = randomOf(seed, 'tenant', customer.number, index)
  const isMain = index === 0
  const ownDomains = isMain
    ? customer.domains.slice(0, Math.max(1, customer.domains.length - (customer.listings.microsoft_graph.length - 1)))
    : customer.domains.slice(-1)
  const initial = `${customer.name
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '')
    .slice(0, 20)}${isMain ? '' : index + 1}.onmicrosoft.com`
  const bare = newTenant({
    id,
    name,
    domains: [...ownDomains, initial],
    countryLetterCode: countryCodes[customer.country] ?? 'GB',
    relationships: relationshipsOf(customer, id, random, now),
  })
  return filledLate(bare, () => {
    const people = peopleOf(customer, seed)
    addUsers(bare, isMain ? people : people.slice(0, 2), random)
    addGroups(bare, random)
    if (isMain) addDevices(bare, customer, random, seed)
  })
}

/** What is in a tenant is made when somebody looks: of ten thousand, few are looked into. */
function filledLate(bare: Tenant, fill: () => void): Tenant {
  let isFilled = false
  const filled = () => {
    if (!isFilled) {
      isFilled = true
      fill()
    }
    return bare
  }
  const late = ['users', 'groups', 'members', 'devices', 'skus'] as const
  const tenant = { ...bare }
  for (const key of late) Object.defineProperty(tenant, key, { get: () => filled()[key], enumerable: true, configurable: true })
  return tenant
}

function relationshipsOf(customer: Customer, tenantId: string, random: Random, now: Date): Relationship[] {
  const make = (displayName: string, days: number, status: Relationship['status']): Relationship => ({
    id: `${random.uuid()}-${tenantId}`,
    displayName,
    status,
    endDateTime: new Date(now.getTime() + days * dayMs),
    roleIds: usualRoleIds,
    autoExtends: status === 'active' && random.chance(0.5),
  })
  const relationships = [make(`GDAP ${customer.number} ${random.code(5)}`, random.whole(60, 700), 'active')]
  if (customer.number % 7 === 0)
    relationships.push({ ...make(`GDAP ${customer.number} security`, random.whole(40, 400), 'active'), roleIds: usualRoleIds.slice(0, 1) })
  if (customer.number % 5 === 0) relationships.push(make(`MLT_${random.uuid()}`, 300, 'active'))
  if (customer.number % 4 === 0) relationships.push(make(`GDAP ${customer.number} first year`, -20, 'expired'))
  return relationships
}

function addUsers(tenant: Tenant, people: readonly Person[], random: Random): void {
  const [main, extra] = random.pick([
    ['SPB', 'POWER_BI_PRO'],
    ['O365_BUSINESS_PREMIUM', 'EXCHANGESTANDARD'],
    ['SPB', 'FLOW_FREE'],
    ['SPE_E3', 'POWER_BI_PRO'],
  ] as const)
  for (const person of people) {
    const license = (sku: keyof typeof knownSkus) => ({ skuId: knownSkus[sku], disabledPlans: [] })
    const assignedLicenses = person.isEnabled ? [license(main), ...(random.chance(0.15) ? [license(extra)] : [])] : []
    const user = userOf(tenant, person, { country: tenant.countryLetterCode, assignedLicenses })
    tenant.users.set(String(user.id), user)
  }
  for (const sku of [main, extra]) {
    const enabled = consumedUnits(tenant, knownSkus[sku]) + random.whole(1, 3)
    tenant.skus.push({ skuId: knownSkus[sku], skuPartNumber: sku, enabled, capabilityStatus: 'Enabled' })
  }
}

function userOf(
  tenant: Tenant,
  person: Person,
  { country, assignedLicenses }: { country: string; assignedLicenses: { skuId: string; disabledPlans: string[] }[] },
): Entity {
  const mailbox = person.email.split('@')[0] ?? ''
  const userPrincipalName = `${mailbox}@${tenant.domains[0]}`
  return {
    id: tenant.users.has(person.azureObjectId) ? `${person.azureObjectId.slice(0, -1)}0` : person.azureObjectId,
    displayName: `${person.firstName} ${person.lastName}`,
    givenName: person.firstName,
    surname: person.lastName,
    userPrincipalName,
    mail: userPrincipalName,
    mailNickname: mailbox,
    jobTitle: person.jobTitle,
    department: person.department,
    businessPhones: [person.phone],
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: 'en-GB',
    usageLocation: country,
    accountEnabled: person.isEnabled,
    userType: 'Member',
    onPremisesSyncEnabled: null,
    createdDateTime: '2024-03-04T09:00:00Z',
    assignedLicenses,
  }
}

function addGroups(tenant: Tenant, random: Random): void {
  const users = [...tenant.users.values()]
  const add = (displayName: string, groupTypes: string[], userIds: string[]) => {
    const id = random.uuid()
    const isUnified = groupTypes.includes('Unified')
    const mailNickname = displayName.toLowerCase().replaceAll(/[^a-z]/g, '')
    tenant.groups.set(id, {
      id,
      displayName,
      description: null,
      groupTypes,
      mail: isUnified ? `${mailNickname}@${tenant.domains[0]}` : null,
      mailEnabled: isUnified,
      mailNickname,
      securityEnabled: !isUnified,
      membershipRule: groupTypes.includes('DynamicMembership') ? '(user.accountEnabled -eq true)' : null,
      createdDateTime: '2024-03-04T09:00:00Z',
    })
    tenant.members.set(id, new Set(userIds))
  }
  add(
    'All Staff',
    ['DynamicMembership'],
    users.filter(({ accountEnabled }) => accountEnabled === true).map(({ id }) => String(id)),
  )
  add(
    'Company',
    ['Unified'],
    users.map(({ id }) => String(id)),
  )
  for (const department of new Set(users.map((user) => String(user.department)))) {
    add(
      department,
      [],
      users.filter((user) => user.department === department).map(({ id }) => String(id)),
    )
  }
}

function addDevices(tenant: Tenant, customer: Customer, random: Random, seed: number): void {
  for (const device of devicesOf(customer, seed)) {
    if (device.kind === 'server') continue
    const id = random.uuid()
    tenant.devices.set(id, {
      id,
      deviceId: random.uuid(),
      displayName: device.name,
      accountEnabled: true,
      operatingSystem: device.kind === 'mac' ? 'MacMDM' : 'Windows',
      operatingSystemVersion: device.kind === 'mac' ? '15.1' : '10.0.26100.2314',
      manufacturer: device.maker,
      model: device.model,
      trustType: 'AzureAd',
      isManaged: true,
      isCompliant: random.chance(0.9),
      approximateLastSignInDateTime: '2026-11-20T08:12:00Z',
    })
  }
}
