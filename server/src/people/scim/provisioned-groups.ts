import { changesBetween, recordAudit } from '../../audit/audit.ts'
import type { GroupFields } from '../../audit/audit-event.ts'
import type { Database, Transaction } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import type { Changing } from '../people.ts'
import {
  deleteGroup,
  deleteMembers,
  findGroupRow,
  type GroupRow,
  insertGroup,
  insertMembers,
  listMemberIdsWithin,
  lockGroupRow,
  updateGroup,
} from './provisioned-groups.queries.ts'
import { adoptPeople } from './provisioned-people.queries.ts'
import { followGroupsWithin, provisioning } from './provisioning.ts'
import { type GroupDraft, patchedGroup } from './scim-group.ts'
import type { Step } from './scim-patch.ts'
import { scimError } from './scim-problem.ts'

const notFound = (id: string) => scimError('scim_group_not_found', { group_id: id })

/** @throws scim_group_not_found */
export async function getGroup(db: Database, id: string): Promise<GroupRow> {
  const row = await findGroupRow(db, id)
  if (!row) throw notFound(id)
  return row
}

const fieldsOf = ({ displayName, externalId }: GroupDraft): GroupFields => ({ name: displayName, external_id: externalId ?? null })

/** Writes who comes and who goes, and lets them have what they have by that. */
async function changeMembers(
  transaction: Transaction,
  changing: Changing,
  id: string,
  { added, removed }: { added: string[]; removed: string[] },
  alsoOf: readonly string[],
): Promise<void> {
  if ((await adoptPeople(transaction, added)) < added.length)
    throw scimError('scim_value_refused', { attribute: 'members' }, 'One of the members is no user here. Provision the user first.')
  if (added.length > 0) await insertMembers(transaction, id, added)
  if (removed.length > 0) await deleteMembers(transaction, id, removed)
  await followGroupsWithin(transaction, changing, [...added, ...removed, ...alsoOf])
}

function targetOf(id: string, name: string, added: string[], removed: string[]) {
  return {
    type: 'group' as const,
    id,
    name,
    ...(added.length > 0 ? { members_added: added } : {}),
    ...(removed.length > 0 ? { members_removed: removed } : {}),
  }
}

/** @throws scim_group_exists, scim_value_refused, forbidden */
export function createGroup(db: Database, given: Changing, draft: GroupDraft): Promise<string> {
  return provisioning(db, given, async (transaction, changing) => {
    const id = newId()
    const added = [...draft.members]
    await insertGroup(transaction, { id, display_name: draft.displayName, external_id: draft.externalId ?? null })
    await recordAudit(transaction, changing.acting, {
      action: 'group.created',
      organizationId: null,
      target: targetOf(id, draft.displayName, added, []),
      changes: changesBetween<GroupFields>({}, fieldsOf(draft)),
    })
    await changeMembers(transaction, changing, id, { added, removed: [] }, [])
    return id
  })
}

/** @throws scim_group_not_found, scim_group_exists, scim_value_refused, last_administrator, forbidden */
function changeGroup(db: Database, given: Changing, id: string, change: (before: GroupDraft) => GroupDraft): Promise<void> {
  return provisioning(db, given, async (transaction, changing) => {
    const row = await lockGroupRow(transaction, id)
    if (!row) throw notFound(id)
    const members = new Set(await listMemberIdsWithin(transaction, id))
    const before: GroupDraft = { displayName: row.display_name, externalId: row.external_id ?? undefined, members }
    const after = change(before)
    const [added, removed] = [[...after.members.difference(members)], [...members.difference(after.members)]]
    const changes = changesBetween(fieldsOf(before), fieldsOf(after))
    const isCalledOtherwise = Object.keys(changes).length > 0
    if (!isCalledOtherwise && added.length + removed.length === 0) return
    await updateGroup(transaction, { id, display_name: after.displayName, external_id: after.externalId ?? null })
    await recordAudit(transaction, changing.acting, {
      action: 'group.updated',
      organizationId: null,
      target: targetOf(id, after.displayName, added, removed),
      changes,
    })
    // The settings know a group by what it is called.
    await changeMembers(transaction, changing, id, { added, removed }, isCalledOtherwise ? [...members] : [])
  })
}

export function replaceGroup(db: Database, given: Changing, id: string, draft: GroupDraft): Promise<void> {
  return changeGroup(db, given, id, () => draft)
}

/** @throws scim_path_refused */
export function patchGroup(db: Database, given: Changing, id: string, steps: readonly Step[]): Promise<void> {
  return changeGroup(db, given, id, (before) => patchedGroup(before, steps))
}

/** Removes a group; its members stay, without what it gave them. @throws scim_group_not_found, last_administrator, forbidden */
export function removeGroup(db: Database, given: Changing, id: string): Promise<void> {
  return provisioning(db, given, async (transaction, changing) => {
    const row = await lockGroupRow(transaction, id)
    if (!row) throw notFound(id)
    const removed = await listMemberIdsWithin(transaction, id)
    await deleteGroup(transaction, id)
    await recordAudit(transaction, changing.acting, {
      action: 'group.deleted',
      organizationId: null,
      target: targetOf(id, row.display_name, [], removed),
      changes: { name: { before: row.display_name, after: null }, external_id: { before: row.external_id, after: null } },
    })
    await followGroupsWithin(transaction, changing, removed)
  })
}
