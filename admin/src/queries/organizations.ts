import { getOrganization, listOrganizations, type Organization } from '@crosswalk/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { everyPage, given } from './every-page.ts'

export const organizationsKey = ['organizations'] as const
/** More than this are not read at once; a search narrows them. */
export const mostOrganizations = 5_000

/** All organizations whose name or domain has the text. */
export const organizationsLike = (search: string) =>
  queryOptions({
    queryKey: [...organizationsKey, 'like', search],
    queryFn: ({ signal }) =>
      everyPage(
        (cursor) => listOrganizations(given({ search, limit: 200, cursor }), { signal }),
        (page) => page.organizations,
        mostOrganizations,
      ),
    placeholderData: keepPreviousData,
  })

/** The first organizations whose name or domain has the text: for choosing one. */
export const organizationChoices = (search: string) =>
  queryOptions({
    queryKey: [...organizationsKey, 'choices', search],
    queryFn: async ({ signal }) => (await listOrganizations(given({ search, limit: 50 }), { signal })).organizations,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })

export const organizationOf = (orgId: string) =>
  queryOptions({
    queryKey: [...organizationsKey, 'one', orgId],
    queryFn: ({ signal }): Promise<Organization> => getOrganization(orgId, { signal }),
    staleTime: 15_000,
  })
