import type { MicrosoftGraph } from '@crosswalk/integrations/microsoft_graph'
import { type ClientOf, type Context, workflow } from '@crosswalk/sdk'
import { z } from 'zod'
import { tellInTicket, type UserChange } from './user-changes.ts'

type MicrosoftGraphClient = ClientOf<typeof MicrosoftGraph>
type GraphUser = Awaited<ReturnType<MicrosoftGraphClient['getUser']>>

/**
 * Takes a leaver's access away, now or at a time: blocks the sign-in, ends all sessions, leaves the groups and frees the licenses, and writes it
 * into a ticket. Safe to run again; `undo_user_changes` takes the list of changes.
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
        keep_mailbox: z
          .boolean()
          .default(true)
          .meta({ label: 'Keep the mailbox', description: 'Licenses stay until it was made a shared one' }),
      })
      .refine(({ when, at }) => when === 'now' || at !== undefined, { path: ['at'], message: 'is needed when it is later' }),
  },
  async (ctx, { tenant, user: reference, when, at, keep_mailbox: keepsMailbox }) => {
    const client = await ctx.getIntegration('microsoft_graph', { mappingId: tenant })
    // Looked at first: who does not exist is told now, and not at the end of the month.
    const { id, userPrincipalName } = await client.getUser(reference)
    if (when === 'later' && at !== undefined) await waitUntil(ctx, at)

    const user = await client.getUser(id)
    const changes: UserChange[] = []
    if (user.accountEnabled) {
      await client.disableUser(id)
      changes.push({ change: 'sign_in_blocked', user_id: id, name: userPrincipalName })
      await client.revokeSessions(id)
      changes.push({ change: 'sessions_ended', user_id: id, name: userPrincipalName })
    }
    const problems = await leaveGroups(client, user, changes)
    if (!keepsMailbox) await freeLicenses(client, user, changes)
    for (const problem of problems) await ctx.log('warn', problem)

    const mailbox =
      keepsMailbox && user.assignedLicenses.length > 0
        ? [
            'To keep the mailbox, make it a shared one in the Exchange admin center. Then run this again without "Keep the mailbox", which frees the licenses.',
          ]
        : []
    const summary = `${user.displayName ?? userPrincipalName} has left`
    const about = { azureObjectId: id, email: userPrincipalName }
    const ticketId = await tellInTicket(ctx, { key: `offboarding/${id}`, summary, changes, notes: [...problems, ...mailbox], user: about })
    return { user_id: id, user_principal_name: userPrincipalName, changes, problems, ticket_id: ticketId }
  },
)

async function waitUntil(ctx: Context, at: string): Promise<void> {
  const waitMs = await ctx.step('time until then', () => Math.max(0, Date.parse(at) - Date.now()))
  if (waitMs === 0) return
  await ctx.log('info', `Waiting until ${at}`)
  await ctx.sleep(waitMs)
}

async function leaveGroups(client: MicrosoftGraphClient, user: GraphUser, changes: UserChange[]): Promise<string[]> {
  // Rules take people out themselves, once their sign-in is blocked; lists of Exchange cannot be changed through Graph.
  const groups = (await client.listGroupsOf(user.id)).filter(
    ({ groupTypes, mailEnabled }) => !groupTypes.includes('DynamicMembership') && (!mailEnabled || groupTypes.includes('Unified')),
  )
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

async function freeLicenses(client: MicrosoftGraphClient, user: GraphUser, changes: UserChange[]): Promise<void> {
  if (user.assignedLicenses.length === 0) return
  const known = await client.listLicenses()
  await client.assignLicenses(user.id, { remove: user.assignedLicenses })
  for (const skuId of user.assignedLicenses) {
    const name = known.find((license) => license.skuId === skuId)?.product ?? skuId
    changes.push({ change: 'license_removed', user_id: user.id, sku_id: skuId, name })
  }
}
