import { dataProvider } from '@crosswalk/sdk'
import { tenantIntegration } from '../integrations/tenant-integration.ts'

/** The options of the field "Tenant": this organization's mappings, and no other's. */
export const listTenantMappings = dataProvider(
  {
    name: 'list_tenant_mappings',
    description: 'List all tenant mappings for organization',
    category: 'Integration Mappings',
  },
  async (ctx) => {
    const mappings = await ctx.getOrgMappings(tenantIntegration)
    return mappings.map(({ id, externalOrgId, externalOrgName }) => ({ label: `${externalOrgName} (${externalOrgId})`, value: id }))
  },
)
