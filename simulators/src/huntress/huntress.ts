import { type CustomersOptions, createCustomers } from '../customers/customers.ts'
import { createRoster } from '../kit/roster.ts'
import { basicOf } from '../kit/tokens.ts'
import { startVendor, type Vendor, type VendorOptions } from '../kit/vendor.ts'
import { huntressRoutes, problem } from './huntress-routes.ts'
import { type HuntressOrganization, type HuntressState, huntressStateOf } from './huntress-state.ts'

export type HuntressOptions = VendorOptions & CustomersOptions & { apiKey?: string; apiSecret?: string }

/** `huntress_api_url` is its `url`. */
export type HuntressSimulator = Vendor<HuntressOrganization> & {
  readonly apiKey: string
  readonly apiSecret: string
  readonly state: HuntressState
}

/** Starts the API of Huntress with the customers' organizations, agents and incidents. */
export async function startHuntressSimulator(options: HuntressOptions = {}): Promise<HuntressSimulator> {
  const { seed = 1, apiKey = 'test-key', apiSecret = 'test-secret' } = options
  const state = huntressStateOf(createCustomers(options), seed)
  const organizations = createRoster(state.organizations)
  const vendor = await startVendor<never, HuntressOrganization>({
    options,
    organizations,
    // For the account as a whole. The vendor sends no Retry-After.
    limits: [{ requests: 60, perMs: 60_000 }],
    tokenLifetimeSeconds: 0,
    isForToken: () => false,
    refusals: {
      credentials: () => problem(401, 'Your request could not be authenticated'),
      permission: () => problem(404, 'The requested resource could not be found'),
      tooMany: () => problem(429, 'You have made too many requests'),
      failure: (status) => problem(status, 'An error has occurred'),
    },
    guard: (request) => {
      const given = basicOf(request)
      return given?.user === apiKey && given.password === apiSecret ? undefined : problem(401, 'Your request could not be authenticated')
    },
    routes: ({ page }) => huntressRoutes({ state, organizations, page, maxPageSize: options.maxPageSize ?? 500 }),
  })
  return Object.assign(vendor, { apiKey, apiSecret, state })
}
