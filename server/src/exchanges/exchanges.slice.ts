import type { Slice } from '../engine/slice.ts'
import { exchangeRetention } from './retention.queries.ts'

export const exchangesSlice = {
  name: 'exchanges',
  holds: 'what executions asked of vendors',
  tables: { execution_exchanges: null, vendor_traffic: null },
  routes: async () => (await import('./exchanges.routes.ts')).exchangeRoutes,
  retention: exchangeRetention,
} satisfies Slice
