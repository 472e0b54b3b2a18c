import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

/** Pattern: a workflow creates the mapping, during onboarding for instance, and keeps it only when it works. */
export const autoSetupIntegration = workflow(
  {
    name: 'auto_setup_integration',
    description: 'Create the MyIntegration mapping of an organization and test its connection',
    category: 'Examples',
    tags: ['pattern', 'onboarding', 'myintegration'],
    parameters: z.object({
      external_org_id: z.string().min(1).max(200).meta({ label: 'External organization id' }),
      api_base_url: z.url().optional().meta({ label: 'API URL', description: 'Where it differs from the usual one' }),
    }),
  },
  async (ctx, { external_org_id: externalOrgId, api_base_url: apiBaseUrl }) => {
    // As a step, because it is read before the change: run again after a crash, a plain read would see what was changed.
    const before = await ctx.step('mappings before', () => ctx.getOrgMappings('myintegration'))
    const mapping = await ctx.setIntegrationMapping({
      integrationName: 'myintegration',
      externalOrgId,
      externalOrgName: 'Auto-configured org',
      mappingData: { ...(apiBaseUrl === undefined ? {} : { api_base_url: apiBaseUrl }), auto_created: true },
    })

    const integration = new (ctx.getIntegrationClass('myintegration'))(ctx)
    const test = await ctx.step('test connection', () => integration.testConnection(mapping))
    if (test.success) {
      await ctx.log('info', test.message, { mapping_id: mapping.id })
      return { success: true, mapping_id: mapping.id }
    }

    // The only mapping of an organization is updated, not doubled. A mapping that was there before is put back as it was:
    // a typing error must not cost the organization a connection that worked.
    const previous = before.find(({ id }) => id === mapping.id)
    if (previous) {
      const { id: mappingId, integrationName, externalOrgName, mappingData } = previous
      await ctx.setIntegrationMapping({ mappingId, integrationName, externalOrgId: previous.externalOrgId, externalOrgName, mappingData })
    } else {
      await ctx.deleteIntegrationMapping('myintegration', mapping.id)
    }
    throw new Error(`The mapping was not kept: ${test.message}`)
  },
)
