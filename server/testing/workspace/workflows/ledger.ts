import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

export const keepsLedger = workflow(
  {
    name: 'keeps_ledger',
    description: "Changes one mapping again and again: each change is one row of the platform's own audit trail.",
    parameters: z.object({ length: z.number(), mappingId: z.string() }),
  },
  async (ctx, { length, mappingId }) => {
    for (let index = 0; index < length; index++) {
      await ctx.setIntegrationMapping({
        integrationName: 'counting',
        externalOrgId: 'ledger',
        mappingId,
        mappingData: { by: ctx.executionId, index },
      })
      await ctx.log('info', `wrote ${index}`)
    }
    return length
  },
)
