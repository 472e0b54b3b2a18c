import type { GrantFields } from '../audit/audit-event.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { includes } from '../platform/database/scope.ts'
import { platformError } from '../platform/errors.ts'
import { authError } from './auth-errors.ts'
import {
  deleteSuspended,
  findGrantFieldsWithin,
  findGrantRows,
  findGrantRowsByTags,
  type GrantRow,
  insertSuspended,
  replaceGrantRows,
  tellAccessChanged,
} from './grants.queries.ts'
import { fieldsOfGrant, type Grant, limitsOf, type Reach, type Role, reachOf } from './grants.ts'
import { type Limits, partsOf } from './limits.ts'
import { allGivenBy, type Permission } from './permissions.ts'
import { asFor, type Principal, scopeOf, tagsOf } from './principal.ts'
import { holdRoleRows } from './roles.queries.ts'
import { builtInRole, permissionsOfRow } from './roles.ts'

/** Whom grants are kept for. The id is the person's or the key's. */
export type Grantee = { type: 'person' | 'api_key'; id: string }

/** A grant as its row has it. A role that is gone, or that this version does not know, gives nothing. */
export function grantOf({ role, reach, permissions, ...limits }: GrantRow): Grant {
  const given = builtInRole(role) ?? { name: role, permissions: permissionsOfRow(permissions ?? []) }
  return { role: given, reach: reachOf(reach), ...limitsOf(limits) }
}

/** What a principal was granted, in the order that it was given in. */
export async function grantsOf(db: Database, grantee: Grantee): Promise<Grant[]> {
  return (await findGrantRows(db, grantee)).map(grantOf)
}

/**
 * Grants by their names on the wire, with the roles that they name. Holds the roles until the transaction ends: none is deleted meanwhile.
 *
 * @throws validation_failed - there is no such role.
 */
export async function resolveGrantsWithin(transaction: Transaction, given: readonly GrantFields[]): Promise<Grant[]> {
  const rows = await holdRoleRows(transaction, [...new Set(given.map(({ role }) => role))])
  const own = new Map(rows.map(({ name, permissions }): [string, Role] => [name, { name, permissions: permissionsOfRow(permissions) }]))
  return given.map(({ role: name, reach, ...limits }, index) => {
    const role = builtInRole(name) ?? own.get(name)
    if (!role) throw unknownRole(`grants.${index}.role`, name)
    return { role, reach: reachOf(reach), ...limitsOf(limits) }
  })
}

/** Those of these grants whose roles there still are. Holds the roles, as above. */
export async function withRolesThatAreWithin(transaction: Transaction, given: readonly GrantFields[]): Promise<GrantFields[]> {
  const own = new Set((await holdRoleRows(transaction, [...new Set(given.map(({ role }) => role))])).map(({ name }) => name))
  return given.filter(({ role }) => builtInRole(role) !== undefined || own.has(role))
}

function unknownRole(field: string, name: string) {
  const problem = `there is no role '${name}'`
  return platformError('validation_failed', { [field]: [problem] }, `There is no role '${name}'. GET /api/roles lists them.`)
}

/**
 * Replaces what a principal was granted; `[]` takes everything away. From the commit on every process looks it up again. The caller has
 * looked with `requireNoMoreThan` whether the grants may be given, and records the audit event.
 *
 * @param grants of `resolveGrantsWithin`
 * @returns what it had before, by names on the wire
 */
export async function setGrantsWithin(transaction: Transaction, grantee: Grantee, grants: readonly Grant[]): Promise<GrantFields[]> {
  const before = await findGrantFieldsWithin(transaction, grantee)
  await replaceGrantRows(transaction, grantee, grants.map(fieldsOfGrant))
  await tellAccessChanged(transaction)
  return before
}

/** Takes what a principal has from them until it is given back. Their grants stay as they are. Safe to repeat. */
export async function suspendGrantsWithin(transaction: Transaction, grantee: Grantee): Promise<void> {
  await insertSuspended(transaction, grantee)
  await tellAccessChanged(transaction)
}

/** Gives it back. Safe to repeat. */
export async function resumeGrantsWithin(transaction: Transaction, grantee: Grantee): Promise<void> {
  await deleteSuspended(transaction, grantee)
  await tellAccessChanged(transaction)
}

