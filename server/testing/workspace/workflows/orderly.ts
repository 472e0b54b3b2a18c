import { inspect } from 'node:util'
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

export const answers = workflow(
  { name: 'answers', description: 'Returns its parameters.', parameters: z.object({ value: z.string().default('none') }) },
  async (ctx, { value }) => {
    await ctx.log('info', `the value is ${value}`, { value })
    return { value, organization: ctx.org.name, caller: ctx.caller.name }
  },
)

export const oneStep = workflow({ name: 'one_step', description: 'Does one step.' }, async (ctx) => ctx.step('add', () => 1 + 1))

export const manySteps = workflow(
  {
    name: 'many_steps',
    description: 'Does steps at once.',
    parameters: z.object({ chains: z.number(), length: z.number(), url: z.string().optional() }),
  },
  async (ctx, { chains, length, url }) => {
    const chain = async (name: number) => {
      let sum = 0
      for (let index = 0; index < length; index++) {
        sum += await ctx.step(`work`, async ({ idempotencyKey, signal }) => {
          if (url) await fetch(`${url}?execution=${ctx.executionId}&chain=${name}&index=${index}&key=${idempotencyKey}`, { signal })
          return name * 1_000 + index
        })
        await ctx.log('info', `chain ${name} did ${index}`)
      }
      return sum
    }
    return Promise.all(Array.from({ length: chains }, (_, name) => chain(name)))
  },
)

export const flaky = workflow({ name: 'flaky', description: 'Fails twice, then succeeds.' }, async (ctx) =>
  ctx.step(
    'try',
    ({ attempt }) => {
      if (attempt < 3) throw new Error(`attempt ${attempt} failed`)
      return attempt
    },
    { maxAttempts: 5, initialDelayMs: 10 },
  ),
)

export const leaksSecret = workflow(
  { name: 'leaks_secret', description: 'Puts a secret everywhere.', parameters: z.object({ fail: z.boolean() }) },
  async (ctx, { fail }) => {
    const secret = await ctx.getSecret('token')
    await ctx.log('info', `the token is ${secret}`, {
      headers: { authorization: `Bearer ${secret}` },
      encoded: Buffer.from(secret).toString('base64'),
      basic: `Basic ${Buffer.from(`me:${secret}`).toString('base64')}`,
      others: [
        JSON.stringify({ secret }),
        inspect({ secret }),
        Buffer.from(secret).toString('hex'),
        new URLSearchParams({ secret }).toString(),
      ],
    })
    console.log('also here', secret)
    await ctx.step(`step ${secret}`, () => ({ token: secret }))
    await ctx.step(`${'long '.repeat(38)}${secret}`, () => Buffer.from(`me:${secret}`).toString('base64'))
    await ctx.progress(1, 2, `${'.'.repeat(495)}${secret}`)
    await ctx.log('info', `${'.'.repeat(32_760)}${secret}`)
    if (fail) throw new Error(`cannot use ${secret}`)
    return { secret, list: [`x${secret}y`] }
  },
)

export const leaksOnRetry = workflow(
  { name: 'leaks_on_retry', description: 'Has a secret from a recorded step alone, and fails behind it.' },
  async (ctx) => {
    const secret = await ctx.step('read', () => ctx.getSecret('token'))
    await ctx.log('info', `the token is ${secret}`)
    throw new Error(`cannot use ${secret}`)
  },
)

export const dates = workflow({ name: 'dates', description: 'Gets plain data of all kinds from a step.' }, async (ctx) => {
  const value = await ctx.step('give', () => ({ at: new Date(0), map: new Map([['a', 1n]]), nothing: undefined }))
  const living = await ctx.step(
    'live',
    () =>
      new (class Client {
        greet() {
          return 'hello'
        }
      })(),
  )
  return { isDate: value.at instanceof Date, isMap: value.map.get('a') === 1n, greeting: living.greet() }
})
