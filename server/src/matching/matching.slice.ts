import type { Slice } from '../engine/slice.ts'

export const matchingSlice = {
  name: 'matching',
  holds: 'who an unmapped organization is likely to be',
  tables: {},
  routes: async () => (await import('./matching.routes.ts')).matchingRoutes,
} satisfies Slice
