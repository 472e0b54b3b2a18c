import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

// Author code that waits for long.

const milliseconds = z.object({ ms: z.number() })

export const sleeps = workflow(
  { name: 'sleeps', description: 'Sleeps between two steps.', parameters: milliseconds },
  async (ctx, { ms }) => {
    const before = await ctx.step('before', () => 1)
    await ctx.log('info', 'begun')
    await ctx.sleep(ms)
    await ctx.log('info', 'awake')
    return { before, after: await ctx.step('after', () => before + 1) }
  },
)

export const sleepsBeside = workflow(
  { name: 'sleeps_beside', description: 'Sleeps while a chain of steps is done.', parameters: milliseconds },
  async (ctx, { ms }) => {
    const chain = async () => {
      const done: number[] = []
      for (let index = 0; index < 3; index++) {
        done.push(
          await ctx.step(`beside ${index}`, async () => {
            await new Promise((resolve) => setTimeout(resolve, 600))
            return Date.now()
          }),
        )
      }
      return done
    }
    const [, done] = await Promise.all([ctx.sleep(ms), chain()])
    return { done, awakeAt: await ctx.step('awake', () => Date.now()) }
  },
)

export const sleepsTwice = workflow(
  { name: 'sleeps_twice', description: 'Sleeps twice at once, and is awake in between.', parameters: milliseconds },
  async (ctx, { ms }) => {
    const order: string[] = []
    const short = ctx.sleep(ms).then(() => ctx.step('short', () => order.push('short')))
    const long = ctx.sleep(3 * ms).then(() => ctx.step('long', () => order.push('long')))
    await Promise.all([short, long])
    return order
  },
)

export const worksAndSleeps = workflow(
  { name: 'works_and_sleeps', description: 'Works for this time, sleeps three times as long, and works again.', parameters: milliseconds },
  async (ctx, { ms }) => {
    const work = (name: string) => ctx.step(name, () => new Promise<void>((resolve) => setTimeout(resolve, ms)))
    await work('first')
    await ctx.sleep(3 * ms)
    await work('second')
  },
)

export const hurries = workflow(
  { name: 'hurries', description: 'Has three seconds for everything.', deadlineMs: 3_000, parameters: milliseconds },
  async (ctx, { ms }) => ctx.sleep(ms),
)
