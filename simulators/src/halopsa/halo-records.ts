import type { JsonObject } from '@crosswalk/sdk'
import type { Customer } from '../customers/customer.ts'
import { devicesOf, peopleOf, sitesOf, ticketsOf } from '../customers/possessions.ts'
import { randomOf } from '../customers/random.ts'

/** A client as HaloPSA keeps it. `customer` is null for one that is no customer any more. */
export type HaloClientRecord = { id: number; name: string; isInactive: boolean; customer: Customer | null }

/** A ticket, and the notes on it. */
export type HaloTicketRecord = {
  id: number
  clientId: number
  siteId: number
  userId: number
  assetIds: readonly number[]
  summary: string
  details: string
  statusId: number
  ticketTypeId: number
  priorityId: number
  source: number
  agentId: number
  occurredAt: Date
  notes: readonly { id: number; note: string; outcomeId: number; isHidden: boolean; at: Date }[]
}

export const closedStatusId = 9
const statusNames: Record<number, string> = { 1: 'New', 2: 'In Progress', 3: 'Action Required', [closedStatusId]: 'Closed' }
const perClient = 100
const ageMs = 24 * 60 * 60 * 1_000

/** Ids of what a client has: its own, two digits behind it. */
export const ownId = (clientId: number, number: number) => clientId * perClient + number
/** The client that such an id belongs to. */
export const clientIdOf = (id: number) => Math.floor(id / perClient)

/** What stands in a list of clients: no field beyond those of the vendor's description. */
export function listedClient({ id, name, isInactive, customer }: HaloClientRecord, seed: number): JsonObject {
  const random = randomOf(seed, 'halo client', id)
  return {
    id,
    name,
    toplevel_id: 12,
    toplevel_name: 'Customers',
    inactive: isInactive,
    colour: '#a5b4fc',
    ref: `C-${String(id).padStart(5, '0')}`,
    website: customer && random.chance(0.8) ? customer.website : '',
    itglue_id: customer && random.chance(0.4) ? String(4_000_000 + id) : '',
    azure_tenant_id: '',
    is_vip: random.chance(0.1),
    main_site_id: ownId(id, 1),
    key: id,
    table: 1,
    use: 'client',
  }
}

/** One client with its details. */
export function detailedClient(record: HaloClientRecord, seed: number): JsonObject {
  const { id, customer } = record
  const random = randomOf(seed, 'halo details', id)
  const ninja = customer?.listings.ninjaone[0]?.id
  return {
    ...listedClient(record, seed),
    domain: customer?.domains.join(',') ?? '',
    trading_name: customer?.formerName ?? '',
    accountsemailaddress: customer ? `accounts@${customer.domains[0]}` : '',
    ninjarmmid: ninja !== undefined && random.chance(0.5) ? Number(ninja) : 0,
    connectwiseid: 0,
    autotaskid: 0,
    datto_id: '',
    hudu_url: '',
  }
}

/** What HaloPSA knows of Microsoft tenants: most customers' first one, and where it is one, a second. */
export function tenantMappings(records: readonly HaloClientRecord[], seed: number): JsonObject[] {
  return records.flatMap(({ id, name, customer }) => {
    if (!customer || !randomOf(seed, 'halo tenant', id).chance(0.85)) return []
    return customer.listings.microsoft_graph.map((tenant, index) => ({
      id: id * 10 + index,
      client_id: id,
      client_name: name,
      azure_tenant_id: tenant.id,
      azure_tenant_name: tenant.name,
      azure_tenant_domain: customer.domains[index] ?? customer.domains[0] ?? '',
    }))
  })
}

export function listedSites({ id, name, customer }: HaloClientRecord, seed: number): JsonObject[] {
  if (!customer) return []
  return sitesOf(customer, seed).map((site) => ({
    id: ownId(id, site.number),
    name: site.name,
    client_id: id,
    client_name: name,
    clientsite_name: `${name} - ${site.name}`,
    inactive: false,
    phonenumber: site.phone,
    delivery_address_line1: site.street,
    delivery_address_line3: site.town,
    delivery_address_line5: site.postcode,
    country_code_name: site.country,
  }))
}

