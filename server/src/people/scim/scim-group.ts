import { z } from 'zod'
import { lineOfText } from '../../platform/http/text.ts'
import { type Attributes, isAttributes, type Step } from './scim-patch.ts'
import { scimError } from './scim-problem.ts'

export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group'

export type GroupDraft = { displayName: string; externalId: string | undefined; members: ReadonlySet<string> }

const displayNames = lineOfText(300)
const personIds = z.uuid().toLowerCase()

const refused = (attribute: string, problem: string) =>
  scimError('scim_value_refused', { attribute }, `The attribute ${attribute} ${problem}. Correct it at the identity provider.`)

function displayNameOf(value: unknown): string {
  const parsed = displayNames.safeParse(value)
  if (!parsed.success) throw refused('displayName', 'is required, and must be one line of at most 300 characters')
  return parsed.data
}

function externalIdOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string' || value.length > 500) throw refused('externalId', 'must be text of at most 500 characters')
  return value
}

/** The ids of people that a list of members names. */
function membersOf(value: unknown): string[] {
  const given = value === undefined || value === null ? [] : [value].flat()
  return given.map((one) => {
    const parsed = personIds.safeParse(isAttributes(one) ? one.value : one)
    if (!parsed.success) throw refused('members', 'must be a list of objects with the id of a user as value')
    return parsed.data
  })
}

/** @throws scim_value_refused */
export function groupDraftOf(given: Attributes): GroupDraft {
  const members = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]))
  return {
    displayName: displayNameOf(members.get('displayname')),
    externalId: externalIdOf(members.get('externalid')),
    members: new Set(membersOf(members.get('members'))),
  }
}

function changedMembers(before: ReadonlySet<string>, { op, path, value }: Step): ReadonlySet<string> {
  const { where } = path
  if (where) {
    if (where.attribute !== 'value' || op !== 'remove') throw scimError('scim_path_refused', { path: 'members' })
    return before.difference(new Set([where.value.toLowerCase()]))
  }
  // Entra ID may name those to remove in the value. Without one, all are meant.
  if (op === 'remove') return value === undefined || value === null ? new Set() : before.difference(new Set(membersOf(value)))
  const given = new Set(membersOf(value))
  return op === 'add' ? before.union(given) : given
}

/** @throws scim_path_refused, scim_value_refused */
export function patchedGroup(before: GroupDraft, steps: readonly Step[]): GroupDraft {
  let group = before
  for (const step of steps) {
    const { attribute } = step.path
    const value = step.op === 'remove' ? undefined : step.value
    if (attribute === 'members') group = { ...group, members: changedMembers(group.members, step) }
    else if (attribute === 'displayname') group = { ...group, displayName: displayNameOf(value) }
    else if (attribute === 'externalid') group = { ...group, externalId: externalIdOf(value) }
  }
  return group
}
