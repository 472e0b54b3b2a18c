import type {} from '@crosswalk/integrations/halopsa'
import type {} from '@crosswalk/integrations/microsoft_graph'
import { knownProducts } from '@crosswalk/integrations/microsoft_graph/products'
import { type Context, StopRetrying, workflow } from '@crosswalk/sdk'
import { z } from 'zod'

/** Products that cost nothing, or came along with another. */
const free = /\b(free|trial|viral|exploratory|adhoc)\b|Windows Store/i

/** Names of items on invoices → part number, where an item is called otherwise than the product: the config value `license_items`. */
const itemNames = z.record(z.string(), z.string())

type Item = { name: string; quantity: number /** A part number, or the name in plain words. */; key: string }
type Row = { product: string; bought: number; used: number; billed: number; difference: number }

/**
 * Compares what a customer has in Microsoft 365 with what HaloPSA bills. A difference above 0 is bought and not billed; one below 0 is billed and
 * not bought any more, also where the product is gone from the tenant.
 */
export const compareLicenses = workflow(
  {
    name: 'compare_licenses',
    description: 'Compare licenses in Microsoft 365 with what recurring invoices in HaloPSA bill',
    category: 'Billing',
    tags: ['microsoft_graph', 'halopsa', 'billing'],
    parameters: z.object({
      open_ticket: z
        .boolean()
        .default(false)
        .meta({ label: 'Tell it in a ticket', description: 'Closed again when there is no difference any more' }),
    }),
  },
  async (ctx, { open_ticket: opensTicket }) => {
    const stored = itemNames.safeParse(await ctx.getConfig('license_items', {}))
    if (!stored.success) throw new StopRetrying('The config value license_items must be an object: { "Item on the invoice": "SPB" }.')
    const licenses = await licensesOf(ctx)
    const halo = await ctx.getIntegration('halopsa')
    const items = (await halo.listBilledItems()).map(({ name, quantity }) => ({ name, quantity, key: stored.data[name] ?? plain(name) }))
    const rows = [...licenses, ...onInvoiceAlone(items, licenses)]
      .map(({ product, skuPartNumber, total, used }): Row => {
        const billed = items.filter((item) => isOf(item, { product, skuPartNumber })).reduce((sum, { quantity }) => sum + quantity, 0)
        return { product, bought: total, used, billed, difference: total - billed }
      })
      .sort((one, other) => one.product.localeCompare(other.product))
    const differences = rows.filter(({ difference }) => difference !== 0)
    for (const { product, bought, billed } of differences) await ctx.log('warn', `${product}: ${bought} bought, ${billed} billed`)
    const key = 'licenses that are billed otherwise'
    const details = differences
      .map(({ product, bought, used, billed }) => `- ${product}: ${bought} bought, ${used} used, ${billed} billed`)
      .join('\n')
    if (opensTicket && differences.length > 0) await halo.openOrUpdateTicket({ key, summary: 'Licenses and invoices differ', details })
    if (opensTicket && differences.length === 0) await halo.closeTicketsOf({ key, note: 'What is bought is billed.' })
    return { rows, differences: differences.length }
  },
)

/** Of all tenants of the organization together: they are on one invoice. */
async function licensesOf(ctx: Context) {
  const byPart = new Map<string, { product: string; skuPartNumber: string; total: number; used: number }>()
  const mappings = await ctx.getOrgMappings('microsoft_graph')
  if (mappings.length === 0) throw new StopRetrying('The organization is mapped to no tenant of Microsoft 365. Map it first.')
  for (const { id } of mappings) {
    for (const { product, skuPartNumber, total, used } of await (
      await ctx.getIntegration('microsoft_graph', { mappingId: id })
    ).listLicenses()) {
      if (free.test(product)) continue
      const before = byPart.get(skuPartNumber)
      byPart.set(skuPartNumber, { product, skuPartNumber, total: total + (before?.total ?? 0), used: used + (before?.used ?? 0) })
    }
  }
  return [...byPart.values()]
}

type Product = { product: string; skuPartNumber: string }

function isOf({ key }: Item, { product, skuPartNumber }: Product): boolean {
  return key === skuPartNumber || key === plain(product)
}

/** Products that are billed, and that no tenant has: what ended is not in Microsoft's list any more. */
function onInvoiceAlone(items: readonly Item[], bought: readonly Product[]) {
  return knownProducts()
    .filter((known) => !bought.some(({ skuPartNumber }) => skuPartNumber === known.skuPartNumber))
    .filter((known) => items.some((item) => item.quantity !== 0 && isOf(item, known)))
    .map((known) => ({ ...known, total: 0, used: 0 }))
}

/** `Microsoft 365 Business Premium` and `M365 Business Premium` are one. `Office 365 E3` and `Microsoft 365 E3` are two. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/\b(o365|office 365)\b/g, 'o365')
    .replaceAll(/\b(m365|microsoft 365|365)\b/g, 'm365')
    .replaceAll(/\b(microsoft|license|licence|plan|nce|annual|monthly)\b/g, '')
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim()
}
