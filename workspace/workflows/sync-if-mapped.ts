import { isCrosswalkError, workflow } from '@crosswalk/sdk'
import { z } from 'zod'
import { MyIntegration } from '../integrations/my-integration.ts'

/** Pattern: runs for all organizations, does something only for those that are mapped. */
export const syncIfMapped = workflow(
  {
    name: 'sync_if_mapped',
    description: 'Sync users only where MyIntegration is mapped for the organization',
    category: 'Examples',
    tags: ['pattern', 'myintegration'],
    parameters: z.object({}),
  },
  async (ctx) => {
    try {
      await ctx.getIntegrationMapping('myintegration')
    } catch (error) {
      if (!isCrosswalkError(error, 'mapping_not_found')) throw error
      return { success: true, skipped: true, reason: 'Integration not configured for this organization' }
    }
    const client = await ctx.getIntegration(MyIntegration)
    const users = await client.listUsers()
    return { success: true, skipped: false, users_synced: users.length }
  },
)
