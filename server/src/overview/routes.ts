import type { Route } from '../platform/http/http.ts'
import { attentionRoutes } from './attention.routes.ts'
import { healthRoutes } from './health.routes.ts'
import { organizationSummaryRoutes } from './organization-summaries.routes.ts'

export function overviewRoutes(given: Parameters<typeof healthRoutes>[0]): Route[] {
  return [...organizationSummaryRoutes(given), ...attentionRoutes(given), ...healthRoutes(given)]
}
