import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

/** Reads the organization's mapping again and again, and returns the milliseconds that each time took. */
export const readMappings = workflow(
  { name: 'read_mappings', description: 'Times ctx.getIntegrationMapping', category: 'Bench', parameters: z.object({ times: z.number() }) },
  async (ctx, { times }) => {
    const latencies: number[] = []
    for (let time = 0; time < times; time++) {
      const startedAt = performance.now()
      await ctx.getIntegrationMapping('bench_vendor')
      latencies.push(performance.now() - startedAt)
    }
    return { latencies }
  },
)
