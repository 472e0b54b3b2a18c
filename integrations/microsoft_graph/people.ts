import { isCrosswalkError } from '@crosswalk/sdk'
import { z } from 'zod'
import { type GraphGroup, type GraphUser, group, member, passwordState, user, userFields } from './answers.ts'
import { type BatchOutcome, batch } from './batch.ts'
import { eventually, type TenantApi } from './tenant-api.ts'

/** What a user is made of. The password is made up where none is given, and must be changed at the first sign-in. */
export type UserDraft = {
  userPrincipalName: string
  displayName: string
  givenName?: string
  surname?: string
  jobTitle?: string
  department?: string
  officeLocation?: string
  mobilePhone?: string
  /** Two letters. Without it no license can be given. */
  usageLocation?: string
  /** Default true. */
  accountEnabled?: boolean
}

export type UserChanges = Partial<Omit<UserDraft, 'userPrincipalName'>> & { userPrincipalName?: string }

const select = { $select: userFields.join(',') }

export async function listUsers(api: TenantApi, { filter, search }: { filter?: string; search?: string } = {}): Promise<GraphUser[]> {
  // Only then the directory takes every filter, and finds words.
  const advanced = search === undefined && filter === undefined ? {} : eventually
  const query = {
    ...select,
    ...(filter === undefined ? {} : { $filter: filter }),
    ...(search === undefined ? {} : { $search: `"displayName:${search.replaceAll(/["\\]/g, ' ')}"` }),
    ...(advanced === eventually ? { $count: 'true' } : {}),
  }
  return await api.list('/users', { query, ...advanced, schema: user })
}

/** By object id or user principal name. @throws VendorError not_found */
export async function getUser(api: TenantApi, reference: string): Promise<GraphUser> {
  return await api.get(userPath(reference), user, { query: select })
}

/** The same; null where there is none. */
export async function findUser(api: TenantApi, reference: string): Promise<GraphUser | null> {
  try {
    return await getUser(api, reference)
  } catch (error) {
    if (isCrosswalkError(error, 'vendor_error') && error.details.kind === 'not_found') return null
    throw error
  }
}

const untold: readonly unknown[] = ['permission', 'invalid_request']

/** Null where Graph does not tell. */
export async function mustChangePassword(api: TenantApi, userId: string): Promise<boolean | null> {
  try {
    const { passwordProfile } = await api.get(userPath(userId), passwordState, { query: { $select: 'id,passwordProfile' } })
    return passwordProfile?.forceChangePasswordNextSignIn ?? null
  } catch (error) {
    if (isCrosswalkError(error, 'vendor_error') && untold.includes(error.details.kind)) return null
    throw error
  }
}

export async function createUser(api: TenantApi, draft: UserDraft, password: string): Promise<GraphUser> {
  const { accountEnabled = true, ...fields } = draft
  const mailNickname = draft.userPrincipalName.split('@')[0]?.replaceAll(/[^A-Za-z0-9._-]/g, '') || 'user'
  const passwordProfile = { password, forceChangePasswordNextSignIn: true }
  const made = await api.post('/users', { ...fields, accountEnabled, mailNickname, passwordProfile }, user)
  // What a new user is answered with leaves out most fields; and for some seconds the directory may not find it.
  return (await findUser(api, made.id)) ?? { ...made, ...fields, accountEnabled }
}

export async function memberships(api: TenantApi, userId: string): Promise<GraphGroup[]> {
  const all = await api.list(`${userPath(userId)}/memberOf`, { schema: group.extend({ '@odata.type': z.string().nullish() }) })
  return all
    .filter((one) => one['@odata.type'] === undefined || one['@odata.type'] === '#microsoft.graph.group')
    .map(({ '@odata.type': _type, ...rest }) => rest)
}

export async function membersOf(
  api: TenantApi,
  groupId: string,
): Promise<{ id: string; kind: string; displayName: string | null; userPrincipalName: string | null }[]> {
  const all = await api.list(`/groups/${encodeURIComponent(groupId)}/members`, { schema: member })
  return all.map(({ '@odata.type': type, ...rest }) => ({ ...rest, kind: type?.replace('#microsoft.graph.', '') ?? 'user' }))
}

/** What became of one group when a user was to be in it, or no more. */
export type MembershipChange = { groupId: string; outcome: 'changed' | 'was_so' } | { groupId: string; outcome: 'failed'; reason: string }

/** Puts a user into groups, or takes it out. Safe to repeat: what is so already is `was_so`. */
export async function changeMemberships(
  api: TenantApi,
  change: { userId: string; groupIds: readonly string[]; isMember: boolean },
  signal: AbortSignal,
): Promise<MembershipChange[]> {
  const { userId, groupIds, isMember } = change
  const current = async () => new Set((await memberships(api, userId)).map(({ id }) => id))
  const before = await current()
  const open = groupIds.filter((id) => before.has(id) !== isMember)
  const outcomes = await batch(
    api,
    open.map((groupId) => {
      const members = `/groups/${encodeURIComponent(groupId)}/members`
      const isDone = async () => (await current()).has(groupId) === isMember
      return isMember
        ? { method: 'POST', path: `${members}/$ref`, json: { '@odata.id': `${api.origin}/v1.0/directoryObjects/${userId}` }, isDone }
        : { method: 'DELETE', path: `${members}/${encodeURIComponent(userId)}/$ref`, isDone }
    }),
    signal,
  )
  return groupIds.map((groupId) => {
    const outcome = outcomes[open.indexOf(groupId)]
    return outcome === undefined ? { groupId, outcome: 'was_so' } : changeOf(groupId, outcome, isMember)
  })
}

function changeOf(groupId: string, outcome: BatchOutcome, isMember: boolean): MembershipChange {
  if (outcome.status !== 'failed') return { groupId, outcome: 'changed' }
  // Somebody was quicker.
  if (isMember ? /already exist/.test(outcome.message) : outcome.httpStatus === 404) return { groupId, outcome: 'was_so' }
  return { groupId, outcome: 'failed', reason: outcome.message }
}

export function userPath(reference: string): string {
  // A `$` at the beginning has a meaning of its own in a path of Graph, also where it is encoded.
  return reference.startsWith('$')
    ? `/users('${encodeURIComponent(reference.replaceAll("'", "''"))}')`
    : `/users/${encodeURIComponent(reference)}`
}
