import { z } from 'zod'
import type { Acting } from '../audit/audit.ts'
import { actorTypes } from '../audit/audit-event.ts'
import type { Database } from '../platform/database/database.ts'
import { defineRoute, type Route } from '../platform/http/http.ts'
import type { Soon } from '../platform/soon.ts'
import { type Authentication, actingOf, administratorActor, definePrincipalRoute, whoActs } from './auth.ts'
import type { PersonSessions } from './person-sessions.ts'
import { type Principal, permissionsOf } from './principal.ts'
import { cookieOf, sessionTokenOf } from './session-cookie.ts'
import { createSignInToken, endSession, openSession, sessionError, useSignInToken } from './sessions.ts'
import { type Attempting, attempt } from './sign-in-limits.ts'
import { viewedByView, viewOfViewedBy } from './viewed-by.ts'

const signedInView = z
  .object({
    actor: z.object({ type: z.enum(actorTypes), id: z.string(), name: z.string() }),
    permissions: z.array(z.string()),
    viewed_by: viewedByView,
  })
  .meta({ id: 'SignedIn' })

function viewOf(principal: Principal): z.input<typeof signedInView> {
  return { actor: principal.actor, permissions: permissionsOf(principal), viewed_by: viewOfViewedBy(principal) }
}

/** Who opens a session with the key or a link is the administrator; nobody else can. */
const signingIn = (requestId: string, address: string): Acting => ({ actor: administratorActor, requestId, address })

const signInBody = z
  .strictObject({
    api_key: z.string().min(1).max(1_000).optional().describe('The administrator key.'),
    token: z.string().min(1).max(200).optional().describe('Of a sign-in link.'),
  })
  .refine((body) => (body.api_key === undefined) !== (body.token === undefined), 'must have api_key or token, and not both')

/** `/api/session`: signing in from a browser. */
export function signInRoutes(dependencies: {
  db: Database
  authenticate: Authentication
  idleMinutes: number
  attempting: Attempting
  personSessions: PersonSessions
}): Route[] {
  const { db, authenticate, attempting, idleMinutes, personSessions } = dependencies
  /** The digest of the key that somebody signs in with, by itself or by a link of it. */
  const keyDigestOf = ({ api_key: key, token }: z.output<typeof signInBody>, address: string): Soon<Buffer | undefined> =>
    // A key that has been used with success lets in who sends it again, and does not open sessions while others guess.
    attempt(attempting, address, `session ${key ?? token ?? ''}`, async () => {
      if (token === undefined) return (await authenticate(`Bearer ${key}`))?.keyDigest
      return useSignInToken(db, token)
    })
  return [
    defineRoute<Principal | undefined, undefined, undefined, typeof signInBody>({
      method: 'POST',
      path: '/session',
      operationId: 'signIn',
      tag: 'Session',
      summary: 'Sign in from a browser',
      description:
        'Sets an HttpOnly cookie that later requests carry. Takes the administrator key, or the token of a sign-in link, which works once.',
      permission: 'public',
      audit: { action: 'session.created' },
      body: signInBody,
      responses: { 201: z.object({ expires_at: z.iso.datetime() }) },
      errors: ['sign_in_refused', 'sign_in_link_used', 'cross_site_request', 'too_many_attempts'],
      async handler({ body, headers, requestId, address }) {
        const keyDigest = await keyDigestOf(body, address)
        if (!keyDigest) throw sessionError(body.token === undefined ? 'sign_in_refused' : 'sign_in_link_used')
        const place = { address, browser: headers['user-agent'] ?? null }
        const session = await openSession(dependencies, signingIn(requestId, address), keyDigest, place)
        // Whose page it was before, it is not any more.
        const ended = await personSessions.end(headers, undefined)
        return {
          status: 201,
          body: { expires_at: session.expiresAt.toISOString() },
          headers: { 'set-cookie': [cookieOf(session.token, headers), ...(ended ? [ended] : [])] },
        }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/session',
      operationId: 'getSession',
      tag: 'Session',
      summary: 'Read who is signed in',
      permission: 'authenticated',
      audit: { none: 'reads only' },
      responses: { 200: signedInView },
      errors: [],
      handler: async ({ principal }) => ({ status: 200, body: viewOf(principal) }),
    }),
    defineRoute<Principal | undefined>({
      method: 'DELETE',
      path: '/session',
      operationId: 'signOut',
      tag: 'Session',
      summary: 'Sign out',
      description: 'Ends the session of this browser. Safe to repeat.',
      permission: 'public',
      whileViewing: 'taken',
      audit: { action: 'session.deleted' },
      responses: { 204: null },
      errors: ['cross_site_request'],
      async handler({ headers, requestId, principal, address }) {
        const token = sessionTokenOf(headers)
        if (token !== undefined && principal) await endSession(db, signingIn(requestId, address), token)
        const ended = await personSessions.end(headers, principal && { actor: whoActs(principal), requestId, address })
        return { status: 204, headers: { 'set-cookie': [cookieOf('', headers), ...(ended ? [ended] : [])] } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/session/tokens',
      operationId: 'createSignInToken',
      tag: 'Session',
      summary: 'Make the token of a sign-in link',
      description: 'The link is `/sign-in#token=…`. It works once, within a quarter of an hour.',
      permission: 'canManageUsers',
      needsProof: true,
      audit: { action: 'sign_in_token.created' },
      responses: { 201: z.object({ token: z.string(), expires_at: z.iso.datetime() }) },
      errors: ['sign_in_refused'],
      async handler(request) {
        const { keyDigest } = request.principal
        if (!keyDigest) throw sessionError('sign_in_refused')
        const { token, expiresAt } = await createSignInToken({ db, idleMinutes }, actingOf(request), keyDigest)
        return { status: 201, body: { token, expires_at: expiresAt.toISOString() } }
      },
    }),
  ]
}
