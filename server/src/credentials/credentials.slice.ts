import type { Slice } from '../engine/slice.ts'
import { connectionRoutes } from './connections/connections.routes.ts'
import { startRetention } from './connections/retention.ts'
import { httpRequests } from './http.durable.ts'
import { tokenRetention } from './tokens/retention.queries.ts'
import type { VendorCalls } from './vendor-calls.ts'

export const credentialsSlice = {
  name: 'credentials',
  holds: 'what names us to vendors: tokens, connections, tickets',
  tables: { vendor_tokens: null, connections: null, connection_starts: null },
  routes: connectionRoutes,
  requests: ({ vendorCalls }: { vendorCalls: VendorCalls | null }) => (vendorCalls ? httpRequests(vendorCalls) : []),
  retention: [tokenRetention, startRetention],
} satisfies Slice
