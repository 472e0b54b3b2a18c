import { requireOk, workflow } from '@crosswalk/sdk'
import { z } from 'zod'
import { Counting } from '../integrations/counting.ts'

export const visitsThree = workflow(
  { name: 'visits_three', description: 'Visits three places, one after the other.', parameters: z.object({ url: z.string() }) },
  async (ctx, { url }) => {
    const visited: string[] = []
    for (const place of ['first', 'second', 'third']) {
      visited.push(
        await ctx.step(place, async () => {
          await requireOk(await fetch(`${url}/${place}`, { method: 'POST' }), { method: 'POST' })
          return place
        }),
      )
      await ctx.log('info', `visited ${place}`)
    }
    return visited
  },
)

export const sendsAll = workflow(
  {
    name: 'sends_all',
    description: 'Sends each of a number of things, and continues where one fails.',
    parameters: z.object({ count: z.number() }),
  },
  async (ctx, { count }) => {
    const client = await ctx.getIntegration(Counting)
    let failed = 0
    for (let item = 0; item < count; item++) {
      try {
        await client.send(item)
        await ctx.step('note', () => item)
      } catch {
        failed++
      }
    }
    if (failed > 0) throw new Error(`${failed} of ${count} could not be sent`)
    return count
  },
)
