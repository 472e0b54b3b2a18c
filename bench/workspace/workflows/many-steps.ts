import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

/** So many recorded steps, one after the other. */
export const manySteps = workflow(
  { name: 'many_steps', description: 'Many steps', category: 'Bench', parameters: z.object({ steps: z.number() }) },
  async (ctx, { steps }) => {
    let sum = 0
    for (let step = 0; step < steps; step++) sum += await ctx.step(`step ${step}`, async () => step)
    return { sum }
  },
)
