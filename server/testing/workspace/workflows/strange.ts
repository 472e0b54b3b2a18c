import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

// Text and values that a database has no room for, or little.

const noText = 'zero \0 and half \ud800'

export const strangeText = workflow({ name: 'strange_text', description: 'Uses characters that PostgreSQL cannot hold.' }, async (ctx) => {
  await ctx.log('info', noText, { [noText]: noText })
  await ctx.progress(1, 2, noText)
  await ctx.step(noText, () => 1)
  const failure = await ctx
    .step('fail', () => {
      throw Object.assign(new Error(noText), { name: noText, code: noText, details: { [noText]: noText } })
    })
    .catch((error: Error) => error.message)
  return { [noText]: failure }
})

export const strangeNames = workflow(
  {
    name: 'strange_names',
    description: 'Gives its steps names that cannot be kept, and asks at each place.',
    parameters: z.object({ url: z.string() }),
  },
  async (ctx, { url }) => {
    const token = await ctx.getSecret('token')
    const names = [noText, 'zero \ufffd and half \ufffd', `for ${token}`, 'last']
    const places: number[] = []
    for (const [place, name] of names.entries())
      places.push(
        await ctx.step(name, async () => {
          await fetch(`${url}/${place}`, { method: 'POST' })
          return place
        }),
      )
    return places
  },
)

export const returnsMuch = workflow(
  {
    name: 'returns_much',
    description: 'Returns so many characters from a step, and asks how that went.',
    parameters: z.object({ length: z.number(), isCaught: z.boolean().default(true) }),
  },
  async (ctx, { length, isCaught }) => {
    let attempts = 0
    const returned = ctx.step(
      'much',
      () => {
        attempts++
        return '.'.repeat(length)
      },
      { maxAttempts: 3, initialDelayMs: 1 },
    )
    if (!isCaught) return (await returned).length
    const answer = await returned.then(
      (text) => text.length,
      (error: { code?: string; message: string }) => ({ code: error.code, message: error.message }),
    )
    return { answer, attempts }
  },
)

export const returnsUncloneable = workflow(
  { name: 'returns_uncloneable', description: 'Gets from a step what looks plain and cannot be copied.' },
  async (ctx) => {
    const proxy = await ctx.step('proxy', () => new Proxy({ kept: 1 }, {}))
    const list = await ctx.step('list', () => Object.assign([1], { double: (value: number) => 2 * value }))
    return proxy.kept + list.double(2)
  },
)

export const returnsInstance = workflow(
  { name: 'returns_instance', description: 'Gets what cannot be recorded from a step.', parameters: z.object({ url: z.string() }) },
  async (ctx, { url }) => {
    const made = await ctx.step('make', async ({ idempotencyKey }) => {
      await fetch(`${url}/make?key=${idempotencyKey}`)
      return new URL(`${url}/made`)
    })
    await ctx.step('last', () => fetch(`${url}/3`).then(() => null))
    return made.pathname
  },
)
