import type { Actor } from '../audit/audit.ts'
import { type Among, includes, noOrganizations, type Scope } from '../platform/database/scope.ts'
import { afterwards, type Soon } from '../platform/soon.ts'
import type { Grant, Reach } from './grants.ts'
import { bothLimits, isFor, type Only, partsOf, type Subject } from './limits.ts'
import { allGivenBy, gives, type Permission, permissions, type RoutePermission } from './permissions.ts'

/** Who a key or a session speaks for, and what they were granted. */
export type Identity = {
  actor: Actor
  grants: readonly Grant[]
  /** Who made it, as they are now: it has nothing that they have not. */
  cappedBy?: Identity | undefined
  /** Who may know its value beside its maker, as they are now: it has nothing that any of them has not. */
  knownTo?: readonly Identity[]
  /** Of the administrator key, for what ends together with it. */
  keyDigest?: Buffer
  /** Of a session whose person has not proved who they are for a while. */
  isProofOld?: boolean
  /** Of a person who has to set up a second factor first: until then they have no grants. */
  needsSecondFactor?: boolean
  /** Who really asks, where somebody looks at the installation as `actor`: reading only, until then. */
  viewedBy?: { actor: Actor; until: Date }
}

/** What one grant comes to. `tags` are those by which it also has organizations to come; `only` is the limit that it has. */
export type Granted = {
  permissions: ReadonlySet<Permission>
  scope: Scope
  tags?: ReadonlySet<string>
  only?: Only
  /** The role that it is of; of a key, where those who made it have it by that role as well. */
  role?: string
}

/** Who asks: an identity as a request meets it. Its grants are read in `access/` alone; everyone else asks what is below. */
export type Principal = Omit<Identity, 'grants' | 'cappedBy' | 'knownTo'> & {
  /** What the request was let through for: where nothing else is said, its reach is that of this permission. */
  permission: RoutePermission
  granted: readonly Granted[]
  /** As they were given, for showing. */
  grants?: readonly Grant[]
}

/** The ids of the organizations that have at least one of these tags. Given by the slice that has them, which comes later. */
export type FindTagged = (tags: readonly string[]) => Soon<readonly string[]>

async function scopeOfReach(reach: Reach, findTagged: FindTagged): Promise<Scope> {
  if ('all' in reach) return 'allOrganizations'
  if ('allBut' in reach) return allBut(reach.allBut)
  return { organizationIds: new Set('tags' in reach ? await findTagged(reach.tags) : reach.organizations) }
}

/** Who an identity is held to. */
const capsOf = ({ cappedBy, knownTo = [] }: Identity): readonly Identity[] => (cappedBy ? [cappedBy, ...knownTo] : knownTo)

/** What an identity's grants come to now, held to what those of its makers do, and of all who may know it. */
async function grantedOf(findTagged: FindTagged, identity: Identity): Promise<readonly Granted[]> {
  const own = identity.grants.map(async ({ role, reach, limits }): Promise<Granted[]> => {
    const scope = await scopeOfReach(reach, findTagged)
    const named = { role: role.name, ...('tags' in reach ? { tags: new Set(reach.tags) } : {}) }
    if (!limits) return [{ permissions: role.permissions, scope, ...named }]
    const parts = partsOf(allGivenBy(role.permissions), limits)
    return parts.map(({ permissions, only }) => ({ permissions: new Set(permissions), scope, ...named, ...(only ? { only } : {}) }))
  })
  const caps = Promise.all(capsOf(identity).map((cap) => grantedOf(findTagged, cap)))
  const [granted, held] = await Promise.all([Promise.all(own).then((each) => each.flat()), caps])
  return held.reduce(
    (left, cap) => left.flatMap((one) => cap.map((other) => both(one, other))).filter(({ permissions }) => permissions.size > 0),
    granted,
  )
}

/** What both of two grants give. */
function both(one: Granted, other: Granted): Granted {
  const limit = bothLimits(one.only, other.only)
  const given = limit ? allGivenBy(one.permissions).filter((permission) => gives(other.permissions, permission)) : []
  const permissions = new Set(given)
  const tags = tagsOfBoth(one, other)
  const role = one.role !== undefined && one.role === other.role ? { role: one.role } : {}
  return { permissions, scope: ofBoth(one.scope, other.scope), ...role, ...(tags ? { tags } : {}), ...limit }
}

