import type { MicrosoftGraph } from '@crosswalk/integrations/microsoft_graph'
import { type ClientOf, type Context, StopRetrying, workflow } from '@crosswalk/sdk'
import { z } from 'zod'
import { refusalOf, tellInTicket, type UserChange } from './user-changes.ts'

type MicrosoftGraphClient = ClientOf<typeof MicrosoftGraph>
type GraphUser = Awaited<ReturnType<MicrosoftGraphClient['getUser']>>
type GraphGroup = Awaited<ReturnType<MicrosoftGraphClient['listGroupsOf']>>[number]

const dayMs = 86_400_000

/**
 * Takes a leaver's access away, now or at a time: blocks the sign-in, ends all sessions, replaces the password, leaves the groups and frees the
 * licenses, and writes it into a ticket, with what is left to do by hand. Safe to run again; `undo_user_changes` takes the list of changes.
 */
export const offboardUser = workflow(
  {
    name: 'offboard_user',
    description: 'Block a leaver in Microsoft 365, free the licenses, and tell it in a HaloPSA ticket',
    category: 'User Management',
    tags: ['microsoft_graph', 'halopsa', 'offboarding'],
    parameters: z
      .object({
        tenant: z
          .string()
          .optional()
          .meta({ label: 'Tenant', dataProvider: 'microsoft_graph_tenants', description: 'Where the organization has several' }),
        user: z.string().min(1).meta({ label: 'Who leaves', dataProvider: 'microsoft_graph_users' }),
        when: z.enum(['now', 'later']).meta({ label: 'When' }),
        at: z.iso.datetime({ offset: true }).optional().meta({ label: 'At', description: 'When it is later: 2026-12-01T17:00:00+01:00' }),
        reset_password: z
          .boolean()
          .default(true)
          .meta({ label: 'Replace the password', description: 'By one that nobody knows, against an app that still has the old one' }),
        keep_mailbox: z
          .boolean()
          .default(true)
          .meta({ label: 'Keep the mailbox', description: 'Licenses stay until it was made a shared one' }),
      })
      .refine(({ when, at }) => when === 'now' || at !== undefined, { path: ['at'], message: 'is needed when it is later' }),
  },
  async (ctx, { tenant, user: reference, when, at, reset_password: resetsPassword, keep_mailbox: keepsMailbox }) => {
    const client = await ctx.getIntegration('microsoft_graph', { mappingId: tenant })
    // Looked at first: who does not exist is told now, and not at the end of the month.
    const { id, userPrincipalName } = await client.getUser(reference)
    const about = { user_id: id, user_principal_name: userPrincipalName }
    if (when === 'later' && at !== undefined) await waitUntil(ctx, at, userPrincipalName)

    // Again: after a long wait somebody may have done it already.
    const user = await client.findUser(id)
    if (!user) {
      await ctx.log('warn', `${userPrincipalName} is not there any more, so nothing was changed`)
      return { ...about, changes: [], problems: [`${userPrincipalName} is not there any more.`], by_hand: [], ticket_id: null }
    }
    const changes: UserChange[] = []
    const problems = await block(client, user, { changes, resetsPassword })
    const groups = await client.listGroupsOf(id)
    problems.push(...(await leaveGroups(client, user, groups, changes)))
    if (!keepsMailbox) problems.push(...(await freeLicenses(client, user, changes)))
    for (const problem of problems) await ctx.log('warn', problem)

    const byHand = leftToDo(user, groups, keepsMailbox)
    const ticketId = await tellInTicket(ctx, {
      key: `offboarding/${id}`,
      summary: `${user.displayName ?? userPrincipalName} has left`,
      changes,
      // Run again, it does not repeat what to do where it changed nothing.
      notes: [...problems, ...(changes.length === 0 ? [] : byHand)],
      user: { azureObjectId: id, email: userPrincipalName },
    })
    return { ...about, changes, problems, by_hand: byHand, ticket_id: ticketId }
  },
)

async function waitUntil(ctx: Context, at: string, name: string): Promise<void> {
  const waitMs = await ctx.step('time until then', () => Date.parse(at) - Date.now())
  // A slip in the year would lock somebody out at once. Within a day it is a run that is tried again.
  if (waitMs < -dayMs) throw new StopRetrying(`${at} is past, and nothing was changed. Choose "now", or a time to come.`)
  if (waitMs <= 0) return
  await ctx.log('info', `${name} keeps access until ${at}. Cancel this execution to leave everything as it is`)
  await ctx.progress(0, 1, `Waits until ${at}`)
  await ctx.sleep(waitMs)
}

