import type { Slice } from '../platform/slice.ts'
import { organizationFieldRoutes } from './organization-fields.routes.ts'
import { organizationRoutes } from './organizations.routes.ts'

export const organizationsSlice = {
  name: 'organizations',
  holds: 'the customers',
  tables: {
    organizations: 'Lists join it, to leave out what is of a deactivated organization and to sort and search by name.',
    organization_fields: null,
  },
  routes: (given: Parameters<typeof organizationRoutes>[0]) => [...organizationRoutes(given), ...organizationFieldRoutes(given)],
} satisfies Slice
