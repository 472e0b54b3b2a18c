import { getSession } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'

export const sessionKey = ['session'] as const

/** Who is signed in. Fails with `unauthenticated` where nobody is. */
export const session = queryOptions({
  queryKey: sessionKey,
  queryFn: ({ signal }) => getSession({ signal }),
  staleTime: 60_000,
})
