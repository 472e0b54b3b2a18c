import { listRoles } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'

export const rolesKey = ['roles'] as const
export const roles = queryOptions({ queryKey: rolesKey, queryFn: ({ signal }) => listRoles({ signal }), staleTime: 30_000 })
