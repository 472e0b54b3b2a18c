import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

// Author code that is told to stop: by a time-out, or by someone who cancels it.

export const listens = workflow({ name: 'listens', description: 'Waits for its signal, and says what it heard.' }, async (ctx) => {
  await ctx.log('info', 'listening')
  await new Promise<void>((resolve) => ctx.signal.addEventListener('abort', () => resolve()))
  await ctx.log('info', `told: ${(ctx.signal.reason as Error).name}`)
  throw ctx.signal.reason
})

export const ignores = workflow({ name: 'ignores', description: 'Continues, whatever its signal says.' }, async (ctx) => {
  await ctx.log('info', 'ignoring')
  for (;;) await new Promise((resolve) => setTimeout(resolve, 10))
})

export const naps = workflow(
  { name: 'naps', description: 'Holds a place for this time.', parameters: z.object({ ms: z.number() }) },
  // A wait that is long holds no place.
  async (ctx, { ms }) => {
    let restMs = ms
    do {
      await ctx.sleep(Math.min(restMs, 20_000))
      restMs -= 20_000
    } while (restMs > 0)
  },
)

export const takesTurns = workflow(
  {
    name: 'takes_turns',
    description: 'Runs once at a time for an organization, and twice in all.',
    concurrency: { perOrganization: 1, total: 2 },
    parameters: z.object({ ms: z.number() }),
  },
  async (ctx, { ms }) => ctx.sleep(ms),
)
