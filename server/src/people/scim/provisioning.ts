import { makerOfWithin } from '../../access/callers.ts'
import { withRolesThatAreWithin } from '../../access/granting.ts'
import type { GrantFields } from '../../audit/audit-event.ts'
import { type Database, inScope, isUniqueViolation, type Transaction } from '../../platform/database/database.ts'
import { lockPerson } from '../people.queries.ts'
import { type Changing, isTakenAddress, keepingAnAdministrator, updatePersonWithin } from '../people.ts'
import { personError } from '../people-errors.ts'
import { grantsOfGroups } from '../sign-in-setting.ts'
import { findSettingsWithin } from '../sign-in-settings.queries.ts'
import { groupNameIndex } from './provisioned-groups.queries.ts'
import { listFollowed, updateGivenGrants, userNameIndex } from './provisioned-people.queries.ts'
import { scimError } from './scim-problem.ts'

/**
 * Runs what an identity provider changes, one change at a time. It is done in the place of who made the provider's key, and nothing that
 * they may not do is done: a person who has more is not touched, and nobody gets more.
 *
 * @throws person_exists, scim_group_exists, last_administrator
 */
export async function provisioning<T>(
  db: Database,
  { principal, acting }: Changing,
  change: (transaction: Transaction, changing: Changing) => Promise<T>,
): Promise<T> {
  return inScope(db, 'allOrganizations', (transaction) =>
    keepingAnAdministrator(transaction, async () =>
      change(transaction, { principal: await makerOfWithin(transaction, principal), acting }),
    ),
  ).catch((error: unknown) => {
    if (isTakenAddress(error) || isUniqueViolation(error, userNameIndex)) throw personError('person_exists')
    throw isUniqueViolation(error, groupNameIndex) ? scimError('scim_group_exists') : error
  })
}

const keyOf = ({ role, reach, workflows, integrations }: GrantFields) =>
  JSON.stringify([role, reach, workflows ?? null, integrations ?? null])

const without = (grants: readonly GrantFields[], others: readonly GrantFields[]) => {
  const keys = new Set(others.map(keyOf))
  return grants.filter((grant) => !keys.has(keyOf(grant)))
}

/**
 * Lets people have what their groups give now, by the settings of single sign-on. What was granted by hand stays. To be called within
 * `keepingAnAdministrator`.
 *
 * @throws forbidden - a group gives more than who changes has.
 */
export async function followGroupsWithin(
  transaction: Transaction,
  changing: Changing,
  personIds: readonly string[] | 'all',
): Promise<void> {
  const { singleSignOn } = await findSettingsWithin(transaction)
  const all = [...(singleSignOn?.default_grants ?? []), ...(singleSignOn?.group_grants ?? []).flatMap(({ grants }) => grants)]
  // A role that was deleted since gives nothing.
  const roles = new Set((await withRolesThatAreWithin(transaction, all)).map(({ role }) => role))
  for (const { person_id: id, given_grants: before, names } of await listFollowed(transaction, personIds)) {
    const wanted = singleSignOn ? grantsOfGroups(singleSignOn, new Set(names)).filter(({ role }) => roles.has(role)) : []
    if (without(wanted, before).length === 0 && without(before, wanted).length === 0) continue
    const person = await lockPerson(transaction, id)
    if (!person) continue
    const byHand = without(person.grants, before)
    const given = without(wanted, byHand)
    await updatePersonWithin(transaction, changing, id, { grants: [...byHand, ...given] })
    await updateGivenGrants(transaction, id, given)
  }
}
