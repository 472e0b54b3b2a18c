import { randomUUID } from 'node:crypto'
import type { JsonObject } from '@crosswalk/sdk'
import { answer, type VendorAnswer, type VendorRequest, type VendorRoutes } from '@crosswalk/sdk/testing'
import { type CustomersOptions, createCustomers } from '../customers/customers.ts'
import { devicesOf } from '../customers/possessions.ts'
import { startAfter, wholeOf } from '../kit/pages.ts'
import { createRoster } from '../kit/roster.ts'
import { formOf } from '../kit/tokens.ts'
import { type Refusals, startVendor, type Vendor, type VendorOptions, type VendorParts } from '../kit/vendor.ts'
import {
  detailedDevice,
  detailedOrganization,
  listedAlerts,
  listedDevices,
  listedEndUsers,
  listedLocations,
  listedOrganization,
  type NinjaOrganizationRecord,
  organizationIdOf,
} from './ninja-records.ts'

export type NinjaOptions = VendorOptions &
  CustomersOptions & {
    /** Default `ninja-client-id` and `ninja-client-secret`. */
    clientId?: string
    clientSecret?: string
  }

/** A running NinjaOne. */
export type NinjaSimulator = Vendor<NinjaOrganizationRecord> & { readonly clientId: string; readonly clientSecret: string }

type Listed = JsonObject & { id: number }

/** Below the 1,000 that are asked for, so that a page which is short says nothing. */
const defaultMaxPageSize = 100
const defaultPageSize = 100

const refused = (status: number, resultCode: string, errorMessage: string) =>
  answer(status, { resultCode, errorMessage, incidentId: randomUUID() })

const refusals: Refusals = {
  credentials: ({ path }) =>
    path === '/ws/oauth/token'
      ? answer(401, { error: 'invalid_client' })
      : refused(401, 'UNAUTHORIZED', 'The access token is invalid or has expired.'),
  permission: ({ path }) =>
    path === '/ws/oauth/token'
      ? answer(400, { error: 'unauthorized_client' })
      : refused(403, 'FORBIDDEN', 'The client app may not do this.'),
  tooMany: () => refused(429, 'TOO_MANY_REQUESTS', 'Too many requests.'),
  failure: (status) => refused(status, 'FAILURE', 'An unexpected error occurred.'),
}

const notFound = (errorMessage: string) => refused(404, 'NOT_FOUND', errorMessage)

/** Starts a NinjaOne with the customers: a token by client credentials, and lists that continue after the last id. */
export async function startNinjaSimulator(options: NinjaOptions = {}): Promise<NinjaSimulator> {
  const { clientId = 'ninja-client-id', clientSecret = 'ninja-client-secret', seed = 1, maxPageSize = defaultMaxPageSize } = options
  const organizations = createRoster<NinjaOrganizationRecord>(
    createCustomers(options).flatMap((customer) =>
      customer.listings.ninjaone.map(({ id, name }, index) => ({ id: Number(id), name, customer, isSecondEntry: index > 0 })),
    ),
  )

  function token(request: VendorRequest, issue: VendorParts<'all'>['issue'], lifetimeSeconds: number): VendorAnswer {
    const form = formOf(request)
    if (form.get('grant_type') !== 'client_credentials') return answer(400, { error: 'unsupported_grant_type' })
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) return refusals.credentials(request)
    if (!form.get('scope')?.includes('monitoring')) return answer(400, { error: 'invalid_scope' })
    return answer(200, { access_token: issue('all'), expires_in: lifetimeSeconds, scope: form.get('scope'), token_type: 'Bearer' })
  }

  const routes = ({ issue, page, tokens, now }: VendorParts<'all'>): VendorRoutes => {
    const nowSeconds = () => Math.floor(now().getTime() / 1_000)
    const devicesIn = (organization: NinjaOrganizationRecord) => listedDevices(organization, seed, nowSeconds())
    const paged = (request: VendorRequest, all: readonly Listed[]) => {
      const size = Math.min(wholeOf(request, 'pageSize') ?? defaultPageSize, maxPageSize)
      if (size < 1) return refused(400, 'BAD_REQUEST', 'pageSize must be positive.')
      return answer(200, [...page(request, all, { start: startAfter(all, wholeOf(request, 'after') ?? 0), size }).items])
    }
    const within = (request: VendorRequest, make: (organization: NinjaOrganizationRecord) => VendorAnswer | JsonObject) => {
      const found = organizations.find(request.params.id ?? '')
      return found ? make(found) : notFound(`Organization with id ${request.params.id} not found.`)
    }
    const allDevices = () => organizations.list().flatMap(devicesIn)
    return {
      'POST /ws/oauth/token': (request) => token(request, issue, tokens.lifetimeSeconds),
      'GET /v2/organizations': (request) =>
        paged(
          request,
          organizations.list().map((organization) => ({ ...listedOrganization(organization), id: organization.id })),
        ),
      'GET /v2/organization/:id': (request) => within(request, (organization) => detailedOrganization(organization, seed)),
      'GET /v2/organization/:id/devices': (request) => within(request, (organization) => paged(request, devicesIn(organization))),
      'GET /v2/organization/:id/locations': (request) =>
        within(request, (organization) => answer(200, listedLocations(organization, seed))),
      'GET /v2/organization/:id/end-users': (request) => within(request, (organization) => answer(200, listedEndUsers(organization, seed))),
      'GET /v2/devices': (request) => paged(request, filtered(request, allDevices())),
      'GET /v2/device/:id': ({ params }) => {
        const id = Number(params.id)
        const organization = organizations.find(organizationIdOf(id))
        const listed = organization && devicesIn(organization).find((device) => device.id === id)
        const device = organization && devicesOf(organization.customer, seed).find(({ number }) => number === id % 1_000)
        return listed && device ? detailedDevice(listed, device) : notFound(`Device with id ${params.id} not found.`)
      },
      'GET /v2/alerts': (request) => answer(200, listedAlerts(filtered(request, allDevices()), seed)),
    }
  }

  const vendor = await startVendor<'all', NinjaOrganizationRecord>({
    options,
    organizations,
    // The vendor publishes none.
    limits: [],
    tokenLifetimeSeconds: 3_600,
    isForToken: ({ path }) => path === '/ws/oauth/token',
    refusals,
    routes,
    guard: (request, subject) => (subject ? undefined : refusals.credentials(request)),
  })
  return { ...vendor, clientId, clientSecret }
}

/** The one device filter that is understood: `org = 5`. */
function filtered({ query }: VendorRequest, devices: readonly Listed[]): readonly Listed[] {
  const organization = /^\s*org\s*=\s*(\d+)\s*$/.exec(query.get('df') ?? '')?.[1]
  return organization === undefined ? devices : devices.filter(({ organizationId }) => organizationId === Number(organization))
}
