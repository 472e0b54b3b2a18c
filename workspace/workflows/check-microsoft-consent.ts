import type {} from '@crosswalk/integrations/microsoft_graph'
import { StopRetrying, workflow } from '@crosswalk/sdk'
import { z } from 'zod'

/**
 * Looks every morning whether each mapped tenant can still be reached, and for how long. It fails where something has to be done, so that it
 * stands on the dashboard under what needs attention, with the link that repairs it.
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
    const tenants: { tenant: string; token_route: string | null; problems: string[] }[] = []
    const open: string[] = []
    for (const { id, externalOrgName } of await ctx.getOrgMappings('microsoft_graph')) {
      const health = await (await ctx.getIntegration('microsoft_graph', { mappingId: id })).checkConsent()
      const problems = health.problems.map(
        ({ problem, remedy, repairUrl }) => `${problem} ${remedy}${repairUrl === null ? '' : ` ${repairUrl}`}`,
      )
      tenants.push({ tenant: externalOrgName, token_route: health.tokenRoute, problems })
      open.push(...problems.map((problem) => `${externalOrgName}: ${problem}`))
    }
    if (open.length > 0) throw new StopRetrying(open.join('\n'))
    return { tenants }
  },
)
