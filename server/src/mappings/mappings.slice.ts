import type { Slice } from '../engine/slice.ts'
import { connectionTestEnd, mappingRequests } from './mappings.durable.ts'
import { followSharing } from './sharing.ts'
import { connectionTest } from './tests/connection-test-kind.ts'

export const mappingsSlice = {
  name: 'mappings',
  holds: 'which external organization an organization is',
  tables: { organization_mappings: 'Lists, counts and orders for many say by it who is mapped.' },
  routes: async () => (await import('./mappings.routes.ts')).mappingRoutes,
  kinds: [connectionTest],
  requests: () => mappingRequests,
  ends: [connectionTestEnd],
  onPublished: followSharing,
} satisfies Slice
