import {
  countMappedOrganizations,
  type ListMappingsOfAllParams,
  listIntegrationOrganizations,
  listMappings,
  listMappingsOfAll,
  listOrganizationSummaries,
} from '@crosswalk/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { pollEvery } from '../server-state.ts'
import { everyPage, given } from './every-page.ts'
import { isUnderWay } from './executions.ts'

/** Everything that a change or a test of a mapping may change: of its organization, of its integration, and across all. */
export const mappingsKey = ['mappings'] as const

/** An organization's mappings, oldest first, those that are deactivated too. */
export const mappingsOf = (orgId: string) =>
  queryOptions({
    queryKey: [...mappingsKey, 'of', orgId],
    queryFn: async ({ signal }) => {
      const read = (cursor: string | undefined) =>
        listMappings(orgId, { activeOnly: 'false', limit: 200, ...(cursor ? { cursor } : {}) }, { signal })
      return (await everyPage(read, (page) => page.mappings, 2_000)).items
    },
    placeholderData: keepPreviousData,
  })

/** How these organizations stand, by id: their mappings, and what ran last. A hundred at most. */
export const summariesOf = (orgIds: readonly string[]) =>
  queryOptions({
    queryKey: [...mappingsKey, 'summaries', orgIds],
    queryFn: async ({ signal }) => {
      const { summaries } = await listOrganizationSummaries({ org_ids: orgIds.join(',') }, { signal })
      return new Map(summaries.map((summary) => [summary.org_id, summary]))
    },
    enabled: orgIds.length > 0,
    placeholderData: keepPreviousData,
    refetchInterval: (query) =>
      pollEvery(query, (found) =>
        [...(found?.values() ?? [])].some((summary) => summary.last_execution && isUnderWay(summary.last_execution.status))
          ? 2_000
          : 15_000,
      ),
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
