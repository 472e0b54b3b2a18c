import { readJson, StopRetrying, workflow } from '@crosswalk/sdk'
import { z } from 'zod'
import { Hasty } from '../integrations/hasty.ts'

export const lists = workflow({ name: 'lists', description: 'Asks a vendor once.' }, async (ctx) =>
  (await ctx.getIntegration(Hasty)).list(),
)

export const insists = workflow(
  { name: 'insists', description: 'Asks a vendor again and again, but not a third time.', parameters: z.object({ url: z.string() }) },
  async (ctx, { url }) =>
    ctx.step(
      'ask',
      async ({ attempt, signal }) => {
        const response = await fetch(`${url}/list`, { signal })
        if (!response.ok && attempt === 2) throw new StopRetrying('it will not be ready')
        return readJson(response)
      },
      { maxAttempts: 5, initialDelayMs: 10 },
    ),
)

export const createsThree = workflow({ name: 'creates_three', description: 'Creates three things, one after the other.' }, async (ctx) => {
  const client = await ctx.getIntegration(Hasty)
  return [
    await client.create('first'),
    await ctx.step('check', () => 'checked'),
    await client.create('second'),
    await client.create('third'),
  ]
})
