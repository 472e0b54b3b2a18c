import type { KnownCustomer } from './known-customers.ts'
import type { LegalFormName } from './legal-forms.ts'
import type { Random } from './random.ts'

const places = [
  ...['Ashford', 'Birchwood', 'Carlton', 'Dovedale', 'Eastgate', 'Foxglove', 'Granby', 'Hawthorn', 'Inglewood', 'Jasper'],
  ...['Kingsway', 'Larkfield', 'Midtown', 'Newbridge', 'Orchard', 'Parkside', 'Queensbury', 'Redwood', 'Seaview', 'Thornton'],
  ...['Upland', 'Valley', 'Waterfront', 'Yewtree', 'Amber', 'Bay Street', 'Crown', 'Delta', 'Elmfield', 'Falcon', 'Garnet'],
] as const
const owners = [
  ...['Adler', 'Bianchi', 'Calloway', 'Dupont', 'Eriksen', 'Fischer', 'Gallagher', 'Hughes', 'Ivanov', 'Jansen', 'Keller'],
  ...['Lambert', 'Murphy', 'Nielsen', 'Osborne', 'Petrov', 'Quinn', 'Rinaldi', 'Schmidt', 'Turner', 'Ullman', 'Vance', 'Walsh'],
] as const
const trades = [
  ...['Accountants', 'Bakery', 'Builders', 'Chemicals', 'Clinic', 'Consulting', 'Dental', 'Design', 'Electrical', 'Estates', 'Farms'],
  ...['Fitness', 'Freight', 'Garage', 'Housing', 'Insurance', 'Joinery', 'Kitchens', 'Law', 'Logistics', 'Media', 'Metals', 'Optics'],
  ...['Packaging', 'Pharmacy', 'Plastics', 'Recruitment', 'Roofing', 'Schools', 'Security', 'Shipping', 'Tools', 'Travel', 'Vets'],
] as const
const towns: readonly (readonly [town: string, country: string, forms: readonly LegalFormName[]])[] = [
  ['London', 'United Kingdom', ['ltd', 'llp', 'plc']],
  ['Liverpool', 'United Kingdom', ['ltd', 'ltd', 'llp']],
  ['Belfast', 'United Kingdom', ['ltd']],
  ['Dublin', 'Ireland', ['ltd', 'none']],
  ['Chicago', 'United States', ['inc', 'llc']],
  ['Denver', 'United States', ['inc', 'llc']],
  ['Hamburg', 'Germany', ['gmbh']],
  ['Amsterdam', 'Netherlands', ['bv']],
  ['Melbourne', 'Australia', ['pty']],
  ['Nantes', 'France', ['sarl']],
]

const combinations = places.length * owners.length * trades.length

/**
 * The customer with this number, for those that are not written out: names are distinct for the first twenty thousand, and every
 * domain is.
 */
export function madeCustomer(number: number, random: Random): KnownCustomer {
  // A step that shares no factor with the number of combinations visits each once before it repeats.
  const index = (number * 7_919) % combinations
  const place = places[index % places.length] ?? ''
  const owner = owners[Math.floor(index / places.length) % owners.length] ?? ''
  const trade = trades[Math.floor(index / (places.length * owners.length)) % trades.length] ?? ''
  const name = `${place} ${owner} ${trade}`
  const [town, country, forms] = random.pick(towns)
  const domain = `${`${place}${owner}${trade}`.toLowerCase().replace(/[^a-z]/g, '')}${number > combinations ? number : ''}.example`
  const formerName = random.chance(0.05) ? `${owner} & ${random.pick(owners)} ${trade}` : undefined
  return { name, form: random.pick(forms), town, country, domains: [domain], ...(formerName ? { formerName } : {}) }
}
