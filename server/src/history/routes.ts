import type { Route } from '../platform/http/http.ts'
import { causeRoutes } from './causes.routes.ts'
import { executionRoutes } from './executions.routes.ts'
import { statisticsRoutes } from './statistics.routes.ts'

export function historyRoutes(given: Parameters<typeof executionRoutes>[0]): Route[] {
  return [...executionRoutes(given), ...statisticsRoutes({ db: given.db }), ...causeRoutes(given)]
}
