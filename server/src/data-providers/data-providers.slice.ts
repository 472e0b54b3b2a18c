import type { Slice } from '../engine/slice.ts'
import { dataProviderEnd } from './data-providers.durable.ts'
import { dataProviderRoutes } from './data-providers.routes.ts'
import { optionsRetention } from './retention.queries.ts'

export const dataProvidersSlice = {
  name: 'data-providers',
  holds: 'options for the fields of forms',
  tables: { data_provider_cache: null },
  routes: dataProviderRoutes,
  kinds: ['data_provider'],
  ends: [dataProviderEnd],
  retention: optionsRetention,
} satisfies Slice
