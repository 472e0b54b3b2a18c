import type {} from '@crosswalk/integrations/microsoft_graph'
import { type Context, workflow } from '@crosswalk/sdk'
import { z } from 'zod'
import { changesInWords, refusalOf, tellInTicket, type UserChange, userChange } from './user-changes.ts'

type Kept = { change: UserChange; reason: string }
type Outcome = 'undone' | 'undone_before' | { reason: string }

/**
 * Takes back what `onboard_user` or `offboard_user` listed, the last first. Safe to run again: what is undone already is left as it is, and only
 * what was undone now is told in the ticket.
 */
export const undoUserChanges = workflow(
  {
    name: 'undo_user_changes',
    description: 'Take back the changes that an onboarding or offboarding listed',
    category: 'User Management',
    tags: ['microsoft_graph', 'onboarding', 'offboarding'],
    parameters: z.object({
      tenant: z.string().optional().meta({ label: 'Tenant', dataProvider: 'microsoft_graph_tenants' }),
      changes: z.array(userChange).min(1).meta({ label: 'Changes', description: 'The list "changes" of the result' }),
    }),
  },
  async (ctx, { tenant, changes }) => {
    const client = await ctx.getIntegration('microsoft_graph', { mappingId: tenant })
    const done: Done = { undone: [], undoneBefore: [], kept: [] }
    const created = new Set(changes.flatMap((each) => (each.change === 'user_created' ? [each.user_id] : [])))
    for (const change of changes.toReversed()) {
      // With the user goes what the user had.
      if (change.change !== 'user_created' && created.has(change.user_id)) continue
      const outcome = await undo(change)
      if (outcome === 'undone') done.undone.push(change)
      else if (outcome === 'undone_before') done.undoneBefore.push(change)
      else done.kept.push({ change, ...outcome })
    }
    const { undone, undoneBefore, kept } = done
    if (undone.length > 0) await ctx.log('info', `Took back:\n${changesInWords(undone)}`)
    if (undoneBefore.length > 0) await ctx.log('info', `Was undone already:\n${changesInWords(undoneBefore)}`)
    await tellUndone(ctx, changes, done)
    return { undone, undone_before: undoneBefore, kept }

    // By what the user was before, and not by what a call says: after a crash in its middle it was so already, by us.
    async function undo(change: UserChange): Promise<Outcome> {
      const user = await client.findUser(change.user_id)
      if (!user) return change.change === 'user_created' ? 'undone_before' : { reason: 'The user is not there any more.' }
      switch (change.change) {
        case 'user_created':
          await client.deleteUser(user.id)
          return 'undone'
        case 'license_assigned':
          if (!user.assignedLicenses.includes(change.sku_id)) return 'undone_before'
          await client.assignLicenses(user.id, { remove: [change.sku_id] })
          return 'undone'
        case 'license_removed': {
          if (user.assignedLicenses.includes(change.sku_id)) return 'undone_before'
          // It may have been given to another since.
          const reason = await refusalOf(() => client.assignLicenses(user.id, { add: [change.sku_id] }))
          return reason === undefined ? 'undone' : { reason }
        }
        case 'group_joined':
        case 'group_left':
          return await undoMembership(user.id, change.group_id, change.change === 'group_left')
        case 'sign_in_blocked':
          if (user.accountEnabled) return 'undone_before'
          await client.enableUser(user.id)
          return 'undone'
        case 'sessions_ended':
          return { reason: 'Sessions that have ended cannot be brought back: people sign in again.' }
        case 'password_replaced':
          return { reason: 'The old password cannot be brought back: reset it, and tell the person.' }
      }
    }

    async function undoMembership(userId: string, groupId: string, wasMember: boolean): Promise<Outcome> {
      const isMember = (await client.listGroupsOf(userId)).some(({ id }) => id === groupId)
      if (isMember === wasMember) return 'undone_before'
      const [outcome] = await (wasMember ? client.addToGroups(userId, [groupId]) : client.removeFromGroups(userId, [groupId]))
      return outcome?.outcome === 'failed' ? { reason: outcome.reason } : 'undone'
    }
  },
)

type Done = { undone: UserChange[]; undoneBefore: UserChange[]; kept: Kept[] }

/** Into the ticket that says what was done. Where nothing was undone now, it says so already, or there is nothing to say. */
async function tellUndone(ctx: Context, changes: readonly UserChange[], { undone, undoneBefore, kept }: Done): Promise<void> {
  const [first] = undone
  if (!first) return
  const isOffboarding = changes.some(({ change }) => ['sign_in_blocked', 'license_removed', 'group_left'].includes(change))
  const user = changes.find(({ change }) => change === 'sign_in_blocked' || change === 'user_created')?.name
  const before = undoneBefore.length === 0 ? [] : [`Undone already:\n${changesInWords(undoneBefore)}`]
  const reasons = kept.map(({ change, reason }) => `${changesInWords([change])}: ${reason}`)
  await tellInTicket(ctx, {
    key: `${isOffboarding ? 'offboarding' : 'onboarding'}/${first.user_id}`,
    workflow: isOffboarding ? 'offboard_user' : 'onboard_user',
    summary: `Changes taken back${user === undefined ? '' : ` for ${user}`}`,
    changes: [],
    notes: [
      `Taken back:\n${changesInWords(undone)}`,
      ...before,
      ...(reasons.length === 0 ? [] : [`Not taken back:\n${reasons.join('\n')}`]),
    ],
    user: { azureObjectId: first.user_id, email: user ?? '' },
  })
}
