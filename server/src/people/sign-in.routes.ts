import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { requireNoMoreThan } from '../access/granting.ts'
import { administratorRole } from '../access/grants.ts'
import type { Principal } from '../access/principal.ts'
import { cookieOf } from '../access/session-cookie.ts'
import { requireFromOwnPage } from '../access/sessions.ts'
import type { Attempting } from '../access/sign-in-limits.ts'
import { isOwnName } from '../platform/http/hosts.ts'
import { defineRoute, type Route } from '../platform/http/http.ts'
import { createFirstAdministrator } from './first-administrator.ts'
import { knownBrowserCookie, knownBrowserOf } from './known-browser.ts'
import { maxPasswordLength } from './passwords.ts'
import { countPeople, findPersonUnderWay } from './people.queries.ts'
import { personError } from './people-errors.ts'
import type { PeopleRuntime } from './people-runtime.ts'
import { secondFactorIdentifierOf, withoutPersonCookie } from './person-cookie.ts'
import { endByToken } from './person-sessions.ts'
import { emailField, nameField } from './person-view.ts'
import { useUpCode } from './profile.ts'
import { attemptAccount } from './sign-in-attempts.ts'
import { findSettings } from './sign-in-settings.queries.ts'
import { admitPerson, callAuth, type JustSignedIn, type SignInRequest } from './signing-in.ts'
import { requirePasswordsTaken } from './single-sign-on.ts'

const passwordBody = z.strictObject({
  email: z
    .string()
    .trim()
    .min(1)
    .max(254)
    .transform((text) => text.toLowerCase()),
  password: z.string().min(1).max(maxPasswordLength),
})
const codeBody = z
  .strictObject({
    code: z
      .string()
      .trim()
      .regex(/^\d{6}$/, 'must be the six digits that the app shows')
      .optional(),
    recovery_code: z.string().trim().min(1).max(50).optional(),
  })
  .refine((body) => (body.code === undefined) !== (body.recovery_code === undefined), 'must have code or recovery_code, and not both')

const firstBody = z.strictObject({
  email: emailField,
  name: nameField,
  password: z.string().min(1).max(maxPasswordLength).describe('At least 12 characters, and none that is guessed first.'),
})

export const signedInView = z.object({ expires_at: z.iso.datetime() })

/** The answer that signs a browser in. A session of the administrator key in it ends there. */
export function signedInAnswer(signedIn: JustSignedIn, request: SignInRequest) {
  return {
    status: 201,
    body: { expires_at: signedIn.expiresAt.toISOString() },
    headers: { 'set-cookie': [...signedIn.cookies, cookieOf('', request.headers)] },
  }
}

