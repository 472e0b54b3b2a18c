import { externalIdOf } from '@crosswalk/sdk'
import { z } from 'zod'

const text = z
  .string()
  .nullish()
  .transform((value) => value?.trim() || null)
const id = z.int()
// Seconds since 1970, with fractions; some values are whole and some are missing.
const time = z
  .number()
  .nullish()
  .transform((seconds) => (seconds ? new Date(seconds * 1_000).toISOString() : null))

export const organization = z
  .object({ id: z.unknown().transform(externalIdOf), name: text, description: text })
  .transform((each) => ({ id: each.id, name: each.name ?? '(no name)', description: each.description }))

export const location = z
  .object({ id, name: text, address: text, description: text })
  .transform((each) => ({ id: each.id, name: each.name, address: each.address, description: each.description }))

const deviceFields = {
  id,
  organizationId: id,
  locationId: id.nullish().transform((value) => value ?? null),
  nodeClass: text,
  offline: z.boolean().nullish(),
  displayName: text,
  systemName: text,
  dnsName: text,
  lastContact: time,
}

type DeviceFields = z.output<z.ZodObject<typeof deviceFields>>

function deviceOf(each: DeviceFields) {
  return {
    id: each.id,
    organizationId: each.organizationId,
    locationId: each.locationId,
    name: each.displayName ?? each.systemName,
    systemName: each.systemName,
    dnsName: each.dnsName,
    nodeClass: each.nodeClass,
    isOffline: each.offline === true,
    lastContactAt: each.lastContact,
  }
}

export const device = z.object(deviceFields).transform(deviceOf)

export const detailedDevice = z
  .object({
    ...deviceFields,
    os: z.object({ name: text }).nullish(),
    system: z.object({ manufacturer: text, model: text, serialNumber: text }).nullish(),
    ipAddresses: z
      .array(z.string())
      .nullish()
      .transform((addresses) => addresses ?? []),
  })
  .transform((each) => ({
    ...deviceOf(each),
    operatingSystem: each.os?.name ?? null,
    maker: each.system?.manufacturer ?? null,
    model: each.system?.model ?? null,
    serial: each.system?.serialNumber ?? null,
    ipAddresses: each.ipAddresses,
  }))

export const endUser = z
  .object({ id, firstName: text, lastName: text, email: text, phone: text, enabled: z.boolean().nullish(), organizationId: id.nullish() })
  .transform((each) => ({
    id: each.id,
    name: [each.firstName, each.lastName].filter((part) => part !== null).join(' '),
    email: each.email,
    phone: each.phone,
    isEnabled: each.enabled !== false,
    organizationId: each.organizationId ?? null,
  }))

export const alert = z
  .object({ uid: z.string(), deviceId: id.nullish(), message: text, subject: text, severity: text, sourceType: text, createTime: time })
  .transform((each) => ({
    uid: each.uid,
    deviceId: each.deviceId ?? null,
    message: each.message ?? each.subject ?? '',
    severity: each.severity,
    sourceType: each.sourceType,
    createdAt: each.createTime,
  }))

export type NinjaOrganization = z.output<typeof organization>
export type NinjaLocation = z.output<typeof location>
export type NinjaDevice = z.output<typeof device>
export type NinjaDeviceDetails = z.output<typeof detailedDevice>
export type NinjaEndUser = z.output<typeof endUser>
/** An alert, with the device that it is about. */
export type NinjaAlert = Omit<z.output<typeof alert>, 'deviceId'> & { device: NinjaDevice }
