import { requireNoMoreThan, resolveGrantsWithin, resumeGrantsWithin, setGrantsWithin, suspendGrantsWithin } from '../access/granting.ts'
import { fieldsOfGrant } from '../access/grants.ts'
import { endKeysKnownToWithin } from '../access/keys.ts'
import type { Principal } from '../access/principal.ts'
import { type Acting, changesBetween, recordAudit } from '../audit/audit.ts'
import type { GrantFields, PersonFields } from '../audit/audit-event.ts'
import { type Database, inScope, isUniqueViolation, type Transaction } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import {
  countAdministrators,
  deletePersonRow,
  deleteSessionsOf,
  deleteUnderWayOf,
  findPerson,
  insertPerson,
  lockAdministrators,
  lockPerson,
  setDeactivated,
  updatePersonRow,
} from './people.queries.ts'
import { personError } from './people-errors.ts'
import type { Person } from './person.ts'
import { deleteLinksOf } from './person-links.queries.ts'

export type PersonDraft = { email: string; name: string; grants: GrantFields[] }

/** Who changes a person, and in which request. */
export type Changing = { principal: Principal; acting: Acting }

export const fieldsOfPerson = (person: Person): PersonFields => ({
  email: person.email,
  name: person.name,
  grants: person.grants,
  is_active: person.state !== 'deactivated',
})

/** @throws person_not_found */
export async function getPerson(db: Database, id: string): Promise<Person> {
  const person = await findPerson(db, id)
  if (!person) throw personError('person_not_found', { person_id: id })
  return person
}

/** Adds a person, who cannot sign in yet: that takes a link. @throws person_exists, forbidden, validation_failed */
export async function createPersonWithin(transaction: Transaction, { principal, acting }: Changing, draft: PersonDraft): Promise<string> {
  const grants = await resolveGrantsWithin(transaction, draft.grants)
  requireNoMoreThan(principal, grants)
  const id = newId()
  if (!(await insertPerson(transaction, { id, email: draft.email, name: draft.name }))) throw personError('person_exists')
  await setGrantsWithin(transaction, { type: 'person', id }, grants)
  await recordAudit(transaction, acting, {
    action: 'person.created',
    organizationId: null,
    target: { type: 'person', id, name: draft.name },
    changes: changesBetween<PersonFields>({}, { email: draft.email, name: draft.name, grants: grants.map(fieldsOfGrant), is_active: true }),
  })
  return id
}

/**
 * Holds a person's row for a change. Who has less than they do may not change them: a new password would be theirs.
 *
 * @throws person_not_found, forbidden
 */
export async function holdPersonWithin(transaction: Transaction, principal: Principal, id: string): Promise<Person> {
  const person = await lockPerson(transaction, id)
  if (!person) throw personError('person_not_found', { person_id: id })
  requireNoMoreThan(principal, await resolveGrantsWithin(transaction, person.grants))
  return person
}

/** Runs a change after which there may be fewer administrators. @throws last_administrator - there would be none, and there was one. */
export async function keepingAnAdministrator<T>(transaction: Transaction, change: () => Promise<T>): Promise<T> {
  await lockAdministrators(transaction)
  const before = await countAdministrators(transaction)
  const result = await change()
  if (before > 0 && (await countAdministrators(transaction)) === 0) throw personError('last_administrator')
  return result
}

async function recordPerson(
  transaction: Transaction,
  acting: Acting,
  action: 'person.updated' | 'person.deactivated' | 'person.reactivated' | 'person.deleted',
  person: Person,
  changes: ReturnType<typeof changesBetween<PersonFields>>,
): Promise<void> {
  await recordAudit(transaction, acting, {
    action,
    organizationId: null,
    target: { type: 'person', id: person.id, name: person.name },
    changes,
  })
}

export type PersonPatch = { name?: string | undefined; email?: string | undefined; grants?: GrantFields[] | undefined }

/** @throws person_not_found, person_exists, last_administrator, forbidden, validation_failed */
export async function updatePerson(db: Database, changing: Changing, id: string, patch: PersonPatch): Promise<void> {
  await inScope(db, 'allOrganizations', (transaction) =>
    keepingAnAdministrator(transaction, () => updatePersonWithin(transaction, changing, id, patch)),
  ).catch((error: unknown) => {
    throw isTakenAddress(error) ? personError('person_exists') : error
  })
}

/** Somebody else has the address that a person was to get. */
export const isTakenAddress = (error: unknown): boolean => isUniqueViolation(error, 'people_email_key')

