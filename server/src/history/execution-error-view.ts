import { z } from 'zod'

export const executionErrorView = z.object({
  type: z.string().describe('The class of the error, as its author named it.'),
  message: z.string(),
  details: z
    .record(z.string(), z.unknown())
    .describe("`code` where the error has one, `stack` into the author's file, and what the error itself brought."),
})
