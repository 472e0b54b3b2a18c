import { listOrganizationFields } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'

export const organizationFieldsKey = ['organization-fields'] as const

/** The custom fields of organizations, in the order in which they were defined. */
export const organizationFields = queryOptions({
  queryKey: organizationFieldsKey,
  queryFn: async ({ signal }) => (await listOrganizationFields({ signal })).fields,
  staleTime: 60_000,
})
