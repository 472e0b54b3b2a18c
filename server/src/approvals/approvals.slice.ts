import type { Slice } from '../engine/slice.ts'
import { approvalRequests } from './approvals.durable.ts'
import { approvalRetention } from './retention.queries.ts'

export const approvalsSlice = {
  name: 'approvals',
  holds: 'what workflows ask of people',
  tables: { approvals: null },
  routes: async () => (await import('./approvals.routes.ts')).approvalRoutes,
  requests: () => approvalRequests,
  retention: approvalRetention,
} satisfies Slice
