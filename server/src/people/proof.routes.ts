import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import type { Attempting } from '../access/sign-in-limits.ts'
import { recordAudit } from '../audit/audit.ts'
import { inScope } from '../platform/database/database.ts'
import { platformError } from '../platform/errors.ts'
import type { Route } from '../platform/http/http.ts'
import { maxPasswordLength } from './passwords.ts'
import { findPasswordHash } from './people.queries.ts'
import { getPerson } from './people.ts'
import { personError } from './people-errors.ts'
import type { PeopleRuntime } from './people-runtime.ts'
import { personTokenOf } from './person-cookie.ts'
import { noteProof } from './person-sessions.queries.ts'
import { personOf, requirePassword, useUpCode } from './profile.ts'
import { attemptAccount } from './sign-in-attempts.ts'
import { callAuth, type SignInRequest } from './signing-in.ts'

const proofBody = z.strictObject({
  current_password: z.string().min(1).max(maxPasswordLength),
  code: z
    .string()
    .trim()
    .regex(/^\d{6}$/, 'must be the six digits that the app shows')
    .optional()
    .describe('Needed of those who have a second factor, unless recovery_code is given.'),
  recovery_code: z.string().trim().min(1).max(50).optional(),
})
type Proof = z.infer<typeof proofBody>

type Given = { people: PeopleRuntime; attempting: Attempting }

/** @throws code_refused, too_many_attempts, validation_failed */
async function requireCode({ people, attempting }: Given, request: SignInRequest, personId: string, proof: Proof): Promise<void> {
  const { code, recovery_code: recoveryCode } = proof
  if (code === undefined && recoveryCode === undefined)
    throw platformError(
      'validation_failed',
      { code: ['is required'] },
      "'code' is required: you have a second factor. Type what the app shows.",
    )
  const given = { db: people.db, onRefused: attempting.onRefused }
  const checked = await attemptAccount(given, `second factor of ${personId}`, request.address, async () => {
    const answered = await callAuth(people, request, async (auth, headers) => {
      if (code !== undefined) return auth.api.verifyTOTP({ body: { code }, headers, returnHeaders: true })
      return auth.api.verifyBackupCode({ body: { code: recoveryCode ?? '' }, headers, returnHeaders: true })
    })
    if (answered === undefined) return undefined
    return code === undefined || (await useUpCode(people.db, personId, code)) || undefined
  })
  if (!checked) throw personError('code_refused')
}

/** `/api/session/proof`: proving again who one is, before what would outlast a stolen session. */
export function proofRoutes(given: Given): Route[] {
  const { people, attempting } = given
  return [
    definePrincipalRoute({
      method: 'POST',
      path: '/session/proof',
      operationId: 'proveSession',
      tag: 'Session',
      summary: 'Prove again that it is you, with all that you sign in with',
      description:
        'For half an hour this session may do what answers `proof_required` otherwise. Who has no password signs out and in again instead.',
      permission: 'authenticated',
      audit: { action: 'session.proved' },
      body: proofBody,
      responses: { 204: null },
      errors: ['not_a_person', 'wrong_password', 'no_password', 'code_refused', 'too_many_attempts'],
      async handler(request) {
        const { principal, headers, body } = request
        const id = personOf(principal)
        if ((await findPasswordHash(people.db, id)) === undefined) throw personError('no_password')
        await requirePassword({ people, onRefused: attempting.onRefused }, request, id, body.current_password)
        if ((await getPerson(people.db, id)).hasSecondFactor) await requireCode(given, request, id, body)
        const token = personTokenOf(headers, await people.secret())
        await inScope(people.db, 'allOrganizations', async (transaction) => {
          const sessionId = token === undefined ? undefined : await noteProof(transaction, token)
          if (sessionId === undefined) return
          const target = { type: 'session' as const, id: sessionId }
          await recordAudit(transaction, actingOf(request), { action: 'session.proved', organizationId: null, target, changes: {} })
        })
        return { status: 204 }
      },
    }),
  ]
}
