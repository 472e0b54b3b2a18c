import { getIntegration, listDiscoveryRuns, listExternalOrganizations, listIntegrations } from '@crosswalk/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { definitionsOf, everyPage, given } from './every-page.ts'

export const integrationsKey = ['integrations'] as const

/** What the workspace offers. `is_set` of credentials is as the organization sees them, or globally. */
export const integrationsFor = (orgId?: string) =>
  queryOptions({
    queryKey: [...integrationsKey, 'all', orgId ?? null],
    queryFn: async ({ signal }) => {
      const read = (cursor: string | undefined) => listIntegrations(given({ org_id: orgId, limit: 200, cursor }), { signal })
      const { items, problems } = await definitionsOf(read, (page) => page.integrations)
      return { integrations: items, problems }
    },
    staleTime: 10_000,
  })

export const integrationOf = (name: string) =>
  queryOptions({ queryKey: [...integrationsKey, 'one', name], queryFn: ({ signal }) => getIntegration(name, undefined, { signal }) })

export const discoveredKey = (name: string) => ['external-organizations', name] as const

/** What discovery has stored, with who is mapped to it: up to `max`, by name. */
export const externalOrganizationsOf = (name: string, orgId: string | undefined, max: number) =>
  queryOptions({
    queryKey: [...discoveredKey(name), 'all', orgId ?? null, max],
    queryFn: async ({ signal }) => {
      const read = (cursor: string | undefined) => listExternalOrganizations(name, given({ orgId, limit: 200, cursor }), { signal })
      return (await everyPage(read, (page) => page.external_organizations, max)).items
    },
    staleTime: 30_000,
  })

/** One page of what discovery has stored. */
export const externalOrganizationsPage = (name: string, query: { orgId: string; search: string; gone: boolean; cursor: string }) =>
  queryOptions({
    queryKey: [...discoveredKey(name), 'page', query],
    queryFn: ({ signal }) => {
      const { orgId, search, cursor } = query
      return listExternalOrganizations(name, given({ orgId, search, cursor, gone: query.gone ? 'true' : 'false', limit: 50 } as const), {
        signal,
      })
    },
    placeholderData: keepPreviousData,
  })

export const discoveryRunsKey = (name: string) => ['discovery-runs', name] as const

export const discoveryRunsOf = (name: string, orgId: string | undefined) =>
  queryOptions({
    queryKey: [...discoveryRunsKey(name), orgId ?? null],
    queryFn: async ({ signal }) => (await listDiscoveryRuns(name, given({ orgId, limit: 50 }), { signal })).runs,
  })
