import type { Database } from '../platform/database/database.ts'
import type { Route } from '../platform/http/http.ts'
import { integrationRoutes } from './integrations.routes.ts'
import { workspaceRoutes } from './workspace.routes.ts'

export function catalogueRoutes(given: { db: Database }): Route[] {
  return [...integrationRoutes(given), ...workspaceRoutes(given)]
}
