import type { Slice } from '../engine/slice.ts'

export const integrationsSlice = {
  name: 'integrations',
  holds: 'the catalogue of integrations',
  tables: {},
  routes: async () => (await import('./routes.ts')).catalogueRoutes,
} satisfies Slice
