import type { Route } from '../platform/http/http.ts'
import { organizationFieldRoutes } from './organization-fields.routes.ts'
import { organizationRoutes } from './organizations.routes.ts'

export function customerRoutes(given: Parameters<typeof organizationRoutes>[0]): Route[] {
  return [...organizationRoutes(given), ...organizationFieldRoutes(given)]
}