/** The same as `setGrantsWithin` in a transaction of its own. */
export function setGrants(db: Database, grantee: Grantee, grants: readonly Grant[]): Promise<GrantFields[]> {
  return inScope(db, 'allOrganizations', (transaction) => setGrantsWithin(transaction, grantee, grants))
}

/** True where a principal has the permission for every organization of a reach, those to come included. */
function covers(maker: Principal, permission: Permission, reach: Reach): boolean {
  const scope = scopeOf(maker, permission)
  if (scope === 'allOrganizations') return true
  if ('all' in reach) return false
  if ('organizations' in reach) return reach.organizations.every((id) => includes(scope, id))
  if ('allBut' in reach) {
    return 'exceptOrganizationIds' in scope && [...scope.exceptOrganizationIds].every((id) => reach.allBut.includes(id))
  }
  const tags = tagsOf(maker, permission)
  return reach.tags.every((tag) => tags.has(tag))
}

/** Each permission that a grant gives, with its maker as they are for what it is limited to. */
function asked(
  maker: Principal,
  permissions: readonly Permission[],
  limits: Limits | undefined,
): { permission: Permission; as: Principal }[] {
  return partsOf(permissions, limits).flatMap(({ permissions: given, only }) => {
    const makers = only
      ? [...only.names].map((name) => asFor(maker, only.of === 'workflow' ? { workflow: name } : { integration: name }))
      : [maker]
    return makers.flatMap((as) => given.map((permission) => ({ permission, as })))
  })
}

/** The first of these grants that is more than a principal has now, with a permission that they lack of it. */
function beyond(principal: Principal, grants: readonly Grant[]): { permission: Permission; role: string } | undefined {
  for (const { role, reach, limits } of grants) {
    const lacking = asked(principal, allGivenBy(role.permissions), limits).find(({ permission, as }) => !covers(as, permission, reach))
    if (lacking) return { permission: lacking.permission, role: role.name }
  }
  return undefined
}

/**
 * Nobody gives more than they have themselves, now.
 *
 * @throws forbidden - `details.permission` and `details.role` say what is too much.
 */
export function requireNoMoreThan(maker: Principal, grants: readonly Grant[]): void {
  const tooMuch = beyond(maker, grants)
  if (!tooMuch) return
  const { permission, role } = tooMuch
  throw authError(
    'forbidden',
    tooMuch,
    `The role '${role}' gives ${permission} for organizations that you have no ${permission} for. Give a smaller role or reach, or ask someone who has more.`,
  )
}

/**
 * Nobody gets to know a key that has more than they have themselves, now.
 *
 * @param key its name, and the grants that it was made with
 * @throws forbidden - `details.permission` and `details.role` say what is too much.
 */
export function requireMayKnowKey(principal: Principal, key: { name: string; grants: readonly Grant[] }): void {
  const tooMuch = beyond(principal, key.grants)
  if (!tooMuch) return
  const { permission, role } = tooMuch
  throw authError(
    'forbidden',
    tooMuch,
    `The key '${key.name}' has the role '${role}', which gives ${permission} for organizations that you have no ${permission} for. Rotating it would show you a key that has more than you. Ask its maker, or someone who has as much, to rotate it.`,
  )
}

/**
 * A tag gives an organization to all who have a grant by it, perhaps to the one who sets it: that is giving, and nobody gives more than
 * they have.
 *
 * @param tags that the organization did not have before
 * @throws forbidden
 */
export async function requireMayTagWithin(
  transaction: Transaction,
  principal: Principal,
  organizationId: string,
  tags: readonly string[],
): Promise<void> {
  if (tags.length === 0) return
  for (const { role, reach, limits } of (await findGrantRowsByTags(transaction, tags)).map(grantOf)) {
    const lacking = asked(principal, allGivenBy(role.permissions), limits).find(
      (one) => !includes(scopeOf(one.as, one.permission), organizationId),
    )
    const permission = lacking?.permission
    if (permission === undefined) continue
    const tag = 'tags' in reach ? tags.find((one) => reach.tags.includes(one)) : undefined
    throw authError(
      'forbidden',
      { permission, role: role.name, tag },
      `Somebody has the role '${role.name}' by the tag '${tag}'. With the tag they would have ${permission} for this organization, which you do not have. Ask someone who has it to set the tag.`,
    )
  }
}
