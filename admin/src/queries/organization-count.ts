import { listOrganizations } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'
import { everyPage, given } from './every-page.ts'
import { organizationsKey } from './organizations.ts'

/** More than this are not counted. */
export const mostCounted = 1_000

/** How many organizations are active. */
export const activeOrganizationCount = queryOptions({
  queryKey: [...organizationsKey, 'active count'],
  queryFn: async ({ signal }) => {
    const read = (cursor: string | undefined) => listOrganizations({ is_active: 'true', ...given({ limit: 200, cursor }) }, { signal })
    const { items, isComplete } = await everyPage(read, (page) => page.organizations, mostCounted)
    return { count: items.length, isComplete }
  },
  staleTime: 30_000,
})
