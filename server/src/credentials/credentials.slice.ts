import type { Slice } from '../engine/slice.ts'
import { startRetention } from './connections/retention.ts'
import { httpRequests } from './http.durable.ts'
import { renewalRetention } from './tokens/renewals.queries.ts'
import { tokenRetention } from './tokens/retention.queries.ts'
import type { VendorCalls } from './vendor-calls.ts'

export const credentialsSlice = {
  name: 'credentials',
  holds: 'what names us to vendors: tokens, connections, tickets',
  tables: { vendor_tokens: null, connections: null, connection_starts: null, token_renewals: null },
  routes: async () => (await import('./routes.ts')).credentialRoutes,
  requests: ({ vendorCalls }: { vendorCalls: VendorCalls | null }) => httpRequests(vendorCalls),
  retention: [tokenRetention, renewalRetention, startRetention],
} satisfies Slice
