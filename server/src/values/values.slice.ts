import type { Slice } from '../engine/slice.ts'
import type { Database } from '../platform/database/database.ts'
import { configRequests } from './config/config.durable.ts'
import { configRoutes } from './config/config.routes.ts'
import type { Keyring } from './secrets/keyring.ts'
import { secretRequests } from './secrets/secrets.durable.ts'
import { secretRoutes } from './secrets/secrets.routes.ts'

export const valuesSlice = {
  name: 'values',
  holds: 'secrets and config',
  tables: {
    secrets: 'Whether a key is set decides who is discovered and what is missing. The value is sealed.',
    config: 'Whether a key is set decides who is discovered and what is missing.',
    master_keys: null,
  },
  routes: (given: { db: Database; keyring: Keyring }) => [...secretRoutes(given), ...configRoutes(given)],
  requests: ({ keyring }: { keyring: Keyring }) => [...secretRequests(keyring), ...configRequests],
} satisfies Slice
