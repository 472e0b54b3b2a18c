import type { FastifyBaseLogger } from 'fastify'
import { z } from 'zod'
import type { Principal } from '../access/principal.ts'
import { requireFromOwnPage } from '../access/sessions.ts'
import type { Attempting } from '../access/sign-in-limits.ts'
import { systemActing } from '../audit/audit.ts'
import { inScope } from '../platform/database/database.ts'
import { isOwnName } from '../platform/http/hosts.ts'
import { defineRoute, type Route } from '../platform/http/http.ts'
import type { SendMail } from './mail.ts'
import { mailLink } from './mailed-links.ts'
import { maxPasswordLength, requireGoodPassword } from './passwords.ts'
import { findPersonByEmail } from './people.queries.ts'
import type { PeopleRuntime } from './people-runtime.ts'
import { originOf, withoutPersonCookie } from './person-cookie.ts'
import { createLinkWithin, getLink, takeLinkWith } from './person-links.ts'
import { emailField, nameField } from './person-view.ts'
import { signedInAnswer, signedInView } from './sign-in.routes.ts'
import { countOneAttempt } from './sign-in-attempts.ts'
import { admitPerson, callAuth, type SignInRequest } from './signing-in.ts'
import { requirePasswordsTaken } from './single-sign-on.ts'

const token = z.string().min(1).max(200).describe('Of the link, behind `#token=`.')
const lookBody = z.strictObject({ token })
const takeBody = z.strictObject({
  token,
  password: z.string().min(1).max(maxPasswordLength).describe('At least 12 characters, and none that is guessed first.'),
  name: nameField.optional().describe('What the person wants to be called, where it is not what the invitation says.'),
})
const forgottenBody = z.strictObject({ email: emailField })

/** `/api/session/links`: what a person does with a link of their own. Nobody has signed in yet. */
export function personLinkRoutes(given: {
  people: PeopleRuntime
  attempting: Attempting
  sendMail: SendMail | undefined
  /** The names of this installation. */
  hosts: readonly string[]
}): Route[] {
  const { people, sendMail, attempting, hosts } = given
  const { db } = people
  async function offerReset(request: SignInRequest & { log: FastifyBaseLogger }, email: string): Promise<void> {
    try {
      const person = await findPersonByEmail(db, email)
      if (!person || person.state === 'deactivated') return
      const acting = { ...systemActing, requestId: request.requestId, address: request.address }
      const link = await inScope(db, 'allOrganizations', (transaction) => createLinkWithin(transaction, acting, person, true))
      await mailLink(sendMail, request.log, originOf(request.headers), person, link)
    } catch (error) {
      request.log.error({ err: error, requestId: request.requestId }, 'a link for a new password could not be made')
    }
  }
  const counting = { db, onRefused: attempting.onRefused }
  return [
    defineRoute<Principal | undefined, undefined, undefined, typeof lookBody>({
      method: 'POST',
      path: '/session/links/look',
      operationId: 'readLink',
      tag: 'Session',
      summary: 'Read whom a link is for',
      permission: 'public',
      audit: { none: 'reads only' },
      body: lookBody,
      responses: {
        200: z.object({ kind: z.enum(['invitation', 'reset']), email: z.string(), name: z.string(), expires_at: z.iso.datetime() }),
      },
      errors: ['person_link_used'],
      async handler({ body }) {
        const { kind, email, name, expires_at: expiresAt } = await getLink(db, body.token)
        return { status: 200, body: { kind, email, name, expires_at: expiresAt.toISOString() } }
      },
    }),
    defineRoute<Principal | undefined, undefined, undefined, typeof takeBody>({
      method: 'POST',
      path: '/session/links/take',
      operationId: 'takeLink',
      tag: 'Session',
      summary: 'Set a password with a link, and sign in',
      description: 'The link works once. Sessions that the person had end. Who keeps a second factor signs in with it next.',
      permission: 'public',
      audit: { action: 'password.set' },
      body: takeBody,
      responses: { 201: signedInView, 204: null },
      errors: ['person_link_used', 'password_too_weak', 'only_single_sign_on', 'cross_site_request'],
      async handler(request) {
        requireFromOwnPage({ method: 'POST', headers: request.headers })
        await requirePasswordsTaken(db)
        const { body } = request
        const link = await getLink(db, body.token)
        requireGoodPassword(body.password, { email: link.email, name: body.name ?? link.name })
        const { password } = await (await people.authFor(request.headers)).$context
        const hash = await password.hash(body.password)
        await takeLinkWith(db, request, body.token, { personId: link.person_id, hash, name: body.name })
        const signed = await callAuth(people, { ...request, headers: withoutPersonCookie(request.headers) }, (auth, headers) =>
          auth.api.signInEmail({ body: { email: link.email, password: body.password }, headers, returnHeaders: true }),
        )
        if (!signed || 'twoFactorRedirect' in signed.answer) return { status: 204 }
        return signedInAnswer(
          await admitPerson(people, request, { token: signed.answer.token, cookies: signed.cookies, way: 'password' }),
          request,
        )
      },
    }),
    defineRoute<Principal | undefined, undefined, undefined, typeof forgottenBody>({
      method: 'POST',
      path: '/session/forgotten',
      operationId: 'mailPasswordReset',
      tag: 'Session',
      summary: 'Have a link for a new password mailed',
      description:
        'Answers the same whether there is such a person or not. Does nothing where no mail is set up, and where it is asked by a name that is not one of CROSSWALK_PUBLIC_HOSTS: the link would lead there. A second factor stays.',
      permission: 'public',
      audit: { action: 'person.reset_offered' },
      body: forgottenBody,
      responses: { 204: null },
      errors: ['too_many_attempts'],
      async handler(request) {
        const { email } = request.body
        await countOneAttempt(counting, `forgotten ${email}`, request.address)
        const isOwn = isOwnName(hosts, request)
        if (sendMail && !isOwn)
          request.log.warn({ host: request.headers.host }, 'no link was mailed: the name is not in CROSSWALK_PUBLIC_HOSTS')
        // Not awaited: how long it takes would tell whether there is such a person.
        if (sendMail && isOwn) void offerReset(request, email)
        return { status: 204 }
      },
    }),
  ]
}
