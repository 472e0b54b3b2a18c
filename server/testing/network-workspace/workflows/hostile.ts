import { writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

/** Writes to the descriptor of the way out what no honest runner does. */
export const hostile = workflow(
  { name: 'hostile', description: 'Attacks the gateway.', parameters: z.object({ hex: z.string(), times: z.number(), url: z.string() }) },
  async (_ctx, { hex, times, url }) => {
    await fetch(url)
    const bytes = Buffer.from(hex, 'hex')
    for (let index = 0; index < times; index++) {
      try {
        writeSync(4, bytes)
      } catch (error) {
        if ((error as { code?: string }).code !== 'EAGAIN') break
        await delay(1)
      }
    }
    const after = await fetch(url).then(
      (response) => response.status,
      (error: Error & { cause?: { code?: string } }) => error.cause?.code ?? error.message,
    )
    return { after }
  },
)
