import { listConfig, listSecrets } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'
import { everyPage, given } from './every-page.ts'

export const valuesKey = ['values'] as const

/** Whose values: an organization's own, or the global ones. */
const whose = (orgId: string | null) =>
  orgId === null ? ({ scope: 'global' } as const) : ({ scope: 'organization', org_id: orgId } as const)

export const secretsOf = (orgId: string | null) =>
  queryOptions({
    queryKey: [...valuesKey, 'secrets', orgId],
    queryFn: async ({ signal }) => {
      const read = (cursor: string | undefined) => listSecrets({ ...whose(orgId), ...given({ limit: 200, cursor }) }, { signal })
      return (await everyPage(read, (page) => page.secrets, 2_000)).items
    },
  })

export const configOf = (orgId: string | null) =>
  queryOptions({
    queryKey: [...valuesKey, 'config', orgId],
    queryFn: async ({ signal }) => {
      const read = (cursor: string | undefined) => listConfig({ ...whose(orgId), ...given({ limit: 200, cursor }) }, { signal })
      return (await everyPage(read, (page) => page.config, 2_000)).items
    },
  })
