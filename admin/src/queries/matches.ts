import { listExternalOrganizations, listMatches } from '@crosswalk/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { everyPage, given } from './every-page.ts'
import { discoveredKey } from './integrations.ts'

/** More than these are not shown at once; a search finds the others. */
export const maxMatches = 5_000
export const maxUnmapped = 2_000

/** Every organization without a mapping of an integration, by name, with the external organizations that are likely to be it. */
export const matchesOf = (name: string) =>
  queryOptions({
    queryKey: [...discoveredKey(name), 'matches'],
    queryFn: async ({ signal }) => {
      let discoveredAt: string | null = null
      let isStale = false
      const read = async (cursor: string | undefined) => {
        const page = await listMatches(name, given({ limit: 200, cursor }), { signal })
        discoveredAt = page.discovered_at
        isStale = page.stale
        return page
      }
      const { items, isComplete } = await everyPage(read, (page) => page.matches, maxMatches)
      return { matches: items, isComplete, discoveredAt, isStale }
    },
    staleTime: 30_000,
  })

/** The external organizations that an organization is likely to be, the best first, as its own credentials see them. */
export const likelyMatchesFor = (name: string, orgId: string) =>
  queryOptions({
    queryKey: [...discoveredKey(name), 'matches', orgId],
    queryFn: async ({ signal }) => (await listMatches(name, { org_id: orgId }, { signal })).matches.flatMap(({ candidates }) => candidates),
    staleTime: 30_000,
  })

/**
 * The same for an organization whose own credentials have listed nothing yet: as the global ones see it.
 *
 * @param orgName finds it in the list of all
 */
export const bestMatchesFor = (name: string, orgId: string, orgName: string) =>
  queryOptions({
    queryKey: [...discoveredKey(name), 'best matches', orgId],
    queryFn: async ({ signal }) => {
      const own = await listMatches(name, { org_id: orgId }, { signal })
      const { matches } = own.discovered_at === null ? await listMatches(name, given({ search: orgName, limit: 200 }), { signal }) : own
      return matches.find(({ org_id }) => org_id === orgId)?.candidates ?? []
    },
    staleTime: 30_000,
  })

/** The external organizations of the global list that nobody is mapped to, by name. */
export const unmappedExternalOf = (name: string, search: string) =>
  queryOptions({
    queryKey: [...discoveredKey(name), 'unmapped', search],
    queryFn: ({ signal }) => {
      const read = (cursor: string | undefined) =>
        listExternalOrganizations(name, { mapped: 'false', ...given({ limit: 200, search, cursor }) }, { signal })
      return everyPage(read, (page) => page.external_organizations, maxUnmapped)
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
