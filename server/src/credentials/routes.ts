import type { Route } from '../platform/http/http.ts'
import { connectionRoutes } from './connections/connections.routes.ts'
import { linkRoutes } from './connections/links.routes.ts'

export function credentialRoutes(given: Parameters<typeof connectionRoutes>[0]): Route[] {
  return [...connectionRoutes(given), ...linkRoutes(given)]
}
