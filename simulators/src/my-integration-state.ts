/** An organization as this vendor keeps it. Its ids are numbers, as many vendors' are. */
export type VendorOrganization = { id: number; name: string; code: string; tier: 'standard' | 'premium' | 'enterprise' }

/** A user of an organization. */
export type VendorUser = { id: string; name: string; email: string }

/** What a test or the demo may do to the vendor's organizations, while it runs. */
export type OrganizationStore = {
  /** By id, ascending. */
  list(): readonly VendorOrganization[]
  find(id: string | number): (VendorOrganization & { updatedAt: Date }) | undefined
  /** The same users each time, two to five of them. */
  usersOf(organization: VendorOrganization): VendorUser[]
  /** Default code and tier are made up from the id; default id is the next free one. */
  add(organization: { name: string } & Partial<VendorOrganization>): VendorOrganization
  /** Adds `count` organizations with distinct names, the same ones on every machine. */
  generate(count: number): void
  /** @throws Error when there is none with that id. */
  rename(id: string | number, name: string): void
  /** @throws Error when there is none with that id. */
  remove(id: string | number): void
}

/** The two organizations of the quickstart. */
export const quickstartOrganizations: readonly VendorOrganization[] = [
  { id: 12345, name: 'Acme Corp', code: 'ACME001', tier: 'premium' },
  { id: 67890, name: 'Wayne Enterprises', code: 'WAYNE001', tier: 'enterprise' },
]

const firstGeneratedId = 100_001
const tiers = ['standard', 'premium', 'enterprise'] as const
const firstNames = ['Ada', 'Bruno', 'Chiara', 'Dmitri', 'Elif', 'Farid', 'Greta', 'Hiro', 'Ines', 'Jonas', 'Kavya']
const lastNames = ['Moreau', 'Silva', 'Rossi', 'Novak', 'Yılmaz', 'Haddad', 'Berg', 'Tanaka', 'Costa', 'Weber', 'Iyer', 'Okafor', 'Lind']
const places = [
  'Harbour',
  'Northgate',
  'Silver Lake',
  'Riverside',
  'Old Mill',
  'Summit',
  'Greenfield',
  'Stonebridge',
  'Westwood',
  'Bluestone',
  'Maple',
]
const trades = [
  'Dental',
  'Logistics',
  'Legal',
  'Foods',
  'Engineering',
  'Accounting',
  'Clinic',
  'Architects',
  'Motors',
  'Textiles',
  'Insurance',
  'Labs',
  'Schools',
]
const forms = ['Ltd', 'GmbH', 'Inc', 'SARL', 'Pty', 'AB', 'BV']

/** Keeps the organizations in memory. */
export function createOrganizationStore(initial: readonly VendorOrganization[], now: () => Date): OrganizationStore {
  const byId = new Map<number, VendorOrganization & { updatedAt: Date }>()
  // Sorted once per change and not once per page of a listing.
  let sorted: VendorOrganization[] | undefined

  const put = (organization: VendorOrganization) => {
    byId.set(organization.id, { ...organization, updatedAt: now() })
    sorted = undefined
    return organization
  }
  const find = (id: string | number) => byId.get(Number(id))
  const require = (id: string | number) => {
    const organization = find(id)
    if (!organization) throw new Error(`The simulated vendor has no organization ${id}.`)
    return organization
  }
  const add: OrganizationStore['add'] = ({ name, id = nextId(), code, tier }) =>
    put({ id, name, code: code ?? `ORG${id}`, tier: tier ?? at(tiers, id) })
  const nextId = () => {
    let id = firstGeneratedId + byId.size
    while (byId.has(id)) id += 1
    return id
  }

  for (const organization of initial) put(organization)
  return {
    list() {
      sorted ??= [...byId.values()].map(({ id, name, code, tier }) => ({ id, name, code, tier })).sort((a, b) => a.id - b.id)
      return sorted
    },
    find,
    usersOf: ({ id, code }) =>
      Array.from({ length: 2 + (id % 4) }, (_, index) => {
        const [first, last] = [at(firstNames, id + index * 3), at(lastNames, id + index * 5)]
        const mailbox = `${first}.${last}`.toLowerCase().replaceAll('ı', 'i')
        return { id: `${id}-${index + 1}`, name: `${first} ${last}`, email: `${mailbox}@${code.toLowerCase()}.example` }
      }),
    add,
    generate(count) {
      for (let made = 0; made < count; made += 1) {
        const id = nextId()
        // The lists have lengths without a common factor, so the combinations take long to repeat; the number makes them distinct.
        add({ id, name: `${at(places, id)} ${at(trades, id)} ${at(forms, id)} ${id - firstGeneratedId + 1}` })
      }
    },
    rename: (id, name) => void put({ ...pick(require(id)), name }),
    remove(id) {
      byId.delete(require(id).id)
      sorted = undefined
    },
  }
}

function pick({ id, name, code, tier }: VendorOrganization): VendorOrganization {
  return { id, name, code, tier }
}

function at<Item>(items: readonly [Item, ...Item[]] | readonly Item[], index: number): Item {
  const item = items[index % items.length]
  if (item === undefined) throw new Error('The list is empty.')
  return item
}
