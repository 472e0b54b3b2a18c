import type { IncomingHttpHeaders } from 'node:http'
import { type Acting, recordAudit } from '../audit/audit.ts'
import { inScope } from '../platform/database/database.ts'
import type { Auth } from './better-auth.ts'
import { authHeaders, library, type PeopleRuntime } from './people-runtime.ts'
import type { SignInWay } from './person.ts'
import { personTokenOf } from './person-cookie.ts'
import { deletePersonSessionByToken, noteSignIn } from './person-sessions.queries.ts'
import { recordEndedViewsWithin } from './views.ts'

/** The parts of a request that signing in looks at. */
export type SignInRequest = { headers: IncomingHttpHeaders; address: string; requestId: string }

/** What the library answered, and the cookies that it set. */
export type Answered<T> = { answer: T; cookies: string[] }

/**
 * Calls the library for a request: the request's cookies go in, and those that it sets come out.
 *
 * @returns undefined where the library refuses; what it fails of otherwise is thrown
 */
export async function callAuth<T>(
  people: PeopleRuntime,
  request: Pick<SignInRequest, 'headers' | 'address'>,
  call: (auth: Auth, headers: Headers) => Promise<{ headers: Headers; response: T }>,
): Promise<Answered<T> | undefined> {
  const auth = await people.authFor(request.headers)
  try {
    const { headers, response } = await call(auth, authHeaders(request))
    return { answer: response, cookies: headers.getSetCookie() }
  } catch (error) {
    if ((await library()).isRefusal(error)) return undefined
    throw error
  }
}

/** A person who has just signed in. */
export type JustSignedIn = { personId: string; expiresAt: Date; cookies: string[] }

/**
 * Notes that a person has signed in, in the audit as well. The session that their browser had before ends: its cookie has been replaced.
 *
 * @param token of the session that the library opened
 */
export async function admitPerson(
  people: PeopleRuntime,
  { headers, requestId, address }: SignInRequest,
  { token, cookies, way }: { token: string; cookies: string[]; way: SignInWay },
): Promise<JustSignedIn> {
  const before = personTokenOf(headers, await people.secret())
  const noted = await inScope(people.db, 'allOrganizations', async (transaction) => {
    const session = await noteSignIn(transaction, { token, way }, people.idleMinutes)
    if (!session) return undefined
    if (before !== undefined && before !== token) await deletePersonSessionByToken(transaction, before)
    await recordEndedViewsWithin(transaction)
    const acting: Acting = { actor: { type: 'person', id: session.person_id, name: session.name }, requestId, address }
    const target = { type: 'session' as const, id: session.id }
    await recordAudit(transaction, acting, { action: 'session.created', organizationId: null, target, changes: {} })
    return session
  })
  if (!noted) throw new Error('A session that has just been opened is gone.')
  return { personId: noted.person_id, expiresAt: noted.expires_at, cookies }
}
