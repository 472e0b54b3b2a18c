import { type Context, failureReason, isCrosswalkError, workflow } from '@crosswalk/sdk'
import { z } from 'zod'
import { MyIntegration } from '../integrations/my-integration.ts'
import type { VendorUser } from '../integrations/my-integration-client.ts'

/** Reads the users of the mapped organization and brings each into the platform. */
export const syncUsers = workflow(
  {
    name: 'sync_users',
    description: 'Sync users from MyIntegration to platform',
    category: 'User Management',
    tags: ['sync', 'users', 'myintegration'],
    parameters: z.object({}),
  },
  async (ctx) => {
    await ctx.log('info', 'Starting user sync from MyIntegration')
    try {
      // Always of the organization that the workflow runs for. Without a mapping it throws; there is no default.
      const mapping = await ctx.getIntegrationMapping('myintegration')
      await ctx.log('info', `Using mapping: ${mapping.externalOrgName} (ID: ${mapping.externalOrgId})`)

      const client = await ctx.getIntegration(MyIntegration, { mappingId: mapping.id })
      const users = await client.listUsers()
      await ctx.log('info', `Found ${users.length} users in ${mapping.externalOrgName}`)

      let synced = 0
      for (const user of users) {
        await syncUserToPlatform(ctx, user)
        synced += 1
        await ctx.progress(synced, users.length)
      }
      await ctx.log('info', `Synced ${synced} users successfully`)
      return { success: true, users_synced: synced, external_org: mapping.externalOrgName }
    } catch (error) {
      const isUnmapped = isCrosswalkError(error, 'mapping_not_found')
      const reason = isUnmapped ? 'MyIntegration mapping not configured for this organization' : `User sync failed: ${failureReason(error)}`
      await ctx.log('error', reason)
      // Thrown on and not returned: an execution that says "failed" is found and retried. One that says "success" with
      // an error inside is neither.
      throw error
    }
  },
)

/** Where your own logic goes. Wrap what it does to the outside in `ctx.step`, so that it is not done twice after a crash. */
async function syncUserToPlatform(ctx: Context, user: VendorUser): Promise<void> {
  await ctx.log('debug', 'User is in sync', { user_id: user.id })
}
