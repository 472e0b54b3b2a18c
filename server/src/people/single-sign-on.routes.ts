import { z } from 'zod'
import type { Principal } from '../access/principal.ts'
import { cookieOf } from '../access/session-cookie.ts'
import { requireFromOwnPage } from '../access/sessions.ts'
import type { Attempting } from '../access/sign-in-limits.ts'
import { DomainError } from '../platform/errors.ts'
import { defineRoute, type Route } from '../platform/http/http.ts'
import { authHeaders, type PeopleRuntime } from './people-runtime.ts'
import { newSessionTokenOf } from './person-cookie.ts'
import { findSignedIn } from './person-sessions.queries.ts'
import { countAskingProvider } from './sign-in-attempts.ts'
import { admitPerson, callAuth, type SignInRequest } from './signing-in.ts'
import { grantByGroups, openSingleSignOn, singleSignOnError } from './single-sign-on.ts'
import { singleSignOnId, unverifiedAddress } from './single-sign-on-provider.ts'

/** Only a page of this interface: an address from elsewhere is not followed. */
const localPath = z
  .string()
  .max(2_000)
  .regex(/^\/(?![/\\])[^\s\\]*$/, 'must be a path of this interface')
const beginBody = z.strictObject({ next: localPath.default('/').describe('The page to come back to.') })
const callbackQuery = z.looseObject({
  code: z.string().max(8_000).optional(),
  state: z.string().max(2_000).optional(),
  iss: z.string().max(2_000).optional(),
  error: z.string().max(200).optional(),
  error_description: z.string().max(2_000).optional(),
})

const failedPath = '/sign-in?problem='

/** What the library says of a sign-in that failed, in our codes. */
function problemOf(location: string): string {
  const error = new URL(location, 'http://localhost').searchParams.get('error') ?? ''
  if (error === unverifiedAddress) return 'single_sign_on_unverified'
  return /signup disabled|signup_disabled|account_not_linked|account not linked/.test(error)
    ? 'single_sign_on_not_invited'
    : 'single_sign_on_refused'
}

/** `/api/session/single-sign-on`: to the provider and back. */
export function singleSignOnRoutes({ people, attempting }: { people: PeopleRuntime; attempting: Attempting }): Route[] {
  const { db } = people
  const counting = { db, onRefused: attempting.onRefused }

  /** Signs in who comes back. Returns where the browser goes, and its cookies. */
  async function finish(request: SignInRequest & { query: z.output<typeof callbackQuery> }): Promise<{ path: string; cookies: string[] }> {
    const forgive = await countAskingProvider(counting, request.address)
    const opened = await openSingleSignOn(people, request.headers)
    const answer = await opened.auth.api.callbackOAuth({
      params: { id: singleSignOnId },
      query: request.query,
      headers: authHeaders(request),
      asResponse: true,
    })
    const cookies = answer.headers.getSetCookie()
    const path = answer.headers.get('location') ?? `${failedPath}single_sign_on_refused`
    const token = newSessionTokenOf(cookies)
    if (token === undefined) return { path: `${failedPath}${problemOf(path)}`, cookies }
    const signedIn = await findSignedIn(db, token, people.idleMinutes)
    if (!signedIn) throw singleSignOnError('single_sign_on_refused')
    // Before they have signed in: who has no role has not.
    await grantByGroups(db, request.requestId, signedIn.person_id, opened)
    await admitPerson(people, request, { token, cookies, way: 'single_sign_on' })
    await forgive()
    return { path, cookies: [...cookies, cookieOf('', request.headers)] }
  }

  return [
    defineRoute<Principal | undefined, undefined, undefined, typeof beginBody>({
      method: 'POST',
      path: '/session/single-sign-on',
      operationId: 'beginSingleSignOn',
      tag: 'Session',
      summary: 'Begin to sign in by single sign-on',
      description: 'The browser goes to the address of the answer, and comes back signed in.',
      permission: 'public',
      audit: { none: 'nobody has signed in yet' },
      body: beginBody,
      responses: { 200: z.object({ url: z.string() }) },
      errors: ['single_sign_on_not_set', 'single_sign_on_unavailable', 'too_many_attempts', 'cross_site_request'],
      async handler(request) {
        requireFromOwnPage({ method: 'POST', headers: request.headers })
        await countAskingProvider(counting, request.address)
        const { auth } = await openSingleSignOn(people, request.headers)
        const body = { provider: singleSignOnId, callbackURL: request.body.next, errorCallbackURL: '/sign-in', disableRedirect: true }
        const begun = await callAuth(people, request, (_, headers) => auth.api.signInSocial({ body, headers, returnHeaders: true }))
        if (!begun?.answer.url) throw singleSignOnError('single_sign_on_unavailable')
        return { status: 200, body: { url: begun.answer.url }, headers: { 'set-cookie': begun.cookies } }
      },
    }),
    defineRoute<Principal | undefined, undefined, typeof callbackQuery>({
      method: 'GET',
      path: '/session/single-sign-on/callback',
      operationId: 'finishSingleSignOn',
      tag: 'Session',
      summary: 'Come back from a single sign-on',
      description: 'Where the provider sends the browser. Leads to a page of the interface, which says what went wrong.',
      permission: 'public',
      audit: { action: 'session.created' },
      query: callbackQuery,
      responses: { 302: null },
      errors: [],
      async handler(request) {
        const { path, cookies } = await finish(request).catch((error: unknown) => {
          if (!(error instanceof DomainError) || error.status === 503) throw error
          return { path: `${failedPath}${error.code}`, cookies: [] }
        })
        return { reply: (reply) => reply.header('set-cookie', cookies).redirect(path, 302) }
      },
    }),
  ]
}
