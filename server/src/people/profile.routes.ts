import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import type { Attempting } from '../access/sign-in-limits.ts'
import type { Route } from '../platform/http/http.ts'
import { maxPasswordLength } from './passwords.ts'
import { getPerson, renamePerson } from './people.ts'
import { personError } from './people-errors.ts'
import type { PeopleRuntime } from './people-runtime.ts'
import { personTokenOf } from './person-cookie.ts'
import { findSignedIn } from './person-sessions.queries.ts'
import { nameField, personView, viewOfPerson } from './person-view.ts'
import { changePassword, personOf, recordOwnAct, requirePassword, useUpCode } from './profile.ts'
import { attemptAccount } from './sign-in-attempts.ts'
import { callAuth } from './signing-in.ts'

const password = z.string().min(1).max(maxPasswordLength)
const passwordBody = z.strictObject({ current_password: password, password })
const confirmBody = z.strictObject({ current_password: password })
const codeBody = z.strictObject({
  code: z
    .string()
    .trim()
    .regex(/^\d{6}$/, 'must be the six digits that the app shows'),
})
const recoveryCodes = z.array(z.string()).describe('Each works once, in place of a code. They are shown once.')

/** `/api/profile`: a person's own account. */
export function profileRoutes({ people, attempting }: { people: PeopleRuntime; attempting: Attempting }): Route[] {
  const { db } = people
  const checking = { people, onRefused: attempting.onRefused }
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/profile',
      operationId: 'getProfile',
      tag: 'Profile',
      summary: 'Read your own account',
      permission: 'authenticated',
      whileViewing: 'refused',
      audit: { none: 'reads only' },
      responses: {
        200: personView.extend({
          needs_second_factor: z.boolean().describe('True: nothing else can be done before a second factor is set up.'),
        }),
      },
      errors: ['not_a_person', 'person_not_found'],
      async handler({ principal, headers }) {
        const person = await getPerson(db, personOf(principal))
        const token = personTokenOf(headers, await people.secret())
        const signedIn = token === undefined ? undefined : await findSignedIn(db, token, people.idleMinutes)
        return { status: 200, body: { ...viewOfPerson(person), needs_second_factor: signedIn?.needs_second_factor ?? false } }
      },
    }),
    definePrincipalRoute({
      method: 'PATCH',
      path: '/profile',
      operationId: 'updateProfile',
      tag: 'Profile',
      summary: 'Change what you are called',
      permission: 'authenticated',
      audit: { action: 'person.updated' },
      body: z.strictObject({ name: nameField }),
      responses: { 200: personView },
      errors: ['not_a_person', 'person_not_found'],
      async handler(request) {
        const id = personOf(request.principal)
        await renamePerson(db, actingOf(request), id, request.body.name)
        return { status: 200, body: viewOfPerson(await getPerson(db, id)) }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/profile/password',
      operationId: 'changePassword',
      tag: 'Profile',
      summary: 'Change your password',
      description: 'Your other browsers have to sign in again.',
      permission: 'authenticated',
      needsProof: true,
      audit: { action: 'password.set' },
      body: passwordBody,
      responses: { 204: null },
      errors: ['not_a_person', 'person_not_found', 'wrong_password', 'password_too_weak'],
      async handler(request) {
        const id = personOf(request.principal)
        await requirePassword(checking, request, id, request.body.current_password)
        const ownToken = personTokenOf(request.headers, await people.secret())
        await changePassword(people, request, actingOf(request), await getPerson(db, id), { password: request.body.password, ownToken })
        return { status: 204 }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/profile/second-factor',
      operationId: 'beginSecondFactor',
      tag: 'Profile',
      summary: 'Set up a second factor: one-time codes of an app',
      description: 'It is not asked for before `POST /api/profile/second-factor/confirm` had a code of the app.',
      permission: 'authenticated',
      needsProof: true,
      audit: { none: 'nothing is asked for yet; confirming is recorded' },
      body: confirmBody,
      responses: {
        201: z.object({
          uri: z.string().describe('`otpauth://…`, for a QR code.'),
          secret: z.string().describe('The same, for typing.'),
          recovery_codes: recoveryCodes,
        }),
      },
      errors: ['not_a_person', 'wrong_password', 'second_factor_exists'],
      async handler(request) {
        await requirePassword(checking, request, personOf(request.principal), request.body.current_password)
        const begun = await callAuth(people, request, (auth, headers) =>
          auth.api.enableTwoFactor({ body: { password: request.body.current_password, method: 'totp' }, headers, returnHeaders: true }),
        )
        if (begun?.answer.method !== 'totp') throw personError('second_factor_exists')
        const { totpURI: uri, backupCodes } = begun.answer
        return { status: 201, body: { uri, secret: new URL(uri).searchParams.get('secret') ?? '', recovery_codes: backupCodes } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/profile/second-factor/confirm',
      operationId: 'confirmSecondFactor',
      tag: 'Profile',
      summary: 'Have the second factor asked for from now on',
      permission: 'authenticated',
      audit: { action: 'second_factor.set' },
      body: codeBody,
      responses: { 204: null },
      errors: ['not_a_person', 'code_refused'],
      async handler(request) {
        const id = personOf(request.principal)
        const { code } = request.body
        const given = { db, onRefused: attempting.onRefused }
        const confirmed = await attemptAccount(given, `second factor of ${id}`, request.address, () =>
          callAuth(people, request, (auth, headers) => auth.api.verifyTOTP({ body: { code }, headers, returnHeaders: true })),
        )
        if (!confirmed) throw personError('code_refused')
        await useUpCode(db, id, code)
        await recordOwnAct(db, actingOf(request), 'second_factor.set')
        return { status: 204, headers: { 'set-cookie': confirmed.cookies } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/profile/second-factor/remove',
      operationId: 'removeSecondFactor',
      tag: 'Profile',
      summary: 'Have no second factor asked for any more',
      permission: 'authenticated',
      needsProof: true,
      audit: { action: 'second_factor.removed' },
      body: confirmBody,
      responses: { 204: null },
      errors: ['not_a_person', 'wrong_password'],
      async handler(request) {
        await requirePassword(checking, request, personOf(request.principal), request.body.current_password)
        const removed = await callAuth(people, request, (auth, headers) =>
          auth.api.disableTwoFactor({ body: { password: request.body.current_password }, headers, returnHeaders: true }),
        )
        await recordOwnAct(db, actingOf(request), 'second_factor.removed')
        return { status: 204, headers: { 'set-cookie': removed?.cookies ?? [] } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/profile/recovery-codes',
      operationId: 'createRecoveryCodes',
      tag: 'Profile',
      summary: 'Make new recovery codes in place of the earlier ones',
      permission: 'authenticated',
      needsProof: true,
      audit: { action: 'recovery_codes.created' },
      body: confirmBody,
      responses: { 201: z.object({ recovery_codes: recoveryCodes }) },
      errors: ['not_a_person', 'wrong_password', 'no_second_factor'],
      async handler(request) {
        await requirePassword(checking, request, personOf(request.principal), request.body.current_password)
        const made = await callAuth(people, request, (auth, headers) =>
          auth.api.generateBackupCodes({ body: { password: request.body.current_password }, headers, returnHeaders: true }),
        )
        if (!made) throw personError('no_second_factor')
        await recordOwnAct(db, actingOf(request), 'recovery_codes.created')
        return { status: 201, body: { recovery_codes: made.answer.backupCodes } }
      },
    }),
  ]
}
