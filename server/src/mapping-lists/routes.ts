import type { Database } from '../platform/database/database.ts'
import type { Route } from '../platform/http/http.ts'
import { mappedOrganizationRoutes } from './mapped-organizations.routes.ts'
import { mappingsOfAllRoutes } from './mappings-of-all.routes.ts'
import { testCauseRoutes } from './test-causes.routes.ts'

export function mappingListRoutes(given: { db: Database }): Route[] {
  return [...mappingsOfAllRoutes(given), ...testCauseRoutes(given), ...mappedOrganizationRoutes(given)]
}
