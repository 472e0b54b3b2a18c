import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'
import { timesOf } from '../fetching.ts'

export const calling = workflow(
  {
    name: 'calling',
    description: 'Times context.http',
    category: 'Bench',
    parameters: z.object({ what: z.enum(['one by one', 'at once']), url: z.string(), times: z.number(), isPlain: z.boolean() }),
  },
  async (ctx, { what, url, times, isPlain }) => {
    const http = ctx.http({ baseUrl: url, auth: { header: 'x-key', value: 'bench' }, limits: [{ requests: 1_000_000, perMs: 1_000 }] })
    return timesOf(what, times, () => (isPlain ? fetch(url) : http.fetch('/')))
  },
)
