import { setTimeout as delay } from 'node:timers/promises'
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

/** Logs so many lines, each with the time it was logged at; with a pause, slowly enough to be followed. */
export const writeLines = workflow(
  { name: 'write_lines', description: 'Logs lines', category: 'Bench', parameters: z.object({ lines: z.number(), pause_ms: z.number() }) },
  async (ctx, { lines, pause_ms: pauseMs }) => {
    // A follower needs a moment to come.
    if (pauseMs > 0) await delay(1_000)
    for (let line = 0; line < lines; line++) {
      if (pauseMs > 0) await delay(pauseMs)
      await ctx.log('info', `User ${line} is in sync with the directory of the outside system`, {
        line,
        at: performance.timeOrigin + performance.now(),
      })
    }
    return { lines }
  },
)
