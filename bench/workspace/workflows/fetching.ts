import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'
import { type Fetching, fetchFor } from '../fetching.ts'

export const fetching = workflow(
  {
    name: 'fetching',
    description: 'Times fetch',
    category: 'Bench',
    parameters: z.object({ what: z.enum(['one by one', 'at once', 'large']), url: z.string(), times: z.number() }),
  },
  async (_ctx, parameters) => fetchFor(parameters as Fetching), // `times` too many does no harm
)
