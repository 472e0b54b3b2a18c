import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

export const talks = workflow(
  {
    name: 'talks',
    description: 'Logs so many lines with their times and so much more data, pauses after each so many, and does nothing else.',
    parameters: z.object({
      lines: z.number(),
      length: z.number().default(0),
      each: z.number().default(10),
      pauseMs: z.number().default(20),
    }),
  },
  async (ctx, { lines, length, each, pauseMs }) => {
    const filling = '.'.repeat(length)
    for (let line = 0; line < lines; line++) {
      await ctx.log('info', `line ${line}`, { at: Date.now(), filling })
      await ctx.progress(line + 1, lines)
      if (line % each === 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    return lines
  },
)
