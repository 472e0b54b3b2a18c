import type { Slice } from '../engine/slice.ts'
import { discoveryEnd, discoveryRequests } from './discovery.durable.ts'
import { discoveryRetention } from './retention.queries.ts'

export const discoverySlice = {
  name: 'discovery',
  holds: 'what an outside system lists',
  tables: {
    external_organizations: 'A list of mappings says by it what is gone or renamed.',
    discovery_runs: 'The dashboard shows what failed last.',
    planned_discoveries: null,
  },
  routes: async () => (await import('./discovery.routes.ts')).discoveryRoutes,
  kinds: ['discovery'],
  requests: () => discoveryRequests,
  ends: [discoveryEnd],
  retention: discoveryRetention,
} satisfies Slice
