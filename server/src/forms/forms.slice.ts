import type { Slice } from '../engine/slice.ts'

export const formsSlice = {
  name: 'forms',
  holds: 'workflows as those meet them to whom they are offered',
  tables: {},
  routes: async () => (await import('./forms.routes.ts')).formRoutes,
} satisfies Slice
