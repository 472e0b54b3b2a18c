import type { Slice } from '../engine/slice.ts'
import { budgetRetention } from './retention.queries.ts'
import { vendorRoutes } from './vendors.routes.ts'

export const budgetsSlice = {
  name: 'budgets',
  holds: 'how often vendors may be asked',
  tables: { budgets: null, budget_spent: null, budget_workers: null, vendor_breakers: null },
  routes: vendorRoutes,
  retention: budgetRetention,
} satisfies Slice
