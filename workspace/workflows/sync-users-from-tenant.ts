import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'
import { tenantIntegration } from '../integrations/tenant-integration.ts'

/** Where an organization has several mappings of one integration, the person who runs the workflow chooses one. */
export const syncUsersFromTenant = workflow(
  {
    name: 'sync_users_from_tenant',
    description: 'Sync users from specific tenant when multiple mappings exist',
    category: 'User Management',
    tags: ['sync', 'users'],
    // The value is the id of a mapping: it comes from the data provider, which shows names.
    parameters: z.object({ tenant_name: z.string().meta({ label: 'Tenant', dataProvider: 'list_tenant_mappings' }) }),
  },
  async (ctx, { tenant_name: mappingId }) => {
    const mapping = await ctx.getIntegrationMapping(tenantIntegration, { mappingId })
    const client = await ctx.getIntegration(tenantIntegration, { mappingId: mapping.id })
    const users = await client.listUsers()
    await ctx.log('info', `Found ${users.length} users in ${mapping.externalOrgName}`)
    return { users: users.length, tenant: mapping.externalOrgName }
  },
)
