import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

// Author code that waits for long.

export const sleeps = workflow(
  { name: 'sleeps', description: 'Sleeps between two steps.', parameters: z.object({ ms: z.number() }) },
  async (ctx, { ms }) => {
    const before = await ctx.step('before', () => 1)
    await ctx.log('info', 'begun')
    await ctx.sleep(ms)
    await ctx.log('info', 'awake')
    return { before, after: await ctx.step('after', () => before + 1) }
  },
)
