import type { Slice } from '../engine/slice.ts'

export const schedulesSlice = {
  name: 'schedules',
  holds: 'what runs on its own, and when',
  tables: { schedules: null },
  routes: async () => (await import('./schedules.routes.ts')).scheduleRoutes,
} satisfies Slice
