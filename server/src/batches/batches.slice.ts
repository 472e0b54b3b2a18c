import type { Slice } from '../engine/slice.ts'
import { batchPauses } from './pauses.queries.ts'
import { batchRetention } from './retention.queries.ts'

export const batchesSlice = {
  name: 'batches',
  holds: 'one order for many organizations',
  tables: { batches: null, batch_items: null },
  routes: async () => (await import('./batches.routes.ts')).batchRoutes,
  retention: batchRetention,
  pauses: batchPauses,
} satisfies Slice
