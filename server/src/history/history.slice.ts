import type { Slice } from '../engine/slice.ts'
import { causeRoutes } from './causes.routes.ts'
import { executionRoutes } from './executions.routes.ts'
import { statisticsRoutes } from './statistics.routes.ts'

type Given = Parameters<typeof executionRoutes>[0]

export const historySlice = {
  name: 'history',
  holds: 'executions, logs and figures, over HTTP',
  tables: {},
  routes: (given: Given) => [...executionRoutes(given), ...statisticsRoutes({ db: given.db }), ...causeRoutes(given)],
} satisfies Slice
