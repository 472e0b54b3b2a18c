import type { MicrosoftGraph } from '@crosswalk/integrations/microsoft_graph'
import { type ClientOf, type Context, StopRetrying, ValidationError, workflow } from '@crosswalk/sdk'
import { z } from 'zod'
import { tellInTicket, type UserChange } from './user-changes.ts'

/** What every new user of a customer gets: the organization's own config value `onboarding_template`. */
const template = z.object({
  /** Part numbers of products: `SPB`. */
  licenses: z.array(z.string()).default([]),
  /** Names of groups. */
  groups: z.array(z.string()).default([]),
  /** Two letters. Default: the country of the tenant. */
  usage_location: z.string().length(2).optional(),
  department: z.string().optional(),
  office: z.string().optional(),
})

const parameters = z.object({
  tenant: z
    .string()
    .optional()
    .meta({ label: 'Tenant', dataProvider: 'microsoft_graph_tenants', description: 'Where the organization has several' }),
  given_name: z.string().trim().min(1).max(64).meta({ label: 'First name' }),
  surname: z.string().trim().min(1).max(64).meta({ label: 'Last name' }),
  user_name: z
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9_'-]+(\.[A-Za-z0-9_'-]+)*$/)
    .optional()
    .meta({ label: 'Name before the @', description: 'first.last unless set; needed where a name has no letters from a to z' }),
  domain: z
    .string()
    .optional()
    .meta({ label: 'Domain', dataProvider: 'microsoft_graph_domains', description: 'The default domain unless set' }),
  job_title: z.string().max(128).optional().meta({ label: 'Job title' }),
  department: z.string().max(64).optional().meta({ label: 'Department', description: 'That of the template unless set' }),
  license: z
    .string()
    .optional()
    .meta({ label: 'License', dataProvider: 'microsoft_graph_licenses', description: 'Beside those of the template' }),
  like_user: z.string().optional().meta({ label: 'Same groups as', dataProvider: 'microsoft_graph_users' }),
})

/**
 * Makes a user in Microsoft 365 with the licenses and groups of the customer's template, and writes it into a ticket. Safe to run again: what is
 * there already is left as it is, and only what was changed is listed. `undo_user_changes` takes that list.
 */
export const onboardUser = workflow(
  {
    name: 'onboard_user',
    description: 'Create a user in Microsoft 365 with licenses and groups, and tell it in a HaloPSA ticket',
    category: 'User Management',
    tags: ['microsoft_graph', 'halopsa', 'onboarding'],
    parameters,
    // Of two at once for the same person, the second finds what the first has made.
    concurrency: { perOrganization: 1 },
  },
  async (ctx, given) => {
    const client = await ctx.getIntegration('microsoft_graph', { mappingId: given.tenant })
    const wanted = await wantedFor(ctx, client, given)
    const before = await client.findUser(wanted.userPrincipalName)
    const licenses = await licensesFor(client, wanted.partNumbers, given.license, before?.assignedLicenses ?? [])
    const groups = await groupsFor(client, wanted.groups, given.like_user)
    const changes: UserChange[] = []

    // One step that looks again: after a crash in its middle the user is there, and is the one that we made.
    const user =
      before ??
      (await ctx.step(
        'create user',
        async () => (await client.findUser(wanted.userPrincipalName)) ?? (await client.createUser(wanted.draft)),
      ))
    if (before) await ctx.log('info', `${wanted.userPrincipalName} is there already`)
    else changes.push({ change: 'user_created', user_id: user.id, name: wanted.userPrincipalName })

    const missing = licenses.filter(({ skuId }) => !user.assignedLicenses.includes(skuId))
    if (missing.length > 0) {
      const { usageLocation } = wanted.draft
      if (user.usageLocation === null && usageLocation !== undefined) await client.updateUser(user.id, { usageLocation })
      await client.assignLicenses(user.id, { add: missing.map(({ skuId }) => skuId) })
      for (const { skuId, product } of missing) changes.push({ change: 'license_assigned', user_id: user.id, sku_id: skuId, name: product })
    }

    // From before, and not from what the call says: after a crash in its middle a part of it was so already, by us.
    const memberOf = new Set((await client.listGroupsOf(user.id)).map(({ id }) => id))
    const joins = groups.filter(({ id }) => !memberOf.has(id))
    const outcomes = await client.addToGroups(
      user.id,
      joins.map(({ id }) => id),
    )
    const problems =
      before?.accountEnabled === false
        ? [`${wanted.userPrincipalName} was there already, and its sign-in is blocked: see who that is.`]
        : []
    for (const [index, outcome] of outcomes.entries()) {
      const name = joins[index]?.name ?? outcome.groupId
      if (outcome.outcome === 'failed') problems.push(`The group ${name} was not joined: ${outcome.reason}`)
      else changes.push({ change: 'group_joined', user_id: user.id, group_id: outcome.groupId, name })
    }
    for (const problem of problems) await ctx.log('warn', problem)

    // A namesake would get what was meant for the newcomer.
    const there =
      before && changes.length > 0 ? [`${wanted.userPrincipalName} was there already. See that it is not somebody else of this name.`] : []
    const password = before ? [] : ['Nobody knows the password: reset it, or give a Temporary Access Pass, before the first sign-in.']
    const summary = `New user ${wanted.draft.displayName}`
    const about = { azureObjectId: user.id, email: wanted.userPrincipalName }
    const ticketId = await tellInTicket(ctx, {
      key: `onboarding/${user.id}`,
      summary,
      changes,
      notes: [...problems, ...there, ...password],
      user: about,
    })
    return { user_id: user.id, user_principal_name: wanted.userPrincipalName, changes, problems, ticket_id: ticketId }
  },
)

