import type { Slice } from '../engine/slice.ts'
import { dataProviderEnd } from './data-providers.durable.ts'
import { optionsRetention } from './retention.queries.ts'

export const dataProvidersSlice = {
  name: 'data-providers',
  holds: 'options for the fields of forms',
  tables: { data_provider_cache: null },
  routes: async () => (await import('./data-providers.routes.ts')).dataProviderRoutes,
  kinds: ['data_provider'],
  ends: [dataProviderEnd],
  retention: optionsRetention,
} satisfies Slice
