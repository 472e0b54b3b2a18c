import type { MicrosoftGraph } from '@crosswalk/integrations/microsoft_graph'
import { type ClientOf, workflow } from '@crosswalk/sdk'
import { z } from 'zod'

type ConsentHealth = Awaited<ReturnType<ClientOf<typeof MicrosoftGraph>['checkConsent']>>

/**
 * Looks every morning whether each mapped tenant can still be reached, and for how long. Where something has to be done, it stands on the
 * dashboard, one item for each tenant, with the link that repairs it. Tenants that could not be looked at are named in the end, and keep none of the
 * others from it.
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
    const unseen: { tenant: string; error: unknown }[] = []
    for (const { id, externalOrgName: tenant } of await ctx.getOrgMappings('microsoft_graph')) {
      let health: ConsentHealth
      try {
        health = await (await ctx.getIntegration('microsoft_graph', { mappingId: id })).checkConsent()
      } catch (error) {
        ctx.signal.throwIfAborted()
        // It says nothing of the consent, so what was reported last stays. The other tenants are looked at all the same.
        unseen.push({ tenant, error })
        continue
      }
      await ctx.reportMappingHealth(id, health.problems)
      for (const { problem, remedy, repairUrl } of health.problems)
        await ctx.log('warn', `${tenant}: ${problem} ${remedy}${repairUrl ? ` ${repairUrl}` : ''}`)
      tenants.push({
        tenant,
        token_route: health.tokenRoute,
        ends_at: health.endsAt,
        problems: health.problems.map(({ problem }) => problem),
      })
    }
    const [first] = unseen
    if (!first) return { tenants }
    // Of one tenant alone the failure is told as it is, with its kind and remedy.
    if (unseen.length + tenants.length === 1) throw first.error
    const reasons = unseen.map(({ tenant, error }) => `${tenant}: ${error instanceof Error ? error.message : String(error)}`)
    throw new AggregateError(
      unseen.map(({ error }) => error),
      `${unseen.length} of ${unseen.length + tenants.length} tenants could not be looked at, and the others were. ${reasons.join(' ')}`,
    )
  },
)
