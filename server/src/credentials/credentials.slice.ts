import type { Slice } from '../engine/slice.ts'
import { httpRequests } from './http.durable.ts'
import { tokenRetention } from './tokens/retention.queries.ts'
import type { VendorCalls } from './vendor-calls.ts'

export const credentialsSlice = {
  name: 'credentials',
  holds: 'what names us to vendors: tokens, connections, tickets',
  tables: { vendor_tokens: null },
  requests: ({ vendorCalls }: { vendorCalls: VendorCalls | null }) => (vendorCalls ? httpRequests(vendorCalls) : []),
  retention: [tokenRetention],
} satisfies Slice
