import type { Slice } from '../engine/slice.ts'
import { matchingRoutes } from './matching.routes.ts'

export const matchingSlice = {
  name: 'matching',
  holds: 'who an unmapped organization is likely to be',
  tables: {},
  routes: matchingRoutes,
} satisfies Slice
