import { listMappings } from '@crosswalk/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { everyPage } from './every-page.ts'

export const mappingsKey = (orgId: string) => ['mappings', orgId] as const

/** An organization's mappings, oldest first. */
export const mappingsOf = (orgId: string, isActiveOnly: boolean) =>
  queryOptions({
    queryKey: [...mappingsKey(orgId), isActiveOnly],
    queryFn: async ({ signal }) => {
      const activeOnly = isActiveOnly ? 'true' : 'false'
      const read = (cursor: string | undefined) =>
        listMappings(orgId, { activeOnly, limit: 200, ...(cursor ? { cursor } : {}) }, { signal })
      return (await everyPage(read, (page) => page.mappings, 2_000)).items
    },
    placeholderData: keepPreviousData,
  })