/** The same within `keepingAnAdministrator`. An address that is taken fails the transaction: see `isTakenAddress`. */
export async function updatePersonWithin(
  transaction: Transaction,
  { principal, acting }: Changing,
  id: string,
  patch: PersonPatch,
): Promise<void> {
  const person = await holdPersonWithin(transaction, principal, id)
  const grants = patch.grants && (await resolveGrantsWithin(transaction, patch.grants))
  if (grants) requireNoMoreThan(principal, grants)
  const wanted = { name: patch.name ?? person.name, email: patch.email ?? person.email }
  const after = { ...fieldsOfPerson(person), ...wanted, ...(grants ? { grants: grants.map(fieldsOfGrant) } : {}) }
  const changes = changesBetween(fieldsOfPerson(person), after)
  if (Object.keys(changes).length === 0) return
  await updatePersonRow(transaction, id, wanted)
  if (grants) await setGrantsWithin(transaction, { type: 'person', id }, grants)
  await recordPerson(transaction, acting, 'person.updated', person, changes)
}

/** Ends whatever a person has open: sessions, keys that they made, links, what they have under way. */
async function endEverythingOf(transaction: Transaction, acting: Acting, personId: string): Promise<void> {
  await endKeysKnownToWithin(transaction, acting, { type: 'person', id: personId })
  await deleteSessionsOf(transaction, personId)
  await deleteUnderWayOf(transaction, personId)
  await deleteLinksOf(transaction, personId)
  // Whatever follows something for them looks again, in every process.
  transaction.tell('access', 'changed')
}

/** Lets a person not sign in any more; their sessions end at once. Safe to repeat. @throws person_not_found, last_administrator, forbidden */
export async function deactivatePerson(db: Database, changing: Changing, id: string): Promise<void> {
  await inScope(db, 'allOrganizations', (transaction) =>
    keepingAnAdministrator(transaction, () => deactivatePersonWithin(transaction, changing, id)),
  )
}

/** The same within `keepingAnAdministrator`. */
export async function deactivatePersonWithin(transaction: Transaction, { principal, acting }: Changing, id: string): Promise<void> {
  const person = await holdPersonWithin(transaction, principal, id)
  await endEverythingOf(transaction, acting, id)
  if (person.state === 'deactivated') return
  await setDeactivated(transaction, id, true)
  // What they set or started still asks for what they have.
  await suspendGrantsWithin(transaction, { type: 'person', id })
  await recordPerson(transaction, acting, 'person.deactivated', person, { is_active: { before: true, after: false } })
}

/** Lets a person sign in again, as before. Safe to repeat. @throws person_not_found, forbidden */
export async function reactivatePerson(db: Database, changing: Changing, id: string): Promise<void> {
  await inScope(db, 'allOrganizations', (transaction) => reactivatePersonWithin(transaction, changing, id))
}

/** The same as part of what else a transaction does. */
export async function reactivatePersonWithin(transaction: Transaction, { principal, acting }: Changing, id: string): Promise<void> {
  const person = await holdPersonWithin(transaction, principal, id)
  if (person.state !== 'deactivated') return
  await setDeactivated(transaction, id, false)
  await resumeGrantsWithin(transaction, { type: 'person', id })
  await recordPerson(transaction, acting, 'person.reactivated', person, { is_active: { before: false, after: true } })
}

/** Removes a person. What they did stays in the audit, by their name. @throws person_not_found, last_administrator, forbidden */
export async function removePerson(db: Database, changing: Changing, id: string): Promise<void> {
  await inScope(db, 'allOrganizations', (transaction) =>
    keepingAnAdministrator(transaction, () => removePersonWithin(transaction, changing, id)),
  )
}

/** The same within `keepingAnAdministrator`. */
export async function removePersonWithin(transaction: Transaction, { principal, acting }: Changing, id: string): Promise<void> {
  const person = await holdPersonWithin(transaction, principal, id)
  await endEverythingOf(transaction, acting, id)
  await setGrantsWithin(transaction, { type: 'person', id }, [])
  await resumeGrantsWithin(transaction, { type: 'person', id })
  await deletePersonRow(transaction, id)
  const changes = Object.fromEntries(Object.entries(fieldsOfPerson(person)).map(([field, before]) => [field, { before, after: null }]))
  await recordPerson(transaction, acting, 'person.deleted', person, changes)
}

/** Lets a person choose what they are called. @throws person_not_found */
export async function renamePerson(db: Database, acting: Acting, id: string, name: string): Promise<void> {
  await inScope(db, 'allOrganizations', async (transaction) => {
    const person = await lockPerson(transaction, id)
    if (!person) throw personError('person_not_found', { person_id: id })
    if (person.name === name) return
    await updatePersonRow(transaction, id, { name, email: person.email })
    await recordPerson(transaction, acting, 'person.updated', person, { name: { before: person.name, after: name } })
  })
}
