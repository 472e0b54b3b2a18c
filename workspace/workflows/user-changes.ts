import type {} from '@crosswalk/integrations/halopsa'
import { type Context, isCrosswalkError } from '@crosswalk/sdk'
import { z } from 'zod'

/** One thing that a workflow changed about a user, as it is listed, and as it is undone. */
export const userChange = z.discriminatedUnion('change', [
  z.object({ change: z.literal('user_created'), user_id: z.string(), name: z.string() }),
  z.object({ change: z.literal('license_assigned'), user_id: z.string(), sku_id: z.string(), name: z.string() }),
  z.object({ change: z.literal('license_removed'), user_id: z.string(), sku_id: z.string(), name: z.string() }),
  z.object({ change: z.literal('group_joined'), user_id: z.string(), group_id: z.string(), name: z.string() }),
  z.object({ change: z.literal('group_left'), user_id: z.string(), group_id: z.string(), name: z.string() }),
  z.object({ change: z.literal('sign_in_blocked'), user_id: z.string(), name: z.string() }),
  z.object({ change: z.literal('sessions_ended'), user_id: z.string(), name: z.string() }),
  z.object({ change: z.literal('password_replaced'), user_id: z.string(), name: z.string() }),
])
export type UserChange = z.infer<typeof userChange>

const words: Record<UserChange['change'], (name: string) => string> = {
  user_created: (name) => `Created the user ${name}`,
  license_assigned: (name) => `Gave the license ${name}`,
  license_removed: (name) => `Took away the license ${name}`,
  group_joined: (name) => `Put into the group ${name}`,
  group_left: (name) => `Took out of the group ${name}`,
  sign_in_blocked: (name) => `Blocked the sign-in of ${name}`,
  sessions_ended: (name) => `Ended all sessions of ${name}`,
  password_replaced: (name) => `Replaced the password of ${name} by one that nobody knows`,
}

/** The changes for people, one a line. */
export function changesInWords(changes: readonly UserChange[]): string {
  return changes.map(({ change, name }) => `- ${words[change](name)}`).join('\n')
}

export type TicketSubject = {
  key: string
  /** The workflow whose ticket it is, where that is another than the one that runs. */
  workflow?: string
  summary: string
  changes: readonly UserChange[]
  notes: readonly string[]
  user: { azureObjectId: string; email: string }
}

/** Writes what was done into the customer's ticket in HaloPSA. Null where the organization has no HaloPSA, or nothing was done. */
export async function tellInTicket(ctx: Context, { changes, notes, ...subject }: TicketSubject): Promise<number | null> {
  const text = [changesInWords(changes), ...notes].filter((part) => part !== '').join('\n\n')
  if (text === '') return null
  const [mapping] = await ctx.getOrgMappings('halopsa')
  if (!mapping) {
    await ctx.log('info', 'HaloPSA is not mapped for this organization, so no ticket was written')
    return null
  }
  const halo = await ctx.getIntegration('halopsa', { mappingId: mapping.id })
  const { ticketId, outcome } = await halo.openOrUpdateTicket({ ...subject, details: text })
  await ctx.log('info', outcome === 'opened' ? `Opened the ticket ${ticketId}` : `Added a note to the ticket ${ticketId}`)
  return ticketId
}

const refusals: readonly unknown[] = ['permission', 'invalid_request', 'not_found']

/** Why the vendor refused it for good; undefined where it was done. What may pass is thrown, so that it is tried again. */
export async function refusalOf(act: () => Promise<void>): Promise<string | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    if (!isCrosswalkError(error, 'vendor_error') || !refusals.includes(error.details.kind)) throw error
    return error.message
  }
}
