import type { Slice } from '../engine/slice.ts'
import { workflowRoutes } from './workflows.routes.ts'

export const workflowsSlice = {
  name: 'workflows',
  holds: 'the catalogue of workflows, and running one',
  tables: {},
  routes: workflowRoutes,
  kinds: ['workflow'],
} satisfies Slice
