import { z } from 'zod'
import type { Principal } from './principal.ts'

export const viewedByView = z
  .object({ id: z.string(), name: z.string(), until: z.iso.datetime().describe('It ends by itself then.') })
  .nullable()
  .describe('Who really asks, where somebody views Crosswalk as this person. Nothing can be changed meanwhile.')

export function viewOfViewedBy({ viewedBy }: Principal): z.input<typeof viewedByView> {
  return viewedBy ? { id: viewedBy.actor.id, name: viewedBy.actor.name, until: viewedBy.until.toISOString() } : null
}