export function listedUsers({ id, name, customer }: HaloClientRecord, seed: number): JsonObject[] {
  if (!customer) return []
  const general = {
    ...{ id: ownId(id, 99), name: 'General User', site_id: ownId(id, 1), site_name: 'Head Office', client_id: id, client_name: name },
    ...{
      firstname: 'General',
      surname: 'User',
      emailaddress: '',
      phonenumber: '',
      inactive: false,
      azureoid: '',
      key: ownId(id, 99),
      table: 3,
    },
  }
  const people = peopleOf(customer, seed).map((person) => ({
    id: ownId(id, person.number),
    name: `${person.firstName} ${person.lastName}`,
    site_id: ownId(id, 1),
    site_name: 'Head Office',
    client_id: id,
    client_name: name,
    firstname: person.firstName,
    surname: person.lastName,
    emailaddress: person.email,
    phonenumber: person.phone,
    inactive: !person.isEnabled,
    azureoid: person.azureObjectId,
    key: ownId(id, person.number),
    table: 3,
  }))
  return [...people, general]
}

export function listedAssets({ id, name, customer }: HaloClientRecord, seed: number): JsonObject[] {
  if (!customer) return []
  return devicesOf(customer, seed)
    .filter(({ isInHalo }) => isInHalo)
    .map((device) => ({
      id: ownId(id, device.number),
      inventory_number: device.name,
      key_field: device.name,
      key_field2: device.serial,
      client_id: id,
      client_name: name,
      site_id: ownId(id, 1),
      site_name: 'Head Office',
      assettype_id: device.kind === 'server' ? 2 : 1,
      assettype_name: device.kind === 'server' ? 'Server' : 'Workstation',
      inactive: false,
      username: '',
    }))
}

/** The tickets that a client starts with. */
export function firstTickets({ id, customer }: HaloClientRecord, seed: number, startedAt: Date): HaloTicketRecord[] {
  if (!customer) return []
  return ticketsOf(customer, seed).map((ticket) => ({
    id: ownId(id, ticket.number),
    clientId: id,
    siteId: ownId(id, 1),
    userId: ownId(id, ticket.personNumber),
    assetIds: [],
    summary: ticket.summary,
    details: ticket.details,
    statusId: ticket.isOpen ? 2 : closedStatusId,
    ticketTypeId: 1,
    priorityId: 3,
    source: 0,
    agentId: 3,
    occurredAt: new Date(startedAt.getTime() - ticket.daysAgo * ageMs),
    notes: [],
  }))
}

/** What stands in a list of tickets. */
export function listedTicket(ticket: HaloTicketRecord, clientName: string): JsonObject {
  return {
    id: ticket.id,
    dateoccurred: ticket.occurredAt.toISOString(),
    summary: ticket.summary,
    details: ticket.details,
    status_id: ticket.statusId,
    tickettype_id: ticket.ticketTypeId,
    priority_id: ticket.priorityId,
    client_id: ticket.clientId,
    client_name: clientName,
    site_id: ticket.siteId,
    user_id: ticket.userId,
    agent_id: ticket.agentId,
    source: ticket.source,
    inactive: false,
    hasbeenclosed: ticket.statusId === closedStatusId,
  }
}

/** One ticket with its details. */
export function detailedTicket(ticket: HaloTicketRecord, client: HaloClientRecord | undefined, seed: number): JsonObject {
  return {
    ...listedTicket(ticket, client?.name ?? ''),
    user_name: client ? (listedUsers(client, seed).find(({ id }) => id === ticket.userId)?.name ?? '') : '',
    status_name: statusNames[ticket.statusId] ?? 'Other',
    assets: ticket.assetIds.map((id) => ({ id })),
  }
}

export const agents: readonly JsonObject[] = [
  { id: 3, name: 'Unassigned', team: '', isdisabled: false, email: '', is_agent: true },
  { id: 4, name: 'Robin Technician', team: '1st Line Support', isdisabled: false, email: 'robin@msp.example', is_agent: true },
  { id: 5, name: 'Alex Engineer', team: '2nd Line Support', isdisabled: false, email: 'alex@msp.example', is_agent: true },
  { id: 6, name: 'Crosswalk', team: '', isdisabled: false, email: '', is_agent: true, isapiagent: true },
]
