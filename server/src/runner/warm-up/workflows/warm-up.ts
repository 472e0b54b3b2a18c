import { BaseIntegration, dataProvider, type OrganizationMapping, type TestResult, workflow } from '@crosswalk/sdk'
import { z } from 'zod'

// Ours, and run where the compiled code of runners is made, so that what every runner does is compiled already. No installation lists it.

export class WarmUpIntegration extends BaseIntegration<object> {
  static integrationName = 'warm_up'
  static config = { warm_up_url: { label: 'URL', required: true } }

  async getClient(_mapping: OrganizationMapping): Promise<object> {
    return {}
  }

  async testConnection(_mapping: OrganizationMapping): Promise<TestResult> {
    return { success: true, message: 'Reached' }
  }
}

export const warmUpOptions = dataProvider({ name: 'warm_up_options', description: 'Options', category: 'Warm-up' }, async () => [])

export const warmUp = workflow(
  {
    name: 'warm_up',
    description: 'One step',
    category: 'Warm-up',
    parameters: z.object({ number: z.number(), text: z.string().optional(), kind: z.enum(['one', 'other']).default('one') }),
  },
  async (ctx, { number }) => ({ doubled: await ctx.step('double', async () => number * 2) }),
)