/** `/api/session/…`: how people sign in. */
export function personSignInRoutes({
  people,
  attempting,
  hasMail,
  hosts,
}: {
  people: PeopleRuntime
  attempting: Attempting
  hasMail: boolean
  /** The names of this installation. */
  hosts: readonly string[]
}): Route[] {
  const given = { db: people.db, onRefused: attempting.onRefused }
  return [
    defineRoute<Principal | undefined>({
      method: 'GET',
      path: '/session/ways',
      operationId: 'listSignInWays',
      tag: 'Session',
      summary: 'Read how one can sign in here',
      permission: 'public',
      audit: { none: 'reads only' },
      responses: {
        200: z.object({
          has_people: z.boolean().describe('False before the first administrator.'),
          password: z.boolean().describe('False where people sign in by single sign-on alone.'),
          single_sign_on: z.object({ name: z.string() }).nullable(),
          forgotten_password: z.boolean().describe('True where a link for a new password can be mailed.'),
        }),
      },
      errors: [],
      async handler({ headers, address }) {
        const [total, { singleSignOn }] = await Promise.all([countPeople(people.db), findSettings(people.db)])
        const password = !singleSignOn?.is_only
        return {
          status: 200,
          body: {
            has_people: total > 0,
            password,
            single_sign_on: singleSignOn && { name: singleSignOn.name },
            forgotten_password: hasMail && password && isOwnName(hosts, { headers, address }),
          },
        }
      },
    }),
    defineRoute<Principal | undefined, undefined, undefined, typeof passwordBody>({
      method: 'POST',
      path: '/session/password',
      operationId: 'signInWithPassword',
      tag: 'Session',
      summary: 'Sign in with e-mail address and password',
      description: 'Sets an HttpOnly cookie that later requests carry. Where the person has a second factor, its code comes next.',
      permission: 'public',
      audit: { action: 'session.created' },
      body: passwordBody,
      responses: {
        201: signedInView,
        202: z.object({
          second_factor: z.array(z.enum(['code', 'recovery_code'])).describe('What `POST /api/session/second-factor` takes now.'),
        }),
      },
      errors: ['sign_in_failed', 'only_single_sign_on', 'too_many_attempts', 'cross_site_request'],
      async handler(request) {
        requireFromOwnPage({ method: 'POST', headers: request.headers })
        await requirePasswordsTaken(people.db)
        const { email, password } = request.body
        const secret = await people.secret()
        const known = knownBrowserOf(request.headers, secret, email)
        const account = `password for ${email}${known === undefined ? '' : ` in browser ${known}`}`
        const signed = await attemptAccount(given, account, request.address, () =>
          callAuth(people, request, (auth, headers) => auth.api.signInEmail({ body: { email, password }, headers, returnHeaders: true })),
        )
        if (!signed) throw personError('sign_in_failed')
        const { answer } = signed
        const cookies = [...signed.cookies, knownBrowserCookie(request.headers, secret, email)]
        if ('twoFactorRedirect' in answer)
          return { status: 202, body: { second_factor: ['code', 'recovery_code'] }, headers: { 'set-cookie': cookies } }
        return signedInAnswer(await admitPerson(people, request, { token: answer.token, cookies, way: 'password' }), request)
      },
    }),
    definePrincipalRoute<undefined, undefined, typeof firstBody>({
      method: 'POST',
      path: '/session/first-administrator',
      operationId: 'createFirstAdministrator',
      tag: 'Session',
      summary: 'Make the first person, and sign in as them',
      description: 'With the administrator key, or the session of the link that the start prints. They may do everything.',
      permission: 'canManagePeople',
      audit: { action: 'person.created' },
      body: firstBody,
      responses: { 201: signedInView },
      errors: ['first_administrator_exists', 'password_too_weak', 'cross_site_request'],
      async handler(request) {
        const { email, name, password } = request.body
        requireNoMoreThan(request.principal, [{ role: administratorRole, reach: { all: true } }])
        const { password: library } = await (await people.authFor(request.headers)).$context
        await createFirstAdministrator(people, actingOf(request), { email, name, password }, (text) => library.hash(text))
        const signed = await callAuth(people, request, (auth, headers) =>
          auth.api.signInEmail({ body: { email, password }, headers, returnHeaders: true }),
        )
        if (!signed || 'twoFactorRedirect' in signed.answer) throw personError('sign_in_failed')
        const { answer, cookies } = signed
        return signedInAnswer(await admitPerson(people, request, { token: answer.token, cookies, way: 'password' }), request)
      },
    }),
    defineRoute<Principal | undefined, undefined, undefined, typeof codeBody>({
      method: 'POST',
      path: '/session/second-factor',
      operationId: 'signInWithSecondFactor',
      tag: 'Session',
      summary: 'Sign in with a code, after the password',
      description: 'Within ten minutes of the password. A recovery code works once.',
      permission: 'public',
      audit: { action: 'session.created' },
      body: codeBody,
      responses: { 201: signedInView },
      errors: ['code_refused', 'second_factor_expired', 'only_single_sign_on', 'too_many_attempts', 'cross_site_request'],
      async handler(request) {
        requireFromOwnPage({ method: 'POST', headers: request.headers })
        // It may have been set since their password was right.
        await requirePasswordsTaken(people.db)
        const { code, recovery_code: recoveryCode } = request.body
        const personId = await personUnderWay(people, request)
        if (personId === undefined) throw personError('second_factor_expired')
        const signed = await attemptAccount(given, `second factor of ${personId}`, request.address, () =>
          callAuth(people, { ...request, headers: withoutPersonCookie(request.headers) }, async (auth, headers) => {
            if (code !== undefined) return auth.api.verifyTOTP({ body: { code }, headers, returnHeaders: true })
            return auth.api.verifyBackupCode({ body: { code: recoveryCode ?? '' }, headers, returnHeaders: true })
          }),
        )
        if (!signed?.answer.token) throw personError('code_refused')
        const { token } = signed.answer
        if (code !== undefined && !(await useUpCode(people.db, personId, code))) {
          await endByToken(people.db, token)
          throw personError('code_refused')
        }
        return signedInAnswer(await admitPerson(people, request, { token, cookies: signed.cookies, way: 'password' }), request)
      },
    }),
  ]
}

/** The id of the person whose password was right, and whose second factor is asked for. */
async function personUnderWay(people: PeopleRuntime, request: SignInRequest): Promise<string | undefined> {
  const identifier = secondFactorIdentifierOf(request.headers, await people.secret())
  return identifier === undefined ? undefined : findPersonUnderWay(people.db, identifier)
}
