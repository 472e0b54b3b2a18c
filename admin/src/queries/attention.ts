import { getAttention } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'
import { pollEvery } from '../server-state.ts'
import { mappingsKey } from './mappings.ts'

export const attentionKey = [...mappingsKey, 'attention'] as const

/** What needs attention across organizations, in numbers. */
export const attentionNeeded = queryOptions({
  queryKey: attentionKey,
  queryFn: ({ signal }) => getAttention({ signal }),
  refetchInterval: (query) => pollEvery(query, () => 30_000),
})
