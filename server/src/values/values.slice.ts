import type { Slice } from '../engine/slice.ts'
import { configRequests } from './config/config.durable.ts'
import type { Keyring } from './secrets/keyring.ts'
import { readsRetention } from './secrets/retention.queries.ts'
import { type AdmitGlobal, secretRequests } from './secrets/secrets.durable.ts'

export const valuesSlice = {
  name: 'values',
  holds: 'secrets and config',
  tables: {
    secrets: 'Whether a key is set decides who is discovered and what is missing. The value is sealed.',
    config: 'Whether a key is set decides who is discovered and what is missing.',
    master_keys: null,
    secret_reads: null,
    replaced_secrets: null,
    platform_secrets: null,
    vault_removals: null,
  },
  routes: async () => (await import('./routes.ts')).valueRoutes,
  requests: ({ keyring, admitGlobalSecret }: { keyring: Keyring; admitGlobalSecret: AdmitGlobal }) => [
    ...secretRequests(keyring, admitGlobalSecret),
    ...configRequests,
  ],
  retention: readsRetention,
} satisfies Slice