function tagsOfBoth(one: Granted, other: Granted): ReadonlySet<string> | undefined {
  if (one.scope === 'allOrganizations') return other.tags
  if (other.scope === 'allOrganizations') return one.tags
  return one.tags && other.tags && new Set([...one.tags].filter((tag) => other.tags?.has(tag)))
}

const dependsOnTags = (identity: Identity): boolean =>
  identity.grants.some(({ reach }) => 'tags' in reach) || capsOf(identity).some(dependsOnTags)

/** What grants come to that no tag is part of, for as long as their identity is remembered: nothing changes it. */
const fixed = new WeakMap<Identity, readonly Granted[]>()

type ByTags = { asked: readonly { tags: readonly string[]; found: readonly string[] }[]; granted: readonly Granted[] }
/** The same with tags, for as long as each look-up of tags gives the very list that it gave. */
const byTags = new WeakMap<Identity, ByTags>()

async function grantedNow(findTagged: FindTagged, identity: Identity): Promise<readonly Granted[]> {
  const before = byTags.get(identity)
  if (before) {
    let isSame = true
    for (const { tags, found } of before.asked) isSame &&= (await findTagged(tags)) === found
    if (isSame) return before.granted
  }
  const asked: { tags: readonly string[]; found: readonly string[] }[] = []
  const granted = await grantedOf(async (tags) => {
    const found = await findTagged(tags)
    asked.push({ tags, found })
    return found
  }, identity)
  if (asked.length > 0) byTags.set(identity, { asked, granted })
  else if (!dependsOnTags(identity)) fixed.set(identity, granted)
  return granted
}

/** Looks up what the grants come to now, so that a changed tag applies from the next request on. */
export function principalOf(findTagged: FindTagged, identity: Identity, permission: RoutePermission): Soon<Principal> {
  const { cappedBy: _, knownTo: __, ...shown } = identity
  return afterwards(fixed.get(identity) ?? grantedNow(findTagged, identity), (granted) => ({ ...shown, permission, granted }))
}

/** Every permission that some grant gives, for whichever organizations; for one where it is named. */
export function permissionsOf(principal: Principal, organizationId?: string): Permission[] {
  const granted = principal.granted.filter(({ scope }) => organizationId === undefined || includes(scope, organizationId))
  return permissions.filter((permission) => granted.some((one) => gives(one.permissions, permission))).sort()
}

/**
 * A principal as they are for one workflow or integration: with the limited grants that are for it, and without all others. Code that reads
 * their scope without it finds nothing of limited grants.
 */
export function asFor(principal: Principal, subject: Subject): Principal {
  return {
    ...principal,
    granted: principal.granted.flatMap(({ only, ...one }) => (!only || isFor(only, subject) ? [one] : [])),
  }
}

/** A principal as if no grant of theirs had a limit: to find what a request names, before it is judged for what that is about. */
export function withoutLimits(principal: Principal): Principal {
  return { ...principal, granted: principal.granted.map(({ only: _, ...one }) => one) }
}

/**
 * A principal with nothing but the grants that name a workflow: of what is offered to somebody by name, and to nobody by a grant for
 * everything.
 *
 * @param workflow not given, whichever
 */
export function asNamed(principal: Principal, workflow?: string): Principal {
  return {
    ...principal,
    granted: principal.granted.flatMap(({ only, ...one }) =>
      only?.of === 'workflow' && (workflow === undefined || only.names.has(workflow)) ? [one] : [],
    ),
  }
}

/** True of a grant of a customer's user: it gives forms, and nothing of how the provider works. */
const isOfCustomer = ({ permissions }: Granted) => allGivenBy(permissions).every((permission) => ofForms.has(permission))

/**
 * A principal with what is offered to all customers: a customer's user's grants that name no workflow name these. One that names some is held
 * to them, and those of the provider's own people offer nothing.
 */
export function offered(principal: Principal, workflows: readonly string[]): Principal {
  const only: Only = { of: 'workflow', names: new Set(workflows) }
  return { ...principal, granted: principal.granted.map((one) => (!one.only && isOfCustomer(one) ? { ...one, only } : one)) }
}

/** The workflows or integrations for which limited grants give a permission for an organization. */
export function limitedTo(principal: Principal, of: Only['of'], permission: Permission, organizationId: string): string[] {
  const names = principal.granted.flatMap(({ permissions, scope, only }) =>
    only?.of === of && gives(permissions, permission) && includes(scope, organizationId) ? [...only.names] : [],
  )
  return [...new Set(names)]
}

