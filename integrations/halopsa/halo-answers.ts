import { externalIdOf } from '@crosswalk/sdk'
import { z } from 'zod'

// HaloPSA's description has every field nullable, and says little about which are there: what is not needed may be missing.
const text = z
  .string()
  .nullish()
  .transform((value) => value?.trim() || null)
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value === true)
const id = z.int()
const idOrNone = z
  .number()
  .nullish()
  .transform((value) => (value && value > 0 ? Math.trunc(value) : null))

export const authInfo = z.object({ auth_url: z.url(), tenant_id: text })

export const listedClient = z.object({
  id: z.unknown().transform(externalIdOf),
  name: text.transform((value) => value ?? '(no name)'),
  inactive: flag,
  ref: text,
  website: text,
  itglue_id: text,
  azure_tenant_id: text,
  // Lists of some versions leave it out; details have it.
  ninjarmmid: idOrNone,
})

const detailFields = { domain: text, trading_name: text, connectwiseid: idOrNone, autotaskid: idOrNone, datto_id: text }

export const detailedClient = listedClient.extend(detailFields).transform((client) => ({
  id: client.id,
  name: client.name,
  isInactive: client.inactive,
  website: client.website,
  domains: (client.domain ?? '').split(/[\s,;]+/).filter((domain) => domain !== ''),
  tradingName: client.trading_name,
  /** Ids that other systems have for it, where HaloPSA knows them. */
  otherIds: {
    ...otherIdsOf(client),
    ...(client.connectwiseid === null ? {} : { connectwise: String(client.connectwiseid) }),
    ...(client.autotaskid === null ? {} : { autotask: String(client.autotaskid) }),
    ...(client.datto_id === null ? {} : { datto: client.datto_id }),
  },
}))

export function otherIdsOf({ ninjarmmid, itglue_id }: Pick<z.output<typeof listedClient>, 'ninjarmmid' | 'itglue_id'>) {
  return { ...(ninjarmmid === null ? {} : { ninjaone: String(ninjarmmid) }), ...(itglue_id === null ? {} : { itglue: itglue_id }) }
}

export const site = z
  .object({ id, name: text, client_id: idOrNone, inactive: flag, phonenumber: text })
  .transform((each) => ({ id: each.id, name: each.name, clientId: each.client_id, isInactive: each.inactive, phone: each.phonenumber }))

export const user = z
  .object({ id, name: text, client_id: idOrNone, site_id: idOrNone, emailaddress: text, phonenumber: text, inactive: flag, azureoid: text })
  .transform((each) => ({
    id: each.id,
    name: each.name,
    clientId: each.client_id,
    siteId: each.site_id,
    email: each.emailaddress,
    phone: each.phonenumber,
    isInactive: each.inactive,
    azureObjectId: each.azureoid,
  }))

export const asset = z
  .object({ id, inventory_number: text, key_field2: text, client_id: idOrNone, site_id: idOrNone, assettype_name: text, inactive: flag })
  .transform((each) => ({
    id: each.id,
    name: each.inventory_number,
    serial: each.key_field2,
    clientId: each.client_id,
    siteId: each.site_id,
    type: each.assettype_name,
    isInactive: each.inactive,
  }))

export const ticket = z
  .object({
    id,
    summary: text,
    details: text,
    client_id: idOrNone,
    site_id: idOrNone,
    user_id: idOrNone,
    agent_id: idOrNone,
    status_id: z.int().nullish(),
    tickettype_id: idOrNone,
    priority_id: idOrNone,
    dateoccurred: text,
    hasbeenclosed: z.boolean().nullish(),
  })
  .transform((each) => ({
    id: each.id,
    summary: each.summary ?? '',
    details: each.details,
    clientId: each.client_id,
    siteId: each.site_id,
    userId: each.user_id,
    agentId: each.agent_id,
    statusId: each.status_id ?? null,
    ticketTypeId: each.tickettype_id,
    priorityId: each.priority_id,
    occurredAt: each.dateoccurred,
    isClosed: each.hasbeenclosed ?? null,
  }))

export const agent = z
  .object({ id, name: text, email: text, team: text, isdisabled: flag })
  .transform((each) => ({ id: each.id, name: each.name, email: each.email, team: each.team, isDisabled: each.isdisabled }))

export const tenantConnection = z.object({ id })
export const tenantConnectionDetails = z.object({
  mappings_client: z
    .array(z.object({ client_id: idOrNone, azure_tenant_id: text, azure_tenant_domain: text }))
    .nullish()
    .transform((mappings) => mappings ?? []),
})

export type HaloClientDetails = z.output<typeof detailedClient>
export type HaloSite = z.output<typeof site>
export type HaloUser = z.output<typeof user>
export type HaloAsset = z.output<typeof asset>
export type HaloTicket = z.output<typeof ticket>
export type HaloAgent = z.output<typeof agent>
