import type { JsonObject } from '@crosswalk/sdk'
import { randomOf } from '../customers/random.ts'
import { tenantsOf } from '../microsoft-graph/graph-seed.ts'
import { type HaloClientRecord, ownId } from './halo-records.ts'

/** How people write products on invoices. */
const itemNames: Record<string, string> = {
  SPB: 'M365 Business Premium',
  O365_BUSINESS_PREMIUM: 'Microsoft 365 Business Standard',
  SPE_E3: 'Microsoft 365 E3',
  POWER_BI_PRO: 'Power BI Pro',
  EXCHANGESTANDARD: 'Exchange Online (Plan 1)',
}

/** One invoice a month for support and licenses, and one that was switched off. Most customers are billed for what they have; some are not. */
export function recurringInvoices(client: HaloClientRecord): JsonObject[] {
  const { id, name, customer } = client
  if (!customer) return []
  const invoice = (number: number, disabled: boolean) => ({ id: ownId(id, number), client_id: id, client_name: name, disabled, period: 4 })
  return [invoice(1, false), invoice(2, true)]
}

/** With its lines, which a list does not have. */
export function detailedInvoice(client: HaloClientRecord, invoiceId: number, seed: number): JsonObject | undefined {
  const invoice = recurringInvoices(client).find(({ id }) => id === invoiceId)
  if (!invoice || !client.customer) return undefined
  const random = randomOf(seed, 'halo invoice', client.id)
  const bought = new Map<string, number>()
  for (const { skus } of tenantsOf([client.customer], new Date(0), seed)) {
    for (const { skuPartNumber, enabled } of skus) bought.set(skuPartNumber, (bought.get(skuPartNumber) ?? 0) + enabled)
  }
  const licenses = [...bought].flatMap(([part, quantity]) => {
    const item = itemNames[part]
    // Somebody bought one more and told nobody, or forgot the product.
    const billed = random.chance(0.25) ? quantity - random.whole(1, 2) : quantity
    return item === undefined || billed <= 0 ? [] : [{ item, billed }]
  })
  const lines = [{ item: 'Managed support, per person', billed: 10 }, ...licenses].map(({ item, billed }, index) => ({
    id: index + 1,
    item_shortdescription: item,
    item_longdescription: '',
    qty_order: billed,
    unit_price: 10 + index,
  }))
  return { ...invoice, lines }
}
