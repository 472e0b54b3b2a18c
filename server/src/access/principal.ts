import type { Actor } from '../audit/audit.ts'
import { includes, noOrganizations, type Scope } from '../platform/database/scope.ts'
import type { Grant, Reach } from './grants.ts'
import { allGivenBy, gives, type Permission, permissions, type RoutePermission } from './permissions.ts'

/** Who a key or a session speaks for, and what they were granted. */
export type Identity = {
  actor: Actor
  grants: readonly Grant[]
  /** Who made it, as they are now: it has nothing that they have not. */
  cappedBy?: Identity | undefined
  /** Of the administrator key, for what ends together with it. */
  keyDigest?: Buffer
}

/** What one grant comes to. `tags` are those by which it also has organizations to come. */
export type Granted = { permissions: ReadonlySet<Permission>; scope: Scope; tags?: ReadonlySet<string> }

/** Who asks: an identity as a request meets it. Its grants are read in `access/` alone; everyone else asks what is below. */
export type Principal = Omit<Identity, 'grants' | 'cappedBy'> & {
  /** What the request was let through for: where nothing else is said, its reach is that of this permission. */
  permission: RoutePermission
  granted: readonly Granted[]
  /** As they were given, for showing. */
  grants?: readonly Grant[]
}

/** The ids of the organizations that have at least one of these tags. Given by the slice that has them, which comes later. */
export type FindTagged = (tags: readonly string[]) => Promise<readonly string[]>

async function scopeOfReach(reach: Reach, findTagged: FindTagged): Promise<Scope> {
  if ('all' in reach) return 'allOrganizations'
  if ('allBut' in reach) return allBut(reach.allBut)
  return { organizationIds: new Set('tags' in reach ? await findTagged(reach.tags) : reach.organizations) }
}

/** What an identity's grants come to now, held to what those of its makers do. */
async function grantedOf(findTagged: FindTagged, { grants, cappedBy }: Identity): Promise<readonly Granted[]> {
  const own = grants.map(async ({ role, reach }): Promise<Granted> => {
    const scope = await scopeOfReach(reach, findTagged)
    return { permissions: role.permissions, scope, ...('tags' in reach ? { tags: new Set(reach.tags) } : {}) }
  })
  if (!cappedBy) return Promise.all(own)
  const [granted, cap] = await Promise.all([Promise.all(own), grantedOf(findTagged, cappedBy)])
  return granted.flatMap((one) => cap.map((other) => both(one, other))).filter(({ permissions }) => permissions.size > 0)
}

/** What both of two grants give. */
function both(one: Granted, other: Granted): Granted {
  const permissions = new Set(allGivenBy(one.permissions).filter((permission) => gives(other.permissions, permission)))
  const tags = tagsOfBoth(one, other)
  return { permissions, scope: ofBoth(one.scope, other.scope), ...(tags ? { tags } : {}) }
}

function tagsOfBoth(one: Granted, other: Granted): ReadonlySet<string> | undefined {
  if (one.scope === 'allOrganizations') return other.tags
  if (other.scope === 'allOrganizations') return one.tags
  return one.tags && other.tags && new Set([...one.tags].filter((tag) => other.tags?.has(tag)))
}

/** Looks up what the grants come to now, so that a changed tag applies from the next request on. */
export async function principalOf(findTagged: FindTagged, identity: Identity, permission: RoutePermission): Promise<Principal> {
  const { cappedBy: _, ...shown } = identity
  return { ...shown, permission, granted: await grantedOf(findTagged, identity) }
}

/** Every permission that some grant gives, for whichever organizations; for one where it is named. */
export function permissionsOf(principal: Principal, organizationId?: string): Permission[] {
  const granted = principal.granted.filter(({ scope }) => organizationId === undefined || includes(scope, organizationId))
  return permissions.filter((permission) => granted.some((one) => gives(one.permissions, permission))).sort()
}

/** True where some grant gives the permission, for whichever organizations. */
export function isGranted(principal: Principal, permission: Permission): boolean {
  return principal.granted.some(({ permissions }) => gives(permissions, permission))
}

/**
 * The organizations that a principal has a permission for, together: what every list, count, search, stream and look-up runs in.
 *
 * @param permission not given, the one that the request was let through for; `authenticated` is any of them
 */
export function scopeOf(principal: Principal, permission: RoutePermission = principal.permission): Scope {
  const isAny = permission === 'authenticated' || permission === 'local' || permission === 'public'
  const [first = noOrganizations, ...others] = principal.granted
    .filter(({ permissions }) => isAny || gives(permissions, permission))
    .map(({ scope }) => scope)
  return others.reduce(together, first)
}

/** The tags by which a principal has the permission for organizations to come. */
export function tagsOf(principal: Principal, permission: Permission): ReadonlySet<string> {
  return new Set(principal.granted.flatMap((one) => (gives(one.permissions, permission) ? [...(one.tags ?? [])] : [])))
}

/** The organizations of either scope. */
function together(one: Scope, other: Scope): Scope {
  if (one === 'allOrganizations' || other === 'allOrganizations') return 'allOrganizations'
  if ('exceptOrganizationIds' in one) return allBut([...one.exceptOrganizationIds].filter((id) => !includes(other, id)))
  if ('exceptOrganizationIds' in other) return together(other, one)
  return { organizationIds: new Set([...idsOf(one), ...idsOf(other)]) }
}

/** The organizations of both scopes. */
function ofBoth(one: Scope, other: Scope): Scope {
  if (one === 'allOrganizations') return other
  if (other === 'allOrganizations') return one
  if (!('exceptOrganizationIds' in one)) return { organizationIds: new Set([...idsOf(one)].filter((id) => includes(other, id))) }
  if (!('exceptOrganizationIds' in other)) return ofBoth(other, one)
  return allBut([...new Set([...one.exceptOrganizationIds, ...other.exceptOrganizationIds])])
}

function allBut(ids: readonly string[]): Scope {
  return ids.length === 0 ? 'allOrganizations' : { exceptOrganizationIds: new Set(ids) }
}

function idsOf(scope: { organizationId: string } | { organizationIds: ReadonlySet<string> }): Iterable<string> {
  return 'organizationId' in scope ? [scope.organizationId] : scope.organizationIds
}
