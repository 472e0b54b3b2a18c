import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import type { Principal } from '../access/principal.ts'
import { requireFromOwnPage } from '../access/sessions.ts'
import type { Attempting } from '../access/sign-in-limits.ts'
import { recordAudit } from '../audit/audit.ts'
import { inScope } from '../platform/database/database.ts'
import { defineRoute, type Route } from '../platform/http/http.ts'
import { lineOfText, wireId } from '../platform/http/text.ts'
import { deletePasskeyRow, listPasskeyRows } from './passkeys.queries.ts'
import { maxPasswordLength } from './passwords.ts'
import { findPasswordHash } from './people.queries.ts'
import { personError } from './people-errors.ts'
import type { PeopleRuntime } from './people-runtime.ts'
import { withoutPersonCookie } from './person-cookie.ts'
import { personOf, recordOwnAct, requirePassword } from './profile.ts'
import { signedInAnswer, signedInView } from './sign-in.routes.ts'
import { attemptAccount } from './sign-in-attempts.ts'
import { admitPerson, callAuth } from './signing-in.ts'
import { requirePasswordsTaken } from './single-sign-on.ts'

/** As browsers make it: `credential.toJSON()`. The library looks at it. */
const response = z.looseObject({ id: z.string().min(1).max(2_000), rawId: z.string().max(2_000), type: z.literal('public-key') })
const optionsView = z.looseObject({ challenge: z.string() }).describe('What `navigator.credentials` takes, as JSON.')
const beginBody = z.strictObject({
  current_password: z.string().min(1).max(maxPasswordLength).optional().describe('Needed of those who have one.'),
})
const addBody = z.strictObject({ name: lineOfText(100).describe('What you know it by: “Laptop”.'), response })
const passkeyView = z
  .object({
    id: z.uuid(),
    name: z.string().nullable(),
    is_backed_up: z.boolean().describe('True where it is on several devices of the person.'),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Passkey' })

/** Passkeys: signing in with one, and the ones of a person. */
export function passkeyRoutes({ people, attempting }: { people: PeopleRuntime; attempting: Attempting }): Route[] {
  const { db } = people
  const given = { db, onRefused: attempting.onRefused }
  return [
    defineRoute<Principal | undefined>({
      method: 'POST',
      path: '/session/passkey/options',
      operationId: 'beginPasskeySignIn',
      tag: 'Session',
      summary: 'Begin to sign in with a passkey',
      permission: 'public',
      audit: { none: 'nobody has signed in yet' },
      responses: { 200: optionsView },
      errors: ['only_single_sign_on', 'cross_site_request'],
      async handler(request) {
        requireFromOwnPage({ method: 'POST', headers: request.headers })
        await requirePasswordsTaken(db)
        const begun = await callAuth(people, { ...request, headers: withoutPersonCookie(request.headers) }, (auth, headers) =>
          auth.api.generatePasskeyAuthenticationOptions({ headers, returnHeaders: true }),
        )
        if (!begun) throw personError('passkey_refused')
        return { status: 200, body: { ...begun.answer }, headers: { 'set-cookie': begun.cookies } }
      },
    }),
    defineRoute<Principal | undefined, undefined, undefined, z.ZodObject<{ response: typeof response }>>({
      method: 'POST',
      path: '/session/passkey',
      operationId: 'signInWithPasskey',
      tag: 'Session',
      summary: 'Sign in with a passkey',
      description: 'It needs no second factor: the device has asked for a PIN, a finger or a face.',
      permission: 'public',
      audit: { action: 'session.created' },
      body: z.strictObject({ response }),
      responses: { 201: signedInView },
      errors: ['passkey_refused', 'only_single_sign_on', 'too_many_attempts', 'cross_site_request'],
      async handler(request) {
        requireFromOwnPage({ method: 'POST', headers: request.headers })
        await requirePasswordsTaken(db)
        const signed = await attemptAccount(given, `passkey ${request.body.response.id}`, request.address, () =>
          callAuth(people, { ...request, headers: withoutPersonCookie(request.headers) }, (auth, headers) =>
            auth.api.verifyPasskeyAuthentication({ body: { response: request.body.response as never }, headers, returnHeaders: true }),
          ),
        )
        if (!signed) throw personError('passkey_refused')
        const { answer, cookies } = signed
        return signedInAnswer(await admitPerson(people, request, { token: answer.session.token, cookies, way: 'passkey' }), request)
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/profile/passkeys',
      operationId: 'listPasskeys',
      tag: 'Profile',
      summary: 'List your passkeys',
      permission: 'authenticated',
      whileViewing: 'refused',
      audit: { none: 'reads only' },
      responses: { 200: z.object({ passkeys: z.array(passkeyView), count: z.int() }) },
      errors: ['not_a_person'],
      async handler({ principal }) {
        const rows = await listPasskeyRows(db, personOf(principal))
        const passkeys = rows.map(({ id, name, backed_up, created_at }) => ({
          ...{ id, name, is_backed_up: backed_up },
          created_at: created_at.toISOString(),
        }))
        return { status: 200, body: { passkeys, count: passkeys.length } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/profile/passkeys/options',
      operationId: 'beginPasskey',
      tag: 'Profile',
      summary: 'Begin to add a passkey',
      permission: 'authenticated',
      needsProof: true,
      audit: { none: 'nothing is added yet' },
      body: beginBody,
      responses: { 200: optionsView },
      errors: ['not_a_person', 'wrong_password', 'passkey_refused'],
      async handler(request) {
        const id = personOf(request.principal)
        if ((await findPasswordHash(db, id)) !== undefined)
          await requirePassword({ people, onRefused: attempting.onRefused }, request, id, request.body.current_password ?? '')
        const begun = await callAuth(people, request, (auth, headers) =>
          auth.api.generatePasskeyRegistrationOptions({ headers, returnHeaders: true }),
        )
        if (!begun) throw personError('passkey_refused')
        return { status: 200, body: { ...begun.answer }, headers: { 'set-cookie': begun.cookies } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/profile/passkeys',
      operationId: 'addPasskey',
      tag: 'Profile',
      summary: 'Add a passkey',
      permission: 'authenticated',
      audit: { action: 'passkey.added' },
      body: addBody,
      responses: { 204: null },
      errors: ['not_a_person', 'passkey_refused'],
      async handler(request) {
        personOf(request.principal)
        const { name, response: made } = request.body
        const added = await callAuth(people, request, (auth, headers) =>
          auth.api.verifyPasskeyRegistration({ body: { name, response: made as never }, headers, returnHeaders: true }),
        )
        if (!added) throw personError('passkey_refused')
        await recordOwnAct(db, actingOf(request), 'passkey.added')
        return { status: 204 }
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/profile/passkeys/:id',
      operationId: 'removePasskey',
      tag: 'Profile',
      summary: 'Remove one of your passkeys',
      permission: 'authenticated',
      needsProof: true,
      audit: { action: 'passkey.removed' },
      params: z.object({ id: wireId.describe('The passkey.') }),
      responses: { 204: null },
      errors: ['not_a_person', 'passkey_not_found'],
      async handler(request) {
        const personId = personOf(request.principal)
        const acting = actingOf(request)
        await inScope(db, 'allOrganizations', async (transaction) => {
          const { id } = request.params
          if (!(await deletePasskeyRow(transaction, personId, id))) throw personError('passkey_not_found', { passkey_id: id })
          const target = { type: 'person' as const, id: personId, name: acting.actor.name }
          await recordAudit(transaction, acting, { action: 'passkey.removed', organizationId: null, target, changes: {} })
        })
        return { status: 204 }
      },
    }),
  ]
}
