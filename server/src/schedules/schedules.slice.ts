import type { Slice } from '../engine/slice.ts'
import { scheduleRoutes } from './schedules.routes.ts'

export const schedulesSlice = {
  name: 'schedules',
  holds: 'what runs on its own, and when',
  tables: { schedules: null },
  routes: scheduleRoutes,
} satisfies Slice
