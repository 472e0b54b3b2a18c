import type { Slice } from '../engine/slice.ts'
import { exchangeRoutes } from './exchanges.routes.ts'
import { exchangeRetention } from './retention.queries.ts'

export const exchangesSlice = {
  name: 'exchanges',
  holds: 'what executions asked of vendors',
  tables: { execution_exchanges: null, vendor_traffic: null },
  routes: exchangeRoutes,
  retention: exchangeRetention,
} satisfies Slice
