import type { Slice } from '../engine/slice.ts'
import { budgetRetention } from './retention.queries.ts'

export const budgetsSlice = {
  name: 'budgets',
  holds: 'how often vendors may be asked',
  tables: { budgets: null, budget_spent: null, budget_workers: null, vendor_breakers: null },
  routes: async () => (await import('./vendors.routes.ts')).vendorRoutes,
  retention: budgetRetention,
} satisfies Slice
