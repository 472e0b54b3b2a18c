import type { Slice } from '../platform/slice.ts'

export const organizationsSlice = {
  name: 'organizations',
  holds: 'the customers',
  tables: {
    organizations: 'Lists join it, to leave out what is of a deactivated organization and to sort and search by name.',
    organization_fields: null,
  },
  routes: async () => (await import('./routes.ts')).customerRoutes,
} satisfies Slice
