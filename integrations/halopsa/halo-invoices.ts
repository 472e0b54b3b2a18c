import { z } from 'zod'
import type { HaloConnection } from './halo-connection.ts'

/** What a client is billed for again and again, all its recurring invoices together. */
export type BilledItem = { name: string; quantity: number }

const text = z
  .string()
  .nullish()
  .transform((value) => value?.trim() || null)
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value === true)

const listed = z.object({ id: z.int(), client_id: z.number().nullish(), disabled: flag })
const line = z.object({
  item_shortdescription: text,
  item_longdescription: text,
  qty_order: z
    .number()
    .nullish()
    .transform((value) => value ?? 0),
})
const detailed = z.object({ client_id: z.number().nullish(), lines: z.array(line).nullish() })

/** The lines of the recurring invoices that are in force. A list of invoices has no lines: each is asked for. */
export async function billedItems(connection: HaloConnection, clientId: number): Promise<BilledItem[]> {
  const invoices = await connection.list('/api/RecurringInvoice', { items: 'invoices', schema: listed, query: { client_id: clientId } })
  const http = await connection.http()
  const quantities = new Map<string, number>()
  for (const invoice of invoices) {
    if (invoice.disabled || invoice.client_id !== clientId) continue
    const { client_id, lines } = await http.get(`/api/RecurringInvoice/${invoice.id}`, {
      query: { includedetails: true },
      schema: detailed,
    })
    if (client_id !== clientId) continue
    for (const { item_shortdescription, item_longdescription, qty_order } of lines ?? []) {
      const name = item_shortdescription ?? item_longdescription
      if (name !== null) quantities.set(name, (quantities.get(name) ?? 0) + qty_order)
    }
  }
  return [...quantities].map(([name, quantity]) => ({ name, quantity })).sort((one, other) => one.name.localeCompare(other.name))
}
