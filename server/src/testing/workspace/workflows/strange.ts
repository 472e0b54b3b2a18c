import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

// Text and values that a database has no room for, or little.

const noText = 'zero \0 and half \ud800'

export const strangeText = workflow(
  {
    name: 'strange_text',
    description: 'Uses characters that PostgreSQL cannot hold.',
    parameters: z.object({ url: z.string().optional() }),
  },
  async (ctx, { url }) => {
    await ctx.log('info', noText, { [noText]: noText })
    await ctx.progress(1, 2, noText)
    for (const name of [noText, 'zero \ufffd and half \ufffd'])
      await ctx.step(name, async ({ idempotencyKey }) => {
        if (url) await fetch(`${url}?execution=${ctx.executionId}&chain=0&index=${name.includes('\0') ? 0 : 1}&key=${idempotencyKey}`)
      })
    const failure = await ctx
      .step('fail', () => {
        throw Object.assign(new Error(noText), { name: noText, code: noText, details: { [noText]: noText } })
      })
      .catch((error: Error) => error.message)
    return { [noText]: failure }
  },
)
