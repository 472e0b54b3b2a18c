import type {} from '@crosswalk/integrations/microsoft_graph'
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

/**
 * Looks every morning whether each mapped tenant can still be reached, and for how long. Where something has to be done, it stands on the
 * dashboard, one item for each tenant, with the link that repairs it.
 */
export const checkMicrosoftConsent = workflow(
  {
    name: 'check_microsoft_consent',
    description: 'Check consent, roles and relationships of the Microsoft 365 tenants of an organization',
    category: 'Microsoft 365',
    tags: ['microsoft_graph', 'consent'],
    parameters: z.object({}),
    schedule: { cron: '30 5 * * *', organizations: 'mapped:microsoft_graph' },
  },
  async (ctx) => {
    const tenants: { tenant: string; token_route: string | null; ends_at: string | null; problems: string[] }[] = []
    for (const { id, externalOrgName } of await ctx.getOrgMappings('microsoft_graph')) {
      const health = await (await ctx.getIntegration('microsoft_graph', { mappingId: id })).checkConsent()
      await ctx.reportMappingHealth(id, health.problems)
      for (const { problem, remedy, repairUrl } of health.problems)
        await ctx.log('warn', `${externalOrgName}: ${problem} ${remedy}${repairUrl ? ` ${repairUrl}` : ''}`)
      tenants.push({
        tenant: externalOrgName,
        token_route: health.tokenRoute,
        ends_at: health.endsAt,
        problems: health.problems.map(({ problem }) => problem),
      })
    }
    return { tenants }
  },
)