type Given = z.output<typeof parameters>
type MicrosoftGraphClient = ClientOf<typeof MicrosoftGraph>

async function wantedFor(ctx: Context, client: MicrosoftGraphClient, given: Given) {
  const stored = template.safeParse(await ctx.getConfig('onboarding_template', {}))
  if (!stored.success) throw new StopRetrying(`The config value onboarding_template does not fit: ${z.prettifyError(stored.error)}`)
  const { licenses: partNumbers, groups, usage_location: place, department, office } = stored.data
  const { countryLetterCode, verifiedDomains } = await client.getOrganization()
  const domains = (verifiedDomains ?? []).flatMap(({ name }) => name ?? [])
  const domain = given.domain ?? verifiedDomains?.find(({ isDefault }) => isDefault)?.name ?? domains[0] ?? ''
  if (!domains.includes(domain))
    throw new ValidationError(`${domain} is no domain of this tenant.`, { domain: [`must be one of ${domains.join(', ')}`] })
  const userPrincipalName = `${given.user_name ?? userNameOf(given)}@${domain}`
  const usageLocation = place ?? countryLetterCode
  const draft: Parameters<MicrosoftGraphClient['createUser']>[0] = {
    userPrincipalName,
    displayName: `${given.given_name} ${given.surname}`,
    givenName: given.given_name,
    surname: given.surname,
    ...(given.job_title === undefined ? {} : { jobTitle: given.job_title }),
    ...defined('department', given.department ?? department),
    ...defined('officeLocation', office),
    ...(usageLocation === null ? {} : { usageLocation }),
  }
  return { userPrincipalName, draft, partNumbers, groups }
}

function defined<Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, string>) // a computed key loses its name
}

/** @throws validation_failed where a name has no letter to make it of: then it would be the same for everybody with such a name */
function userNameOf({ given_name: first, surname: last }: Given): string {
  const parts = [first, last].map(mailboxOf)
  if (parts.every((part) => part !== '')) return parts.join('.')
  throw new ValidationError(`No user name can be made of '${first} ${last}'. Say which with "Name before the @".`, {
    user_name: ['is needed: a name has no letters from a to z'],
  })
}

/** Letters that are of their own, and no letter with a mark. */
const spelledOut: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ħ: 'h', ı: 'i' }

/** `Zoë O'Neil` → `zoe`, `oneil`; `Søren Weiß` → `soren`, `weiss` */
function mailboxOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[ßæœøłđðþħı]/g, (letter) => spelledOut[letter] ?? '')
    .normalize('NFD')
    .replaceAll(/[^a-z0-9-]/g, '')
    .replaceAll(/^-+|-+$/g, '')
}

/** Looked at before anything is made: a user without the license that was promised helps nobody. */
async function licensesFor(
  client: MicrosoftGraphClient,
  partNumbers: readonly string[],
  skuId: string | undefined,
  owned: readonly string[],
) {
  const known = await client.listLicenses()
  const wanted = [
    ...partNumbers.map((partNumber) => ({ license: known.find((one) => one.skuPartNumber === partNumber), named: partNumber })),
    ...(skuId === undefined ? [] : [{ license: known.find((one) => one.skuId === skuId), named: skuId }]),
  ]
  return [...new Map(wanted.map(({ license, named }) => [license?.skuId ?? named, { license, named }])).values()].map(
    ({ license, named }) => {
      if (!license) throw new StopRetrying(`The tenant does not have the product ${named}. Buy it, or choose another.`)
      if (license.free === 0 && !owned.includes(license.skuId)) {
        throw new StopRetrying(
          `No license of ${license.product} is free: all ${license.total} are used. Buy one, or free one, and run this again.`,
        )
      }
      return license
    },
  )
}

async function groupsFor(
  client: MicrosoftGraphClient,
  names: readonly string[],
  likeUser: string | undefined,
): Promise<{ id: string; name: string }[]> {
  const known = names.length === 0 ? [] : await client.listGroups()
  const ofTemplate = names.map((name) => {
    const group = known.find(({ displayName }) => displayName === name)
    if (!group) throw new StopRetrying(`The tenant has no group '${name}'. Correct the config value onboarding_template.`)
    return group
  })
  const ofUser = likeUser === undefined ? [] : await client.listGroupsOf(likeUser)
  const all = [...ofTemplate, ...ofUser.filter(({ groupTypes }) => !groupTypes.includes('DynamicMembership'))]
  return [...new Map(all.map(({ id, displayName }) => [id, { id, name: displayName ?? id }])).values()]
}
