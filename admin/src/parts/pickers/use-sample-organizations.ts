import { listOrganizations } from '@crosswalk/client'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { mappingsOfAll } from '../../queries/mappings.ts'
import { organizationsKey } from '../../queries/organizations.ts'
import type { OrganizationChoice } from './organization-choice.ts'

/** So many are asked for the options of a field: more would take long, and seldom offer more. */
const maxSamples = 5

const firstActive = queryOptions({
  queryKey: [...organizationsKey, 'first active'],
  queryFn: async ({ signal }) =>
    (await listOrganizations({ is_active: 'true', limit: maxSamples }, { signal })).organizations.map(({ id }) => id),
  staleTime: 30_000,
})

/** Some of the organizations that a person chose, for questions whose answers differ between them. */
export function useSampleOrganizations({ which, orgId, integration, ids }: OrganizationChoice): string[] {
  const all = useQuery({ ...firstActive, enabled: which === 'all' }).data
  const mapped = useQuery({
    ...mappingsOfAll({ integration_name: integration, limit: 2 * maxSamples }),
    enabled: which === 'mapped' && integration !== '',
  }).data
  if (which === 'one') return orgId === '' ? [] : [orgId]
  if (which === 'these') return ids.slice(0, maxSamples)
  if (which === 'all') return all ?? []
  if (integration === '') return []
  return [...new Set(mapped?.mappings.map(({ org_id }) => org_id))].slice(0, maxSamples)
}
