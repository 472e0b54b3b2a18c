import type { Database } from '../platform/database/database.ts'
import type { Route } from '../platform/http/http.ts'
import { configRoutes } from './config/config.routes.ts'
import type { Keyring } from './secrets/keyring.ts'
import { secretRoutes } from './secrets/secrets.routes.ts'

export function valueRoutes(given: { db: Database; keyring: Keyring }): Route[] {
  return [...secretRoutes(given), ...configRoutes(given)]
}
