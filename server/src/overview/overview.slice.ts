import type { Slice } from '../engine/slice.ts'
import { attentionRoutes } from './attention.routes.ts'
import { healthRoutes } from './health.routes.ts'
import { organizationSummaryRoutes } from './organization-summaries.routes.ts'

type Given = Parameters<typeof healthRoutes>[0]

export const overviewSlice = {
  name: 'overview',
  holds: 'what needs attention; health',
  tables: {},
  routes: (given: Given) => [...organizationSummaryRoutes(given), ...attentionRoutes(given), ...healthRoutes(given)],
} satisfies Slice
