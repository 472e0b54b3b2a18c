import { setGrantsWithin } from '../access/granting.ts'
import { administratorRole } from '../access/grants.ts'
import { type Acting, changesBetween, recordAudit } from '../audit/audit.ts'
import type { PersonFields } from '../audit/audit-event.ts'
import { inScope } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import { requireGoodPassword } from './passwords.ts'
import { countPeopleWithin, insertPerson, lockAdministrators, upsertPassword } from './people.queries.ts'
import { personError } from './people-errors.ts'
import type { PeopleRuntime } from './people-runtime.ts'

/**
 * Makes the first person, an administrator of everything. Of two simultaneous calls one wins.
 *
 * @param hash of the password, as the library makes it
 * @throws first_administrator_exists, password_too_weak
 */
export async function createFirstAdministrator(
  { db }: PeopleRuntime,
  acting: Acting,
  { email, name, password }: { email: string; name: string; password: string },
  hashOf: (password: string) => Promise<string>,
): Promise<void> {
  requireGoodPassword(password, { email, name })
  const hash = await hashOf(password)
  await inScope(db, 'allOrganizations', async (transaction) => {
    await lockAdministrators(transaction)
    if ((await countPeopleWithin(transaction)) > 0) throw personError('first_administrator_exists')
    const id = newId()
    await insertPerson(transaction, { id, email, name })
    await upsertPassword(transaction, newId(), id, hash)
    await setGrantsWithin(transaction, { type: 'person', id }, [{ role: administratorRole, reach: { all: true } }])
    await recordAudit(transaction, acting, {
      action: 'person.created',
      organizationId: null,
      target: { type: 'person', id, name },
      changes: changesBetween<PersonFields>(
        {},
        { email, name, grants: [{ role: administratorRole.name, reach: { all: true } }], is_active: true },
      ),
    })
  })
}
