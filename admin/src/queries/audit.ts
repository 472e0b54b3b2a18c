import { listAuditEvents } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'
import { given } from './every-page.ts'

/** The newest change of a thing; null where none is known. @param version what is asked again when it changes */
export const lastChangeOf = (type: string, id: string, orgId: string | null, version: string) =>
  queryOptions({
    queryKey: ['audit', 'last change', type, id, orgId, version],
    queryFn: async ({ signal }) => {
      const filter = { target_type: type, target_id: id, changes_only: 'true' as const, limit: 1, ...given({ org_id: orgId ?? '' }) }
      return (await listAuditEvents(filter, { signal })).events[0] ?? null
    },
  })
