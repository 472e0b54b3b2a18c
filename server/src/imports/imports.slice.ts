import type { Slice } from '../platform/slice.ts'

export const importsSlice = {
  name: 'imports',
  holds: 'organizations from files',
  tables: {},
  routes: async () => (await import('./imports.routes.ts')).importRoutes,
} satisfies Slice