/** Nobody signs in as this user from now on, and who is signed in is out. */
async function block(
  client: MicrosoftGraphClient,
  user: GraphUser,
  { changes, resetsPassword }: { changes: UserChange[]; resetsPassword: boolean },
): Promise<string[]> {
  const { id, userPrincipalName: name, accountEnabled: isOpen, onPremisesSyncEnabled: isSynced } = user
  const problems: string[] = []
  if (isSynced && isOpen) {
    problems.push(
      `${name} comes from a directory on premises, which alone can block the sign-in. Disable the account there: until that is synchronized, only the sessions are ended.`,
    )
  } else if (isOpen) {
    await client.disableUser(id)
    changes.push({ change: 'sign_in_blocked', user_id: id, name })
  }
  await client.revokeSessions(id)
  if (isOpen) changes.push({ change: 'sessions_ended', user_id: id, name })
  if (!isSynced && resetsPassword && !(await isPasswordReplaced(client, user))) {
    const refusal = await refusalOf(() => client.replacePassword(id))
    if (refusal === undefined) changes.push({ change: 'password_replaced', user_id: id, name })
    else problems.push(`The password of ${name} was not replaced: ${refusal}`)
  }
  return problems
}

/**
 * Whether an account is blocked and its password must be changed at the next sign-in, as an earlier run leaves it: nobody can sign in to do so, and
 * no app gets in with an old one. A run that failed after it had blocked the sign-in, or somebody who blocked it by hand, has left the password as it
 * was. Where that is not told, it is replaced: once too often does no harm.
 */
async function isPasswordReplaced(client: MicrosoftGraphClient, { id, accountEnabled: isOpen }: GraphUser): Promise<boolean> {
  return !isOpen && (await client.mustChangePassword(id)) === true
}

/** Lists of Exchange, which Graph shows and cannot change. */
function isOfExchange({ groupTypes, mailEnabled }: GraphGroup): boolean {
  return mailEnabled && !groupTypes.includes('Unified')
}

async function leaveGroups(
  client: MicrosoftGraphClient,
  user: GraphUser,
  memberOf: readonly GraphGroup[],
  changes: UserChange[],
): Promise<string[]> {
  // Rules take people out themselves, once their sign-in is blocked.
  const groups = memberOf.filter((group) => !group.groupTypes.includes('DynamicMembership') && !isOfExchange(group))
  const outcomes = await client.removeFromGroups(
    user.id,
    groups.map(({ id }) => id),
  )
  return outcomes.flatMap((outcome) => {
    const name = groups.find(({ id }) => id === outcome.groupId)?.displayName ?? outcome.groupId
    // Also what was so already: the user was in it a moment ago, and a part was done before a crash.
    if (outcome.outcome !== 'failed') changes.push({ change: 'group_left', user_id: user.id, group_id: outcome.groupId, name })
    return outcome.outcome === 'failed' ? [`The group ${name} was not left: ${outcome.reason}`] : []
  })
}

async function freeLicenses(client: MicrosoftGraphClient, user: GraphUser, changes: UserChange[]): Promise<string[]> {
  if (user.assignedLicenses.length === 0) return []
  const known = await client.listLicenses()
  const refusal = await refusalOf(() => client.assignLicenses(user.id, { remove: user.assignedLicenses }))
  // A license that comes with a group goes with it, some minutes later.
  if (refusal !== undefined) return [`The licenses were not freed: ${refusal}`]
  for (const skuId of user.assignedLicenses) {
    const name = known.find((license) => license.skuId === skuId)?.product ?? skuId
    changes.push({ change: 'license_removed', user_id: user.id, sku_id: skuId, name })
  }
  return []
}

/** What only Exchange can do, said plainly: Graph has no calls for it. */
function leftToDo(user: GraphUser, groups: readonly GraphGroup[], keepsMailbox: boolean): string[] {
  const lists = groups.filter(isOfExchange).map(({ displayName, id }) => displayName ?? id)
  return [
    ...(keepsMailbox && user.assignedLicenses.length > 0
      ? [
          'To keep the mailbox, make it a shared one in the Exchange admin center. Then run this again without "Keep the mailbox", which frees the licenses.',
        ]
      : []),
    ...(user.mail === null ? [] : [`Hide ${user.mail} from the address list in the Exchange admin center.`]),
    ...(lists.length === 0 ? [] : [`Take the user out of these lists in the Exchange admin center: ${lists.join(', ')}.`]),
  ]
}
