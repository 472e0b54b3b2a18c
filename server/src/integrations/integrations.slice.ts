import type { Slice } from '../engine/slice.ts'
import type { Database } from '../platform/database/database.ts'
import { integrationRoutes } from './integrations.routes.ts'
import { workspaceRoutes } from './workspace.routes.ts'

export const integrationsSlice = {
  name: 'integrations',
  holds: 'the catalogue of integrations',
  tables: {},
  routes: (given: { db: Database }) => [...integrationRoutes(given), ...workspaceRoutes(given)],
} satisfies Slice
