import type {} from '@crosswalk/integrations/microsoft_graph'
import { type Context, workflow } from '@crosswalk/sdk'
import { z } from 'zod'
import { changesInWords, refusalOf, tellInTicket, type UserChange, userChange } from './user-changes.ts'

type Kept = { change: UserChange; reason: string }

/** Takes back what `onboard_user` or `offboard_user` listed, the last first. Safe to run again. */
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
    const undone: UserChange[] = []
    const kept: Kept[] = []
    const created = new Set(changes.flatMap((each) => (each.change === 'user_created' ? [each.user_id] : [])))
    for (const change of changes.toReversed()) {
      // With the user goes what the user had.
      if (change.change !== 'user_created' && created.has(change.user_id)) continue
      const reason = await undo(change)
      if (reason === undefined) undone.push(change)
      else kept.push({ change, reason })
    }
    await ctx.log('info', `Took back:\n${changesInWords(undone)}`)
    await tellUndone(ctx, undone, kept)
    return { undone, kept }

    async function undo(change: UserChange): Promise<string | undefined> {
      const user = await client.findUser(change.user_id)
      if (!user) return change.change === 'user_created' ? undefined : 'The user is not there any more.'
      switch (change.change) {
        case 'user_created':
          await client.deleteUser(user.id)
          return undefined
        case 'license_assigned':
          if (user.assignedLicenses.includes(change.sku_id)) await client.assignLicenses(user.id, { remove: [change.sku_id] })
          return undefined
        case 'license_removed':
          if (user.assignedLicenses.includes(change.sku_id)) return undefined
          // It may have been given to another since.
          return await refusalOf(() => client.assignLicenses(user.id, { add: [change.sku_id] }))
        case 'group_joined':
        case 'group_left': {
          const [outcome] = await (change.change === 'group_joined'
            ? client.removeFromGroups(user.id, [change.group_id])
            : client.addToGroups(user.id, [change.group_id]))
          return outcome?.outcome === 'failed' ? outcome.reason : undefined
        }
        case 'sign_in_blocked':
          await client.enableUser(user.id)
          return undefined
        case 'sessions_ended':
          return 'Sessions that have ended cannot be brought back: people sign in again.'
        case 'password_replaced':
          return 'The old password cannot be brought back: reset it, and tell the person.'
      }
    }
  },
)

/** Into the ticket that says what was done. */
async function tellUndone(ctx: Context, undone: readonly UserChange[], kept: readonly Kept[]): Promise<void> {
  const [first] = undone
  if (!first) return
  const isOffboarding = undone.some(({ change }) => ['sign_in_blocked', 'license_removed', 'group_left'].includes(change))
  const user = undone.find(({ change }) => change === 'sign_in_blocked' || change === 'user_created')?.name
  const reasons = kept.map(({ change, reason }) => `${changesInWords([change])}: ${reason}`)
  await tellInTicket(ctx, {
    key: `${isOffboarding ? 'offboarding' : 'onboarding'}/${first.user_id}`,
    summary: `Changes taken back${user === undefined ? '' : ` for ${user}`}`,
    changes: [],
    notes: [`Taken back:\n${changesInWords(undone)}`, ...(reasons.length === 0 ? [] : [`Not taken back:\n${reasons.join('\n')}`])],
    user: { azureObjectId: first.user_id, email: user ?? '' },
  })
}
