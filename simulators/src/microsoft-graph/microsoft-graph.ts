import type { VendorHandler, VendorRequest, VendorRoutes } from '@crosswalk/sdk/testing'
import { type CustomersOptions, createCustomers } from '../customers/customers.ts'
import { createRoster } from '../kit/roster.ts'
import { startVendor, type Vendor, type VendorOptions, type VendorParts } from '../kit/vendor.ts'
import { deniedByRoles, graphError, invalidToken, noSuchResource } from './graph-answers.ts'
import { type BatchChildren, createBatch } from './graph-batch.ts'
import { tenantControl } from './graph-control.ts'
import { directoryRoutes } from './graph-directory.ts'
import { groupRoutes } from './graph-groups.ts'
import { partnerRoutes } from './graph-partner.ts'
import { tenantsOf } from './graph-seed.ts'
import { newTenant, type Tenant } from './graph-tenants.ts'
import { answerToken, isForToken, type PartnerApp, type TokenOwner, wrongSecret } from './graph-tokens.ts'
import { userRoutes } from './graph-users.ts'
import type { ListDesk } from './odata-list.ts'

export type GraphOptions = VendorOptions & CustomersOptions & { app?: Partial<PartnerApp> }

/** The partner's own tenant, and what its app may do there. */
export type Partner = {
  readonly tenantId: string
  readonly tenant: Tenant
  /** Whether the app may list relationships without a user. Else it is 403, and a user's token has to do. */
  mayListAsApplication: boolean
}

/** Microsoft's login and Graph at one address: `microsoft_graph_login_url` and `microsoft_graph_api_url` are both its `url`. */
export type GraphSimulator = Vendor<Tenant> & {
  readonly app: PartnerApp
  readonly partner: Partner
  /** Makes children of `$batch` fail on their own. */
  readonly batchChildren: BatchChildren
}

const testApp: PartnerApp = {
  clientId: '8e1d907c-94a0-4f76-a312-8b97e523f354',
  clientSecret: 'test-client-secret',
  refreshToken: 'test-refresh-token',
}
/** The partner's own tenant. */
export const partnerTenantId = '0f5b1c3a-6d1e-4b7a-9c55-2f9a3d7e1b04'

/** Starts the login and Graph with the tenants of the customers, and the partner's own. */
export async function startGraphSimulator(options: GraphOptions = {}): Promise<GraphSimulator> {
  const { seed = 1, now = () => new Date() } = options
  const app = { ...testApp, ...options.app }
  const organizations = createRoster(tenantsOf(createCustomers(options), now(), seed))
  const partner: Partner = {
    tenantId: partnerTenantId,
    tenant: newTenant({
      id: partnerTenantId,
      name: 'Northwind Managed Services',
      domains: ['northwind-msp.example', 'northwindmsp.onmicrosoft.com'],
    }),
    mayListAsApplication: true,
  }
  const { answerBatch, children } = createBatch()
  const tenantOf = (reference: string): Tenant | undefined => {
    if (reference === partnerTenantId || partner.tenant.domains.includes(reference)) return partner.tenant
    return organizations.find(reference) ?? organizations.list().find(({ domains }) => domains.includes(reference))
  }
  const vendor = await startVendor<TokenOwner, Tenant>({
    options,
    organizations,
    limits: [{ requests: 2_000, perMs: 1_000 }],
    tokenLifetimeSeconds: 3_599,
    isForToken,
    refusals: {
      credentials: (request) => (isForToken(request) ? wrongSecret(app.clientId) : invalidToken('Signature is invalid.')),
      permission: deniedByRoles,
      tooMany: (waitMs) => graphError(429, 'TooManyRequests', 'Too many requests.', { 'retry-after': String(Math.ceil(waitMs / 1_000)) }),
      failure: (status) => graphError(status, 'serviceNotAvailable', 'The service is temporarily unavailable.'),
    },
    guard: (request, owner) => {
      if (!owner) return invalidToken('Lifetime validation failed, the token is expired.')
      const tenant = tenantOf(owner.tenantId)
      if (!tenant) return invalidToken('The tenant of the token does not exist.')
      return isDenied(request, owner, tenant, partner) ? deniedByRoles() : undefined
    },
    control: tenantControl((id) => organizations.find(id)),
    routes: (parts) => ({
      ...routesOf(parts, { tenantOf, list: () => organizations.list(), maxPageSize: options.maxPageSize ?? 1_000 }),
      'POST /:tenant/oauth2/v2.0/token': (request) =>
        answerToken(request, { app, tenantOf, issue: parts.issue, lifetimeSeconds: parts.tokens.lifetimeSeconds }),
      'POST /v1.0/$batch': (request) => answerBatch(request, originOf(request)),
    }),
  })
  return Object.assign(vendor, { app, partner, batchChildren: children })
}

type World = { tenantOf: (reference: string) => Tenant | undefined; list: () => readonly Tenant[]; maxPageSize: number }

function routesOf({ tokens, page }: VendorParts<TokenOwner>, { tenantOf, list, maxPageSize }: World): VendorRoutes {
  const deskOf = (request: VendorRequest): ListDesk => ({ origin: originOf(request), maxPageSize, cut: page })
  const ofTenant: [string, VendorHandler][] = Object.entries({ ...userRoutes, ...groupRoutes, ...directoryRoutes }).map(
    ([route, handle]) => [
      route,
      (request) => {
        const tenant = tenantOf(tokens.find(request)?.tenantId ?? '')
        return tenant ? handle(tenant, request, deskOf(request)) : noSuchResource(request.path)
      },
    ],
  )
  const ofPartner: [string, VendorHandler][] = Object.entries(partnerRoutes).map(([route, handle]) => [
    route,
    (request) => handle(list(), request, deskOf(request)),
  ])
  return Object.fromEntries([...ofTenant, ...ofPartner])
}

/** Whether the roles of a token do not reach as far as what it is shown for. */
function isDenied({ path }: VendorRequest, { kind, tenantId }: TokenOwner, tenant: Tenant, partner: Partner): boolean {
  const isForPartner = path.startsWith('/v1.0/tenantRelationships') || path === '/v1.0/contracts'
  if (isForPartner)
    return tenantId !== partner.tenantId || (kind === 'application' && path !== '/v1.0/contracts' && !partner.mayListAsApplication)
  if (tenantId === partner.tenantId) return false
  if (kind === 'application') return tenant.application === 'without_roles'
  return !tenant.relationships.some(({ status }) => status === 'active')
}

function originOf({ headers }: VendorRequest): string {
  return `http://${headers.host}`
}
