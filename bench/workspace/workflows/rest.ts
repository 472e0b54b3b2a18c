import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

/** One recorded step, a wait, and another step. */
export const rest = workflow(
  { name: 'rest', description: 'Rests between two steps', category: 'Bench', parameters: z.object({ ms: z.number() }) },
  async (ctx, { ms }) => {
    const first = await ctx.step('first', async () => 1)
    await ctx.sleep(ms)
    return { sum: first + (await ctx.step('second', async () => 2)) }
  },
)
