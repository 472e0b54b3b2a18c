import type { JsonObject } from '@crosswalk/sdk'
import { answer, type VendorAnswer, type VendorRequest, type VendorRoutes } from '@crosswalk/sdk/testing'
import { type CustomersOptions, createCustomers } from '../customers/customers.ts'
import { wholeOf } from '../kit/pages.ts'
import { createRoster } from '../kit/roster.ts'
import { formOf } from '../kit/tokens.ts'
import { startVendor, type Vendor, type VendorOptions, type VendorParts } from '../kit/vendor.ts'
import { detailedInvoice, recurringInvoices } from './halo-invoices.ts'
import { haloPage, searchedUsers } from './halo-lists.ts'
import {
  agents,
  clientIdOf,
  detailedClient,
  type HaloClientRecord,
  type HaloTicketRecord,
  listedAssets,
  listedClient,
  listedSites,
  listedUsers,
  tenantMappings,
} from './halo-records.ts'
import { haloRefusals, notFound } from './halo-refusals.ts'
import { createHaloTickets } from './halo-tickets.ts'

export type HaloOptions = VendorOptions &
  CustomersOptions & {
    /** Default `halo-client-id` and `halo-client-secret`. */
    clientId?: string
    clientSecret?: string
    /** What the API application may not do: reading Microsoft tenants is a permission of its own. */
    mayNotReadTenants?: boolean
  }

/** A running HaloPSA. */
export type HaloSimulator = Vendor<HaloClientRecord> & {
  readonly clientId: string
  readonly clientSecret: string
  /** A ticket as it stands, with its notes. */
  findTicket(id: number): HaloTicketRecord | undefined
}

/** A client that left: inactive, and of no customer. Its id is below all others. */
export const formerClient: HaloClientRecord = { id: 11, name: 'Closed Down Bakery Ltd', isInactive: true, customer: null }

/** Fewer than asked for: seen on tickets, where 1,000 were asked and 100 given. */
const defaultMaxPageSize = 100
/** For the whole instance, all its users together. */
const limits = [{ requests: 300, perMs: 300_000 }]

