import { getMe, listKeys, listRoles } from '@crosswalk/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { given } from './every-page.ts'

export const meKey = ['me'] as const

/** What something is about, where a role may be for some workflows or integrations only. */
export type Subject = { workflow?: string; integration?: string }

/** Who is signed in and what they may do: for some organization, or for the one that is named. */
export const meFor = (orgId = '', subject: Subject = {}) =>
  queryOptions({
    queryKey: [...meKey, orgId, subject.workflow ?? '', subject.integration ?? ''],
    queryFn: ({ signal }) => getMe(given({ org_id: orgId, ...subject }), { signal }),
    staleTime: 60_000,
  })

export const keysKey = ['keys'] as const

/** A page of API keys, newest first. */
export const keysPage = (cursor: string, isWithRevoked: boolean) =>
  queryOptions({
    queryKey: [...keysKey, cursor, isWithRevoked],
    queryFn: ({ signal }) =>
      listKeys({ ...given({ cursor }), ...(isWithRevoked ? { include_revoked: 'true' } : {}), limit: 25 }, { signal }),
    placeholderData: keepPreviousData,
  })

export const rolesKey = ['roles'] as const

/** Roles and every permission that there is. */
export const allRoles = queryOptions({ queryKey: rolesKey, queryFn: ({ signal }) => listRoles({ signal }), staleTime: 30_000 })
