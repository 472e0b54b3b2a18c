import { getSession, listSessions, listSignInWays } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'

export const sessionKey = ['session'] as const

/** Who is signed in. Fails with `unauthenticated` where nobody is. */
export const session = queryOptions({
  queryKey: sessionKey,
  queryFn: ({ signal }) => getSession({ signal }),
  staleTime: 60_000,
})

export const sessionsKey = ['sessions'] as const

/** The browsers that are signed in, last used first. */
export const sessions = queryOptions({ queryKey: sessionsKey, queryFn: ({ signal }) => listSessions({ signal }) })

/** How one can sign in here. */
export const signInWays = queryOptions({
  queryKey: ['sign-in-ways'],
  queryFn: ({ signal }) => listSignInWays({ signal }),
  staleTime: 60_000,
})
