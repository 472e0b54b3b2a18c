import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

export const talks = workflow(
  { name: 'talks', description: 'Logs many lines and does nothing else.', parameters: z.object({ lines: z.number() }) },
  async (ctx, { lines }) => {
    for (let line = 0; line < lines; line++) {
      await ctx.log('info', `line ${line}`)
      if (line % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return lines
  },
)
