import type { Slice } from '../engine/slice.ts'
import type { Database } from '../platform/database/database.ts'
import { mappedOrganizationRoutes } from './mapped-organizations.routes.ts'
import { mappingsOfAllRoutes } from './mappings-of-all.routes.ts'
import { testCauseRoutes } from './test-causes.routes.ts'

export const mappingListsSlice = {
  name: 'mapping-lists',
  holds: 'mappings of all organizations, with what discovery knows of them',
  tables: {},
  routes: (given: { db: Database }) => [...mappingsOfAllRoutes(given), ...testCauseRoutes(given), ...mappedOrganizationRoutes(given)],
} satisfies Slice
