import type { Slice } from '../engine/slice.ts'
import { workflowEnd } from './workflow-end.ts'

export const workflowsSlice = {
  name: 'workflows',
  holds: 'the catalogue of workflows, and running one',
  tables: {},
  routes: async () => (await import('./workflows.routes.ts')).workflowRoutes,
  kinds: ['workflow'],
  ends: [workflowEnd],
} satisfies Slice
