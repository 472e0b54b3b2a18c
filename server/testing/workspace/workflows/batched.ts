import { StopRetrying, workflow } from '@crosswalk/sdk'
import { z } from 'zod'

export const visitsVendor = workflow(
  { name: 'visits_vendor', description: 'Has one effect outside, for each organization.', parameters: z.object({ url: z.string() }) },
  async (ctx, { url }) => {
    const visit = await ctx.step('visit', async ({ idempotencyKey, signal }) => {
      const answer = await fetch(`${url}?organization=${ctx.org.id}&key=${idempotencyKey}`, { method: 'POST', signal })
      if (!answer.ok) throw new StopRetrying(`the vendor said ${answer.status}`)
      return answer.text()
    })
    return { visit }
  },
)
