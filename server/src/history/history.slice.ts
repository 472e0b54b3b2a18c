import type { Slice } from '../engine/slice.ts'

export const historySlice = {
  name: 'history',
  holds: 'executions, logs and figures, over HTTP',
  tables: {},
  routes: async () => (await import('./routes.ts')).historyRoutes,
} satisfies Slice
