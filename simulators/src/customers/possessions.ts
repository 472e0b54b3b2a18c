import type { Customer, Device, Person, Site, Ticket } from './customer.ts'
import { type Random, randomOf } from './random.ts'
import { abbreviated } from './spellings.ts'

const firstNames = [
  ...['Ada', 'Bruno', 'Chiara', 'Dmitri', 'Elif', 'Farid', 'Greta', 'Hiro', 'Ines', 'Jonas', 'Kavya', 'Liam', 'Maya', 'Noah', 'Olive'],
  ...['Priya', 'Quentin', 'Rosa', 'Samuel', 'Tess', 'Uma', 'Victor', 'Wendy', 'Xavier', 'Yara', 'Zoe'],
]
const lastNames = [
  ...['Moreau', 'Silva', 'Rossi', 'Novak', 'Yilmaz', 'Haddad', 'Berg', 'Tanaka', 'Costa', 'Weber', 'Iyer', 'Okafor', 'Lind', 'Byrne'],
  ...['Carter', 'Doyle', 'Evans', 'Foster', 'Grant', 'Hill', 'Irving', 'Jones', 'Khan', 'Lewis', 'Mason', 'Nolan', 'Owens', 'Price'],
]
const jobs: readonly (readonly [title: string, department: string])[] = [
  ['Managing Director', 'Management'],
  ['Office Manager', 'Administration'],
  ['Bookkeeper', 'Finance'],
  ['Sales Executive', 'Sales'],
  ['Operations Lead', 'Operations'],
  ['Receptionist', 'Administration'],
  ['Engineer', 'Operations'],
  ['Marketing Assistant', 'Sales'],
]
const streets = ['High Street', 'Station Road', 'Mill Lane', 'Church Street', 'Park Avenue', 'Victoria Road', 'Quay Street', 'Market Place']
const models = {
  laptop: [
    ['Dell', 'Latitude 5450'],
    ['Lenovo', 'ThinkPad T14'],
    ['HP', 'EliteBook 840'],
  ],
  desktop: [
    ['Dell', 'OptiPlex 7020'],
    ['HP', 'ProDesk 400'],
  ],
  server: [
    ['Dell', 'PowerEdge R450'],
    ['HPE', 'ProLiant DL360'],
  ],
  mac: [['Apple', 'MacBook Pro 14']],
} as const
const systems = { laptop: 'Windows 11 Pro', desktop: 'Windows 11 Pro', server: 'Windows Server 2022', mac: 'macOS 15' } as const
const letters = { laptop: 'LT', desktop: 'PC', server: 'SRV', mac: 'MAC' } as const
const complaints: readonly (readonly [summary: string, details: string])[] = [
  ['Outlook asks for the password again and again', 'Started this morning after the password was changed.'],
  ['Printer on the first floor is offline', 'Nobody can print. The display shows an error.'],
  ['New starter on Monday', 'Please set up an account and a laptop.'],
  ['VPN drops every few minutes', 'Only at home, over Wi-Fi.'],
  ['Shared drive is full', 'Files cannot be saved any more.'],
]

/** One to three sites, the head office first. The same each time. */
export function sitesOf(customer: Customer, seed = 1): Site[] {
  const random = randomOf(seed, 'sites', customer.number)
  return Array.from({ length: random.pick([1, 1, 1, 2, 2, 3]) }, (_, index) => ({
    number: index + 1,
    name: index === 0 ? 'Head Office' : `Branch ${index}`,
    street: `${random.whole(1, 180)} ${random.pick(streets)}`,
    postcode: random.code(6),
    town: customer.town,
    country: customer.country,
    phone: phone(random),
  }))
}

/** Three to fourteen people, each with a mail address of their own. The same each time. */
export function peopleOf(customer: Customer, seed = 1): Person[] {
  const random = randomOf(seed, 'people', customer.number)
  const taken = new Set<string>()
  return Array.from({ length: random.whole(3, 14) }, (_, index) => {
    const [firstName, lastName] = [random.pick(firstNames), random.pick(lastNames)]
    const mailbox = `${firstName}.${lastName}`.toLowerCase()
    const unique = taken.has(mailbox) ? `${mailbox}${index + 1}` : mailbox
    taken.add(unique)
    const [jobTitle, department] = jobs[index % jobs.length] ?? ['Engineer', 'Operations']
    return {
      number: index + 1,
      firstName,
      lastName,
      email: `${unique}@${customer.domains[0]}`,
      jobTitle,
      department,
      phone: phone(random),
      azureObjectId: random.uuid(),
      isEnabled: index === 0 || !random.chance(0.08),
    }
  })
}

/** A computer for most people, and a server for every second customer. The same each time. */
export function devicesOf(customer: Customer, seed = 1): Device[] {
  const random = randomOf(seed, 'devices', customer.number)
  const prefix = abbreviated(customer.name).slice(0, 4).toUpperCase()
  const owners: (number | null)[] = peopleOf(customer, seed)
    .filter(() => random.chance(0.9))
    .map(({ number }) => number)
  if (random.chance(0.5)) owners.push(null)
  return owners.map((personNumber, index) => {
    const kind = personNumber === null ? 'server' : random.pick(['laptop', 'laptop', 'laptop', 'desktop', 'mac'] as const)
    const [maker, model] = random.pick<readonly [string, string]>(models[kind])
    return {
      number: index + 1,
      name: `${prefix}-${letters[kind]}-${String(index + 1).padStart(3, '0')}`,
      kind,
      serial: random.code(8),
      maker,
      model,
      operatingSystem: systems[kind],
      personNumber,
      isInHalo: !random.chance(0.12),
    }
  })
}

/** None to five tickets. The same each time. */
export function ticketsOf(customer: Customer, seed = 1): Ticket[] {
  const random = randomOf(seed, 'tickets', customer.number)
  const people = peopleOf(customer, seed).length
  return Array.from({ length: random.whole(0, 5) }, (_, index) => {
    const [summary, details] = random.pick(complaints)
    return {
      number: index + 1,
      summary,
      details,
      personNumber: random.whole(1, people),
      isOpen: random.chance(0.4),
      daysAgo: random.whole(0, 60),
    }
  })
}

/** Of the range that telephone regulators keep for examples. */
function phone(random: Random): string {
  return `+44 1632 960${String(random.whole(0, 999)).padStart(3, '0')}`
}
