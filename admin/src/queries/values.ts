import { getSecret, listConfig, listSecrets } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'
import { everyPage, given } from './every-page.ts'

export const valuesKey = ['values'] as const

/** Whose values: an organization's own, or the global ones. */
export const ownerOf = (orgId: string | null) =>
  orgId === null ? ({ scope: 'global' } as const) : ({ scope: 'organization', org_id: orgId } as const)

export const secretsOf = (orgId: string | null) =>
  queryOptions({
    queryKey: [...valuesKey, 'secrets', orgId],
    queryFn: async ({ signal }) => {
      const read = (cursor: string | undefined) => listSecrets({ ...ownerOf(orgId), ...given({ limit: 200, cursor }) }, { signal })
      return (await everyPage(read, (page) => page.secrets, 2_000)).items
    },
  })

export const secretDetails = (orgId: string | null, key: string) =>
  queryOptions({
    queryKey: [...valuesKey, 'secret', orgId, key],
    queryFn: ({ signal }) => getSecret(key, ownerOf(orgId), { signal }),
  })

export const configOf = (orgId: string | null) =>
  queryOptions({
    queryKey: [...valuesKey, 'config', orgId],
    queryFn: async ({ signal }) => {
      const read = (cursor: string | undefined) => listConfig({ ...ownerOf(orgId), ...given({ limit: 200, cursor }) }, { signal })
      return (await everyPage(read, (page) => page.config, 2_000)).items
    },
  })
