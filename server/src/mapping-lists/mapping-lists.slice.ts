import type { Slice } from '../engine/slice.ts'

export const mappingListsSlice = {
  name: 'mapping-lists',
  holds: 'mappings of all organizations, with what discovery knows of them',
  tables: {},
  routes: async () => (await import('./routes.ts')).mappingListRoutes,
} satisfies Slice
