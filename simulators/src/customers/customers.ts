import type { Customer, Listing, VendorName } from './customer.ts'
import { type KnownCustomer, knownCustomers } from './known-customers.ts'
import { legalForms, withForm } from './legal-forms.ts'
import { madeCustomer } from './made-customers.ts'
import { randomOf } from './random.ts'
import { spell } from './spellings.ts'

/** Which customers there are. */
export type CustomersOptions = {
  /** Default 40. More are made: 3,000 and 10,000 take well below a second. */
  count?: number
  /** Another seed gives other ids, people and devices, and the same first forty names. Default 1. */
  seed?: number
}

export const vendorNames = ['halopsa', 'ninjaone', 'microsoft_graph', 'huntress'] as const satisfies readonly VendorName[]

/** Where each vendor's ids begin, and how far apart they are at least: no vendor's order is another's. */
const ids = {
  halopsa: { first: 12, step: 1 },
  ninjaone: { first: 2, step: 1 },
  huntress: { first: 48_210, step: 7 },
}

/** Of those that are made: how many customers in a hundred a vendor does not have, has twice. */
const missingShare: Record<VendorName, number> = { halopsa: 0, ninjaone: 0.03, microsoft_graph: 0.04, huntress: 0.06 }
const twiceShare: Record<VendorName, number> = { halopsa: 0, ninjaone: 0.005, microsoft_graph: 0.01, huntress: 0 }

/**
 * The same customers for all simulators: start each with the same `count` and `seed`. Every simulator takes its own listings from them, and a test
 * reads from `number` which of them are one customer.
 */
export function createCustomers({ count = 40, seed = 1 }: CustomersOptions = {}): readonly Customer[] {
  const places = new Map(vendorNames.map((vendor) => [vendor, placesOf(vendor, count, seed)]))
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1
    const known = knownCustomers[index] ?? madeCustomer(number, randomOf(seed, 'customer', number))
    const listings = Object.fromEntries(
      vendorNames.map((vendor) => [vendor, listingsOf(known, vendor, number, places.get(vendor)?.[index] ?? index, { count, seed })]),
    ) as Record<VendorName, Listing[]> // fromEntries forgets the keys
    return {
      number,
      name: known.name,
      legalName: withForm(known.name, legalForms[known.form].long),
      formerName: known.formerName ?? null,
      domains: known.domains,
      website: `https://www.${known.domains[0]}`,
      town: known.town,
      country: known.country,
      listings,
    }
  })
}

function listingsOf(
  known: KnownCustomer,
  vendor: VendorName,
  number: number,
  place: number,
  { count, seed }: Required<CustomersOptions>,
): Listing[] {
  const random = randomOf(seed, vendor, number)
  const isKnown = number <= knownCustomers.length
  const written = known.written?.[vendor] ?? [spell(known, vendor, isKnown, random)]
  const entries = [...written]
  const [first] = entries
  if (!isKnown && first && random.chance(missingShare[vendor])) entries.length = 0
  else if (!isKnown && first && random.chance(twiceShare[vendor])) entries.push([`${first[0]} (old)`, 'second_entry'])
  return entries.map(([name, spelling], index) => ({ id: idOf(vendor, place + index * count, random), name, spelling }))
}

function idOf(vendor: VendorName, place: number, random: { uuid(): string }): string {
  if (vendor === 'microsoft_graph') return random.uuid()
  const { first, step } = ids[vendor]
  return String(first + place * step)
}

/** In which order a vendor got its customers: a shuffle of its own. HaloPSA has them by number. */
function placesOf(vendor: VendorName, count: number, seed: number): number[] {
  const places = Array.from({ length: count }, (_, index) => index)
  if (vendor === 'halopsa') return places
  const random = randomOf(seed, vendor, 'order')
  for (let index = count - 1; index > 0; index -= 1) {
    const other = random.whole(0, index)
    const [left = 0, right = 0] = [places[index], places[other]]
    places[index] = right
    places[other] = left
  }
  return places
}
