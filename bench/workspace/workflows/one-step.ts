import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

/** One recorded step and its result. */
export const oneStep = workflow(
  { name: 'one_step', description: 'One step', category: 'Bench', parameters: z.object({ number: z.number() }) },
  async (ctx, { number }) => ({ doubled: await ctx.step('double', async () => number * 2) }),
)
