import { externalIdOf } from '@crosswalk/sdk'
import { z } from 'zod'

// HaloPSA's description has every field nullable, and says little about which are there: what is not needed may be missing.
const text = z
  .string()
  .nullish()
  .transform((value) => textOrNone(value))
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value === true)
const id = z.int()
const numberOrNone = (value: number | null | undefined) => (value && value > 0 ? Math.trunc(value) : null)
const textOrNone = (value: string | null | undefined) => value?.trim() || null
const idOrNone = z.number().nullish().transform(numberOrNone)

export const authInfo = z.object({ auth_url: z.url(), tenant_id: text })

// Of ten thousand clients each field with a transformation of its own takes twice as long as all of them at once.
const maybeText = z.string().nullish()
const maybeNumber = z.number().nullish()
const clientFields = {
  id: z.unknown(),
  name: maybeText,
  inactive: z.boolean().nullish(),
  ref: maybeText,
  website: maybeText,
  itglue_id: maybeText,
  azure_tenant_id: maybeText,
  // Lists of some versions leave it out; details have it.
  ninjarmmid: maybeNumber,
}

function clientOf(given: z.output<z.ZodObject<typeof clientFields>>) {
  return {
    id: externalIdOf(given.id),
    name: textOrNone(given.name) ?? '(no name)',
    inactive: given.inactive === true,
    ref: textOrNone(given.ref),
    website: textOrNone(given.website),
    itglue_id: textOrNone(given.itglue_id),
    azure_tenant_id: textOrNone(given.azure_tenant_id),
    ninjarmmid: numberOrNone(given.ninjarmmid),
  }
}

export const listedClient = z.object(clientFields).transform(clientOf)

const detailFields = { domain: text, trading_name: text, connectwiseid: idOrNone, autotaskid: idOrNone, datto_id: text }

export const detailedClient = z.object({ ...clientFields, ...detailFields }).transform((given) => {
  const client = clientOf(given)
  return {
    id: client.id,
    name: client.name,
    isInactive: client.inactive,
    website: client.website,
    domains: (given.domain ?? '').split(/[\s,;]+/).filter((domain) => domain !== ''),
    tradingName: given.trading_name,
    /** Ids that other systems have for it, where HaloPSA knows them. */
    otherIds: {
      ...otherIdsOf(client),
      ...(given.connectwiseid === null ? {} : { connectwise: String(given.connectwiseid) }),
      ...(given.autotaskid === null ? {} : { autotask: String(given.autotaskid) }),
      ...(given.datto_id === null ? {} : { datto: given.datto_id }),
    },
  }
})

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
    user_name: text,
    assets: z.array(z.unknown()).nullish(),
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
    userName: each.user_name,
    /** Null where HaloPSA does not tell, as in lists. */
    hasAssets: each.assets ? each.assets.length > 0 : null,
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
const tenantMapping = z.object({ client_id: maybeNumber, azure_tenant_id: maybeText, azure_tenant_domain: maybeText })
export const tenantConnectionDetails = z.object({
  mappings_client: z
    .array(
      tenantMapping.transform((given) => ({
        client_id: numberOrNone(given.client_id),
        azure_tenant_id: textOrNone(given.azure_tenant_id),
        azure_tenant_domain: textOrNone(given.azure_tenant_domain),
      })),
    )
    .nullish()
    .transform((mappings) => mappings ?? []),
})

export type HaloClientDetails = z.output<typeof detailedClient>
export type HaloSite = z.output<typeof site>
export type HaloUser = z.output<typeof user>
export type HaloAsset = z.output<typeof asset>
export type HaloTicket = z.output<typeof ticket>
export type HaloAgent = z.output<typeof agent>
