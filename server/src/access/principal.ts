import type { Actor } from '../audit/audit.ts'
import { includes, noOrganizations, type Scope } from '../platform/database/scope.ts'
import type { Grant, Reach } from './grants.ts'
import type { Permission, RoutePermission } from './permissions.ts'

/** Who a key or a session speaks for, and what they were granted. */
export type Identity = {
  actor: Actor
  grants: readonly Grant[]
  /** Of the key that it came with, for what ends together with the key. */
  keyDigest?: Buffer
}

/** Who asks: an identity as a request meets it. Its grants are read in `access/` alone; everyone else asks what is below. */
export type Principal = Omit<Identity, 'grants'> & {
  /** What the request was let through for: where nothing else is said, its reach is that of this permission. */
  permission: RoutePermission
  granted: readonly { permissions: ReadonlySet<Permission>; scope: Scope }[]
}

/** The ids of the organizations that have at least one of these tags. Given by the slice that has them, which comes later. */
export type FindTagged = (tags: readonly string[]) => Promise<readonly string[]>

async function scopeOfReach(reach: Reach, findTagged: FindTagged): Promise<Scope> {
  if ('all' in reach) return 'allOrganizations'
  if ('allBut' in reach) return allBut(reach.allBut)
  return { organizationIds: new Set('tags' in reach ? await findTagged(reach.tags) : reach.organizations) }
}

/** Looks up what the grants come to now, so that a changed tag counts from the next request on. */
export async function principalOf(
  findTagged: FindTagged,
  { grants, ...identity }: Identity,
  permission: RoutePermission,
): Promise<Principal> {
  const granted = grants.map(async ({ role, reach }) => ({ permissions: role.permissions, scope: await scopeOfReach(reach, findTagged) }))
  return { ...identity, permission, granted: await Promise.all(granted) }
}

/** Every permission that some grant gives, for whichever organizations. */
export function permissionsOf(principal: Principal): Permission[] {
  return [...new Set(principal.granted.flatMap(({ permissions }) => [...permissions]))].sort()
}

/** True where some grant gives the permission, for whichever organizations. */
export function isGranted(principal: Principal, permission: Permission): boolean {
  return principal.granted.some(({ permissions }) => permissions.has(permission))
}

/**
 * The organizations that a principal has a permission for, together: what every list, count, search, stream and look-up runs in.
 *
 * @param permission not given, the one that the request was let through for; `authenticated` is any of them
 */
export function scopeOf(principal: Principal, permission: RoutePermission = principal.permission): Scope {
  const isAny = permission === 'authenticated' || permission === 'local' || permission === 'public'
  const [first = noOrganizations, ...others] = principal.granted
    .filter(({ permissions }) => isAny || permissions.has(permission))
    .map(({ scope }) => scope)
  return others.reduce(together, first)
}

/** The organizations of either scope. */
function together(one: Scope, other: Scope): Scope {
  if (one === 'allOrganizations' || other === 'allOrganizations') return 'allOrganizations'
  if ('exceptOrganizationIds' in one) return allBut([...one.exceptOrganizationIds].filter((id) => !includes(other, id)))
  if ('exceptOrganizationIds' in other) return together(other, one)
  return { organizationIds: new Set([...idsOf(one), ...idsOf(other)]) }
}

function allBut(ids: readonly string[]): Scope {
  return ids.length === 0 ? 'allOrganizations' : { exceptOrganizationIds: new Set(ids) }
}

function idsOf(scope: { organizationId: string } | { organizationIds: ReadonlySet<string> }): Iterable<string> {
  return 'organizationId' in scope ? [scope.organizationId] : scope.organizationIds
}
