import {
  countMappedOrganizations,
  type ListMappingsOfAllParams,
  listIntegrationOrganizations,
  listMappings,
  listMappingsOfAll,
} from '@crosswalk/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { everyPage, given } from './every-page.ts'

/** Everything that a change or a test of a mapping may change: of its organization, of its integration, and across all. */
export const mappingsKey = ['mappings'] as const

/** An organization's mappings, oldest first. */
export const mappingsOf = (orgId: string, isActiveOnly: boolean) =>
  queryOptions({
    queryKey: [...mappingsKey, 'of', orgId, isActiveOnly],
    queryFn: async ({ signal }) => {
      const activeOnly = isActiveOnly ? 'true' : 'false'
      const read = (cursor: string | undefined) =>
        listMappings(orgId, { activeOnly, limit: 200, ...(cursor ? { cursor } : {}) }, { signal })
      return (await everyPage(read, (page) => page.mappings, 2_000)).items
    },
    placeholderData: keepPreviousData,
  })

/** A page of the active mappings of all organizations, with what discovery knows of their external organizations. */
export const mappingsOfAll = (parameters: ListMappingsOfAllParams) =>
  queryOptions({
    queryKey: [...mappingsKey, 'all', parameters],
    queryFn: ({ signal }) => listMappingsOfAll(parameters, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })

/** For how many organizations each integration is mapped, of how many. */
export const mappedOrganizations = queryOptions({
  queryKey: [...mappingsKey, 'counts'],
  queryFn: async ({ signal }) => {
    const { integrations, active_organizations } = await countMappedOrganizations({ signal })
    return {
      ofIntegration: new Map(integrations.map(({ integration_name, mapped_organizations }) => [integration_name, mapped_organizations])),
      active: active_organizations,
    }
  },
  staleTime: 30_000,
})

/** A page of the active organizations by name, with their mappings of an integration. */
export const organizationsOfIntegration = (name: string, query: { mapped: 'true' | 'false' | ''; search: string; cursor: string }) =>
  queryOptions({
    queryKey: [...mappingsKey, 'organizations', name, query],
    queryFn: ({ signal }) => {
      const { mapped, ...rest } = query
      return listIntegrationOrganizations(name, { ...given({ ...rest, limit: 50 }), ...(mapped === '' ? {} : { mapped }) }, { signal })
    },
    placeholderData: keepPreviousData,
  })
