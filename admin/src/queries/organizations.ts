import { getOrganization, type ListOrganizationsParams, listOrganizations, type Organization } from '@crosswalk/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { given } from './every-page.ts'

export const organizationsKey = ['organizations'] as const

/** A page of the organizations whose name or domain has the text, in the order that is asked for. */
export const organizationsPage = (parameters: ListOrganizationsParams) =>
  queryOptions({
    queryKey: [...organizationsKey, 'page', parameters],
    queryFn: ({ signal }) => listOrganizations(parameters, { signal }),
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
