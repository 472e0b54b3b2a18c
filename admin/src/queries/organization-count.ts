import { listOrganizations } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'
import { organizationsKey } from './organizations.ts'

/** How many organizations are active. */
export const activeOrganizationCount = queryOptions({
  queryKey: [...organizationsKey, 'active count'],
  queryFn: async ({ signal }) => (await listOrganizations({ is_active: 'true', limit: 1 }, { signal })).total,
  staleTime: 30_000,
})
