import { z } from 'zod'

// What we read of Microsoft's answers. Everything that may be missing there is optional here: nobody's list breaks for a field.

const text = z
  .string()
  .nullish()
  .transform((value) => value?.trim() || null)

export const relationship = z.object({
  id: z.string(),
  displayName: text,
  status: z.string(),
  endDateTime: text,
  autoExtendDuration: text,
  customer: z.object({ tenantId: z.string(), displayName: text }).nullish(),
  accessDetails: z.object({ unifiedRoles: z.array(z.object({ roleDefinitionId: z.string() })).nullish() }).nullish(),
})
export type Relationship = z.infer<typeof relationship>

/** Of the list of customers: its id is the tenant's as well. */
export const delegatedCustomer = z.object({ id: z.string(), tenantId: text, displayName: text })

export const contract = z.object({ customerId: text, defaultDomainName: text, displayName: text })

export const organization = z.object({
  id: z.string(),
  displayName: text,
  countryLetterCode: text,
  verifiedDomains: z.array(z.object({ name: text, isDefault: z.boolean().nullish() })).nullish(),
})

export const domain = z.object({
  id: z.string(),
  isDefault: z.boolean().default(false),
  isInitial: z.boolean().default(false),
  isVerified: z.boolean().default(true),
})

export const userFields = [
  'id',
  'displayName',
  'givenName',
  'surname',
  'userPrincipalName',
  'mail',
  'jobTitle',
  'department',
  'officeLocation',
  'mobilePhone',
  'usageLocation',
  'accountEnabled',
  'userType',
  'onPremisesSyncEnabled',
  'createdDateTime',
  'assignedLicenses',
] as const

export const user = z.object({
  id: z.string(),
  displayName: text,
  givenName: text,
  surname: text,
  userPrincipalName: z.string(),
  mail: text,
  jobTitle: text,
  department: text,
  officeLocation: text,
  mobilePhone: text,
  usageLocation: text,
  accountEnabled: z
    .boolean()
    .nullish()
    .transform((value) => value !== false),
  userType: text,
  /** Whether a directory on premises is the master: then most changes must be made there. */
  onPremisesSyncEnabled: z
    .boolean()
    .nullish()
    .transform((value) => value === true),
  createdDateTime: text,
  assignedLicenses: z
    .array(z.object({ skuId: z.string() }))
    .nullish()
    .transform((value) => (value ?? []).map(({ skuId }) => skuId)),
})
export const passwordState = z.object({ passwordProfile: z.object({ forceChangePasswordNextSignIn: z.boolean().nullish() }).nullish() })
export type GraphUser = z.infer<typeof user>

export const group = z.object({
  id: z.string(),
  displayName: text,
  description: text,
  mail: text,
  groupTypes: z
    .array(z.string())
    .nullish()
    .transform((value) => value ?? []),
  mailEnabled: z
    .boolean()
    .nullish()
    .transform((value) => value === true),
  securityEnabled: z
    .boolean()
    .nullish()
    .transform((value) => value === true),
})
export type GraphGroup = z.infer<typeof group>

/** Groups may have other groups, devices and contacts in them. */
export const member = z.object({ id: z.string(), '@odata.type': text, displayName: text, userPrincipalName: text })

export const subscribedSku = z.object({
  skuId: z.string(),
  skuPartNumber: z.string(),
  capabilityStatus: text,
  consumedUnits: z
    .number()
    .nullish()
    .transform((value) => value ?? 0),
  prepaidUnits: z.object({ enabled: z.number().nullish(), warning: z.number().nullish(), suspended: z.number().nullish() }).nullish(),
  appliesTo: text,
})

export const device = z.object({
  id: z.string(),
  deviceId: text,
  displayName: text,
  operatingSystem: text,
  operatingSystemVersion: text,
  accountEnabled: z
    .boolean()
    .nullish()
    .transform((value) => value !== false),
  isCompliant: z.boolean().nullish(),
  isManaged: z.boolean().nullish(),
  trustType: text,
  approximateLastSignInDateTime: text,
})

export const batchAnswer = z.object({
  responses: z.array(
    z.object({ id: z.string(), status: z.number(), headers: z.record(z.string(), z.string()).nullish(), body: z.unknown().optional() }),
  ),
})
