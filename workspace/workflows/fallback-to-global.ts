import { type Context, isCrosswalkError, workflow } from '@crosswalk/sdk'
import { z } from 'zod'
import { defaultApiUrl, MyIntegration } from '../integrations/my-integration.ts'
import { MyIntegrationClient } from '../integrations/my-integration-client.ts'

/**
 * Pattern: a mapping is optional. The platform never falls back by itself; where global credentials are right, the
 * workflow says so, as here, with a key of its own (`myintegration_api_key_global`).
 */
export const fallbackToGlobal = workflow(
  {
    name: 'fallback_to_global',
    description: 'Read data with the organization mapping, or with global credentials when there is none',
    category: 'Examples',
    tags: ['pattern', 'myintegration'],
    parameters: z.object({}),
  },
  async (ctx) => {
    try {
      const mapping = await ctx.getIntegrationMapping('myintegration')
      const client = await ctx.getIntegration(MyIntegration, { mappingId: mapping.id })
      return await client.getData()
    } catch (error) {
      // Only this one: several mappings, a missing secret or a vendor that is down are no reason to use other credentials.
      if (!isCrosswalkError(error, 'mapping_not_found')) throw error
    }
    await ctx.log('warn', 'MyIntegration is not mapped for this organization: using the global credentials')
    const client = globalClient(ctx)
    // A client that the workflow made itself is not recorded, so the step is written out.
    return await ctx.step('myintegration.getData (global)', () => client.getData())
  },
)

function globalClient(ctx: Context): MyIntegrationClient {
  const baseUrl = { config: 'myintegration_api_url', default: defaultApiUrl }
  const http = ctx.http({ baseUrl, auth: { bearer: { secret: 'myintegration_api_key_global' } } })
  return new MyIntegrationClient({ http, organizationId: null })
}