/** Starts a HaloPSA with the customers: `GET /api/authinfo`, a token by client credentials, and the lists of its API. */
export async function startHaloSimulator(options: HaloOptions = {}): Promise<HaloSimulator> {
  const { clientId = 'halo-client-id', clientSecret = 'halo-client-secret', seed = 1, maxPageSize = defaultMaxPageSize } = options
  const records = createCustomers(options).flatMap((customer) =>
    customer.listings.halopsa.map(({ id, name }): HaloClientRecord => ({ id: Number(id), name, isInactive: false, customer })),
  )
  const clients = createRoster<HaloClientRecord>([formerClient, ...records])
  const now = options.now ?? (() => new Date())
  const tickets = createHaloTickets(clients, { seed, now })

  function token(request: VendorRequest, issue: VendorParts<'all'>['issue'], lifetimeSeconds: number): VendorAnswer {
    const form = formOf(request)
    if (form.get('grant_type') !== 'client_credentials') return answer(400, { error: 'unsupported_grant_type' })
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) return haloRefusals.credentials(request)
    return answer(200, { scope: 'all', token_type: 'Bearer', access_token: issue('all'), expires_in: lifetimeSeconds })
  }

  const routes = (parts: VendorParts<'all'>): VendorRoutes => {
    const paged = (request: VendorRequest, name: Parameters<typeof haloPage>[2], all: readonly JsonObject[]) =>
      haloPage(parts, request, name, all, maxPageSize)
    /** Of one client where it is named, else of all that are active. */
    const ofClients = (request: VendorRequest, make: (client: HaloClientRecord, seed: number) => JsonObject[]) => {
      const id = wholeOf(request, 'client_id')
      const asked = id === undefined ? clients.list() : [clients.find(id)].filter((client) => client !== undefined)
      return asked.flatMap((client) => make(client, seed))
    }
    return {
      'GET /api/authinfo': ({ headers }) => ({ auth_url: `http://${headers.host}/auth`, tenant_id: 'simulated' }),
      'POST /auth/token': (request) => token(request, parts.issue, parts.tokens.lifetimeSeconds),
      'GET /api/Client': (request) => paged(request, 'clients', listedClients(request, clients.list(), seed)),
      'GET /api/Client/:id': ({ params }) => {
        const found = clients.find(params.id ?? '')
        return found ? detailedClient(found, seed) : notFound(`Client ${params.id}`)
      },
      'GET /api/Site': (request) => paged(request, 'sites', ofClients(request, listedSites)),
      'GET /api/Users': (request) => {
        const found = searchedUsers(request, ofClients(request, listedUsers))
        return isList(found) ? paged(request, 'users', active(request, found)) : found
      },
      'GET /api/Asset': (request) => paged(request, 'assets', ofClients(request, listedAssets)),
      'GET /api/Tickets': (request) => paged(request, 'tickets', tickets.list(request, wholeOf(request, 'client_id'))),
      'GET /api/Tickets/:id': ({ params }) => tickets.one(Number(params.id)),
      'POST /api/Tickets': ({ body }) => tickets.save(body),
      'POST /api/Actions': ({ body }) => tickets.act(body),
      'GET /api/RecurringInvoice': (request) => paged(request, 'invoices', ofClients(request, recurringInvoices)),
      'GET /api/RecurringInvoice/:id': ({ params }) => {
        const client = clients.find(clientIdOf(Number(params.id)))
        return (client && detailedInvoice(client, Number(params.id), seed)) ?? notFound(`Invoice ${params.id}`)
      },
      'GET /api/Agent': () => [...agents],
      'GET /api/Agent/me': () => agents.at(-1) ?? {},
      'GET /api/AzureADConnection': (request) =>
        options.mayNotReadTenants
          ? haloRefusals.permission(request)
          : [{ id: 1, name: 'Microsoft CSP', type: 2, _exchangecodefortoken: false }],
      'GET /api/AzureADConnection/:id': (request) =>
        options.mayNotReadTenants
          ? haloRefusals.permission(request)
          : { id: 1, name: 'Microsoft CSP', type: 2, _exchangecodefortoken: false, mappings_client: tenantMappings(clients.list(), seed) },
    }
  }

  const vendor = await startVendor<'all', HaloClientRecord>({
    options,
    organizations: clients,
    limits,
    tokenLifetimeSeconds: 3_600,
    isForToken: ({ path }) => path === '/auth/token' || path === '/api/authinfo',
    refusals: haloRefusals,
    routes,
    guard: (request, subject) => (subject ? undefined : haloRefusals.credentials(request)),
  })
  return { ...vendor, clientId, clientSecret, findTicket: tickets.find }
}

/** Clients as they stand in lists, made once: thousands for each page would be slower than any client of the API. */
const madeClients = new WeakMap<HaloClientRecord, JsonObject>()

function listedClients({ query }: VendorRequest, all: readonly HaloClientRecord[], seed: number): JsonObject[] {
  const search = query.get('search')?.toLowerCase()
  const [hasActive, hasInactive] = [query.get('includeactive') !== 'false', query.get('includeinactive') === 'true']
  return all
    .filter(({ isInactive }) => (isInactive ? hasInactive : hasActive))
    .filter(({ name }) => !search || name.toLowerCase().includes(search))
    .map((client) => {
      const made = madeClients.get(client) ?? listedClient(client, seed)
      madeClients.set(client, made)
      return made
    })
}

function active({ query }: VendorRequest, users: readonly JsonObject[]): readonly JsonObject[] {
  return query.get('includeinactive') === 'true' ? users : users.filter(({ inactive }) => inactive !== true)
}

function isList(found: readonly JsonObject[] | VendorAnswer): found is readonly JsonObject[] {
  return Array.isArray(found)
}
