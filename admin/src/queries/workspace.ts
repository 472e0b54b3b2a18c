import { getWorkspace } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'
import { pollEvery } from '../server-state.ts'

/** What of the workspace loads, what does not, and since when. */
export const workspaceState = queryOptions({
  queryKey: ['workspace'],
  queryFn: ({ signal }) => getWorkspace({ signal }),
  refetchInterval: (query) => pollEvery(query, () => 30_000),
})
