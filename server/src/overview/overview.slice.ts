import type { Slice } from '../engine/slice.ts'

export const overviewSlice = {
  name: 'overview',
  holds: 'what needs attention; health',
  tables: {},
  routes: async () => (await import('./routes.ts')).overviewRoutes,
} satisfies Slice
