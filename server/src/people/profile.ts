import { createHash } from 'node:crypto'
import type { Principal } from '../access/principal.ts'
import { type Acting, recordAudit } from '../audit/audit.ts'
import type { PersonAct } from '../audit/audit-event.ts'
import { type Database, inScope } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import { requireGoodPassword } from './passwords.ts'
import { deleteUnderWayOf, findPasswordHash, upsertPassword, useCode } from './people.queries.ts'
import { personError } from './people-errors.ts'
import type { PeopleRuntime } from './people-runtime.ts'
import type { Person } from './person.ts'
import { deleteOtherSessions } from './person-sessions.queries.ts'
import { attemptAccount } from './sign-in-attempts.ts'
import type { SignInRequest } from './signing-in.ts'

/** The id of the person who asks. @throws not_a_person */
export function personOf(principal: Principal): string {
  if (principal.actor.type !== 'person') throw personError('not_a_person')
  return principal.actor.id
}

type Checking = { people: PeopleRuntime; onRefused: (kind: 'session.refused' | 'session.limited', address: string) => void }

/** Looks whether it is the person themself, before something that would outlast a stolen session. @throws wrong_password, too_many_attempts */
export async function requirePassword(
  { people, onRefused }: Checking,
  request: Pick<SignInRequest, 'headers' | 'address'>,
  personId: string,
  given: string,
): Promise<void> {
  const isRight = await attemptAccount({ db: people.db, onRefused }, `password of ${personId}`, request.address, async () => {
    const hash = await findPasswordHash(people.db, personId)
    if (hash === undefined) return undefined
    const { password } = await (await people.authFor(request.headers)).$context
    return (await password.verify({ hash, password: given })) || undefined
  })
  if (!isRight) throw personError('wrong_password')
}

/** Sets another password; the person's other browsers have to sign in again. @throws password_too_weak */
export async function changePassword(
  people: PeopleRuntime,
  request: SignInRequest,
  acting: Acting,
  person: Person,
  { password: given, ownToken }: { password: string; ownToken: string | undefined },
): Promise<void> {
  requireGoodPassword(given, person)
  const { password } = await (await people.authFor(request.headers)).$context
  const hash = await password.hash(given)
  await inScope(people.db, 'allOrganizations', async (transaction) => {
    await upsertPassword(transaction, newId(), person.id, hash)
    await deleteOtherSessions(transaction, person.id, ownToken)
    await deleteUnderWayOf(transaction, person.id)
    transaction.tell('access', 'changed')
    const target = { type: 'person' as const, id: person.id, name: person.name }
    await recordAudit(transaction, acting, { action: 'password.set', organizationId: null, target, changes: {} })
  })
}

/** Records what a person did to their own account. */
export async function recordOwnAct(db: Database, acting: Acting, action: PersonAct): Promise<void> {
  const { id, name } = acting.actor
  await inScope(db, 'allOrganizations', (transaction) =>
    recordAudit(transaction, acting, { action, organizationId: null, target: { type: 'person', id, name }, changes: {} }),
  )
}

/** Uses up a code of a person's app: nobody who saw it can use it again. False where it was used already. */
export function useUpCode(db: Database, personId: string, code: string): Promise<boolean> {
  const digest = createHash('sha256').update(code).digest()
  return inScope(db, 'allOrganizations', (transaction) => useCode(transaction, personId, digest))
}
