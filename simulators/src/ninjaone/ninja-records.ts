import type { JsonObject } from '@crosswalk/sdk'
import type { Customer, Device } from '../customers/customer.ts'
import { devicesOf, peopleOf, sitesOf } from '../customers/possessions.ts'
import { randomOf } from '../customers/random.ts'

/** An organization as NinjaOne keeps it. A second entry of a customer has nothing in it. */
export type NinjaOrganizationRecord = { id: number; name: string; customer: Customer; isSecondEntry: boolean }

const perOrganization = 1_000
export const ownId = (organizationId: number, number: number) => organizationId * perOrganization + number
export const organizationIdOf = (id: number) => Math.floor(id / perOrganization)

export function listedOrganization({ id, name, customer }: NinjaOrganizationRecord): JsonObject {
  return { id, name, description: customer.town, nodeApprovalMode: 'AUTOMATIC' }
}

export function detailedOrganization(record: NinjaOrganizationRecord, seed: number): JsonObject {
  return { ...listedOrganization(record), locations: listedLocations(record, seed), policies: [], settings: {} }
}

export function listedLocations({ id, customer, isSecondEntry }: NinjaOrganizationRecord, seed: number): (JsonObject & { id: number })[] {
  if (isSecondEntry) return []
  return sitesOf(customer, seed).map((site) => ({
    id: ownId(id, site.number),
    name: site.name,
    address: `${site.street}, ${site.town} ${site.postcode}`,
    description: '',
  }))
}

export function listedEndUsers({ id, customer, isSecondEntry }: NinjaOrganizationRecord, seed: number): (JsonObject & { id: number })[] {
  if (isSecondEntry) return []
  return peopleOf(customer, seed).map((person) => ({
    id: ownId(id, person.number),
    uid: person.azureObjectId,
    firstName: person.firstName,
    lastName: person.lastName,
    email: person.email,
    phone: person.phone,
    enabled: person.isEnabled,
    userType: 'END_USER',
    organizationId: id,
  }))
}

const nodeClasses = { laptop: 'WINDOWS_WORKSTATION', desktop: 'WINDOWS_WORKSTATION', server: 'WINDOWS_SERVER', mac: 'MAC' } as const

/** Devices as they stand in lists. Times are seconds since 1970, with fractions. */
export function listedDevices(record: NinjaOrganizationRecord, seed: number, nowSeconds: number): (JsonObject & { id: number })[] {
  const { id, customer, isSecondEntry } = record
  if (isSecondEntry) return []
  return devicesOf(customer, seed).map((device) => {
    const random = randomOf(seed, 'ninja device', id, device.number)
    return {
      id: ownId(id, device.number),
      uid: random.uuid(),
      organizationId: id,
      locationId: ownId(id, 1),
      nodeClass: nodeClasses[device.kind],
      nodeRoleId: device.kind === 'server' ? 2 : 1,
      approvalStatus: 'APPROVED',
      offline: random.chance(0.2),
      displayName: device.name,
      systemName: device.name,
      dnsName: `${device.name.toLowerCase()}.${customer.domains[0]}`,
      created: nowSeconds - random.whole(30, 900) * 86_400,
      lastContact: nowSeconds - random.whole(0, 5 * 86_400) + 0.25,
      lastUpdate: nowSeconds - random.whole(0, 5 * 86_400) + 0.5,
    }
  })
}

/** One device with its hardware. */
export function detailedDevice(listed: JsonObject, device: Device): JsonObject {
  return {
    ...listed,
    ipAddresses: ['192.168.1.20'],
    os: {
      manufacturer: device.kind === 'mac' ? 'Apple' : 'Microsoft',
      name: device.operatingSystem,
      architecture: '64-bit',
      needsReboot: false,
    },
    system: { name: device.name, manufacturer: device.maker, model: device.model, serialNumber: device.serial, domain: '' },
    lastLoggedInUser: '',
  }
}

const messages = ['Disk C: has less than 10 % free space.', 'The device has been offline for 7 days.', 'Windows updates failed to install.']

/** Alerts name a device and no organization, as the vendor's often do. Every sixth device or so has one. */
export function listedAlerts(devices: readonly (JsonObject & { id: number })[], seed: number): JsonObject[] {
  return devices.flatMap(({ id, lastUpdate }) => {
    const random = randomOf(seed, 'ninja alert', id)
    if (!random.chance(0.15)) return []
    const message = random.pick(messages)
    return [
      {
        uid: random.uuid(),
        deviceId: id,
        message,
        subject: message,
        severity: random.pick(['MINOR', 'MODERATE', 'MAJOR', 'CRITICAL']),
        priority: 'MEDIUM',
        sourceType: 'CONDITION',
        createTime: lastUpdate ?? 0,
      },
    ]
  })
}