/** What limited grants give a permission for: these names, in that scope. */
export function limitedScopes(principal: Principal, of: Only['of'], permission: Permission): { names: readonly string[]; scope: Scope }[] {
  return principal.granted.flatMap(({ permissions, scope, only }) =>
    only?.of === of && gives(permissions, permission) ? [{ names: [...only.names], scope }] : [],
  )
}

/** What a principal sees of things that have the name of a workflow or an integration: what to read in, and where grants are limited, which of it. */
export function seenBy(principal: Principal, of: Only['of'], permission: Permission): { scope: Scope; among?: Among } {
  if (!hasLimits(principal)) return { scope: scopeOf(principal, permission) }
  const among = { scope: scopeOf(principal, permission), named: limitedScopes(principal, of, permission) }
  return { scope: scopeOf(withoutLimits(principal), permission), among }
}

/** True where some grant of theirs has a limit. */
export function hasLimits(principal: Principal): boolean {
  return principal.granted.some(({ only }) => only !== undefined)
}

const ofForms: ReadonlySet<Permission> = new Set(['canSubmitForms', 'canApprove', 'canSeeResults', 'canProvisionPeople'])

/**
 * True of a customer's user, who has forms and nothing of how the provider works: its own words for its customers are not theirs. Neither are
 * they an identity provider's.
 */
export function hasFormsAlone(principal: Principal): boolean {
  return permissionsOf(principal).every((permission) => ofForms.has(permission))
}

/** True where somebody has more than forms of an organization: they are of the provider, and not of the customer. */
export function isOfProvider(principal: Principal, organizationId: string): boolean {
  return permissionsOf(principal, organizationId).some((permission) => !ofForms.has(permission))
}

const ofCustomers: ReadonlySet<Permission> = new Set(['canSubmitForms', 'canApprove', 'canSeeResults'])

/**
 * True of a user of an organization: they have forms of it, nothing anywhere but what customers have, and each grant names its organizations.
 * Who approves for all, for all but some or by a tag is of the provider, however little else they have.
 */
export function isUserOf(principal: Principal, organizationId: string): boolean {
  const isNamed = ({ scope, tags }: Granted) => scope !== 'allOrganizations' && !('exceptOrganizationIds' in scope) && tags === undefined
  return (
    permissionsOf(principal, organizationId).includes('canSubmitForms') &&
    permissionsOf(principal).every((permission) => ofCustomers.has(permission)) &&
    principal.granted.every(isNamed)
  )
}

/** The roles by which somebody has a permission for an organization. */
export function rolesGiving(principal: Principal, permission: Permission, organizationId: string): ReadonlySet<string> {
  return new Set(
    principal.granted.flatMap(({ permissions, scope, role }) =>
      role !== undefined && gives(permissions, permission) && includes(scope, organizationId) ? [role] : [],
    ),
  )
}

/** True where some grant gives the permission, for whichever organizations. */
export function isGranted(principal: Principal, permission: Permission): boolean {
  return principal.granted.some(({ permissions }) => gives(permissions, permission))
}

/**
 * The organizations that a principal has a permission for, together: what every list, count, search, stream and look-up runs in. Grants that
 * are limited to workflows or integrations do not count here; see `asFor`.
 *
 * @param permission not given, the one that the request was let through for; `authenticated` is any of them
 */
export function scopeOf(principal: Principal, permission: RoutePermission = principal.permission): Scope {
  const isAny = permission === 'authenticated' || permission === 'local' || permission === 'public'
  const [first = noOrganizations, ...others] = principal.granted
    .filter(({ permissions, only }) => (isAny ? isOfOrganizations(permissions) : !only && gives(permissions, permission)))
    .map(({ scope }) => scope)
  return others.reduce(together, first)
}

/** False of the key of an identity provider: people and groups are of no organization, and keeping them shows none. */
const isOfOrganizations = (permissions: ReadonlySet<Permission>) =>
  permissions.size === 0 || [...permissions].some((one) => one !== 'canProvisionPeople')

/** The tags by which a principal has the permission for organizations to come. */
export function tagsOf(principal: Principal, permission: Permission): ReadonlySet<string> {
  return new Set(principal.granted.flatMap((one) => (!one.only && gives(one.permissions, permission) ? [...(one.tags ?? [])] : [])))
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
