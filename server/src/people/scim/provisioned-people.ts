import type { Database, Transaction } from '../../platform/database/database.ts'
import {
  type Changing,
  createPersonWithin,
  deactivatePersonWithin,
  reactivatePersonWithin,
  removePersonWithin,
  updatePersonWithin,
} from '../people.ts'
import { personError } from '../people-errors.ts'
import { findUserRow, findUserRowWithin, type UserRow, upsertProvisionedPerson } from './provisioned-people.queries.ts'
import { followGroupsWithin, provisioning } from './provisioning.ts'
import type { Step } from './scim-patch.ts'
import { addressOf, isAddress, nameOf, patchedUser, type UserDraft } from './scim-user.ts'

const notFound = (id: string) => personError('person_not_found', { person_id: id })

/** @throws person_not_found */
export async function getUser(db: Database, id: string): Promise<UserRow> {
  const row = await findUserRow(db, id)
  if (!row) throw notFound(id)
  return row
}

/** What the provider would say of a person as they are now. */
export function draftOf({ email, user_name: userName, external_id: externalId, deactivated_at, attributes }: UserRow): UserDraft {
  const isSame = userName !== null && (!isAddress(userName) || userName.toLowerCase() === email)
  return {
    userName: isSame ? userName : email,
    externalId: externalId ?? undefined,
    active: deactivated_at === null,
    displayName: attributes?.displayName,
    name: attributes?.name ?? {},
    emails: attributes?.emails ?? [],
  }
}

const keep = (transaction: Transaction, id: string, { userName, externalId, displayName, name, emails }: UserDraft) =>
  upsertProvisionedPerson(transaction, id, {
    userName,
    externalId: externalId ?? null,
    attributes: { ...(displayName === undefined ? {} : { displayName }), name, emails },
  })

/** Adds a person, who signs in by single sign-on. @throws person_exists, scim_value_refused, forbidden */
export function createUser(db: Database, given: Changing, draft: UserDraft): Promise<string> {
  return provisioning(db, given, async (transaction, changing) => {
    const id = await createPersonWithin(transaction, changing, { email: addressOf(draft), name: nameOf(draft), grants: [] })
    await keep(transaction, id, draft)
    if (draft.active === false) await deactivatePersonWithin(transaction, changing, id)
    await followGroupsWithin(transaction, changing, [id])
    return id
  })
}

/** Changes a person to what the provider says now. @throws person_not_found, person_exists, last_administrator, scim_value_refused, forbidden */
function changeUser(db: Database, given: Changing, id: string, change: (before: UserDraft) => UserDraft): Promise<void> {
  return provisioning(db, given, async (transaction, changing) => {
    const row = await findUserRowWithin(transaction, id)
    if (!row) throw notFound(id)
    const before = draftOf(row)
    const after = change(before)
    const wasCalled = nameOf(before)
    // What somebody chose to be called here stays, until the provider calls them otherwise.
    const name = row.user_name !== null && nameOf(after) === wasCalled ? row.name : nameOf(after)
    await updatePersonWithin(transaction, changing, id, { email: addressOf(after), name })
    await keep(transaction, id, after)
    if (after.active === false && before.active) await deactivatePersonWithin(transaction, changing, id)
    if (after.active && !before.active) await reactivatePersonWithin(transaction, changing, id)
    await followGroupsWithin(transaction, changing, [id])
  })
}

/** Says everything of a person again; whether they are active stays where it is left out. */
export function replaceUser(db: Database, given: Changing, id: string, draft: UserDraft): Promise<void> {
  return changeUser(db, given, id, (before) => ({ ...draft, active: draft.active ?? before.active }))
}

/** @throws scim_path_refused */
export function patchUser(db: Database, given: Changing, id: string, steps: readonly Step[]): Promise<void> {
  return changeUser(db, given, id, (before) => {
    const after = patchedUser(before, steps)
    return { ...after, active: after.active ?? before.active }
  })
}

/** Removes a person. @throws person_not_found, last_administrator, forbidden */
export function removeUser(db: Database, given: Changing, id: string): Promise<void> {
  return provisioning(db, given, (transaction, changing) => removePersonWithin(transaction, changing, id))
}
