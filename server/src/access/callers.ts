import type { Actor } from '../audit/audit.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { includes } from '../platform/database/scope.ts'
import { administratorActor } from './auth.ts'
import { authError } from './auth-errors.ts'
import { grantOf } from './granting.ts'
import { findGrantRowsWithin, listGrantRowsOfPeople } from './grants.queries.ts'
import { administratorRole } from './grants.ts'
import { findKeyIdentityWithin } from './key-authentication.ts'
import { findKeyChainById } from './keys.queries.ts'
import type { Subject } from './limits.ts'
import type { Permission } from './permissions.ts'
import { asFor, type FindTagged, type Identity, type Principal, principalOf, scopeOf } from './principal.ts'

const everything: Identity['grants'] = [{ role: administratorRole, reach: { all: true } }]

/**
 * Who started something, with what they have now. The platform itself has everything, and so has the administrator key: who is
 * gone has nothing.
 */
async function presentIdentityWithin(transaction: Transaction, actor: Actor): Promise<Identity | undefined> {
  if (actor.type === 'system' || (actor.type === 'api_key' && actor.id === administratorActor.id)) return { actor, grants: everything }
  if (actor.type === 'api_key') return findKeyIdentityWithin(transaction, actor.id)
  if (actor.type !== 'person') return undefined
  return { actor, grants: (await findGrantRowsWithin(transaction, actor)).map(grantOf) }
}

function presentIdentity(db: Database, actor: Actor): Promise<Identity | undefined> {
  return inScope(db, 'allOrganizations', (transaction) => presentIdentityWithin(transaction, actor))
}

/**
 * What author code asks is judged by the permissions that the caller of its execution has at that moment.
 *
 * @throws forbidden
 */
export async function requireCallerMay(
  { db, findTagged }: { db: Database; findTagged: FindTagged },
  caller: Actor,
  permission: Permission,
  organizationId: string,
  subject: Subject,
): Promise<void> {
  const identity = await presentIdentity(db, caller)
  const principal = identity && (await principalOf(findTagged, identity, permission))
  if (principal && includes(scopeOf(asFor(principal, subject)), organizationId)) return
  throw authError(
    'forbidden',
    { permission },
    `'${caller.name}', who this execution acts for, does not have the permission ${permission} for this organization. Ask an administrator for it, or have someone run the workflow who has it.`,
  )
}

/**
 * True where someone has a permission now for an organization, or with null for all: for what they began and others finish.
 */
export async function hasNow(
  { db, findTagged }: { db: Database; findTagged: FindTagged },
  actor: Actor,
  permission: Permission,
  organizationId: string | null,
): Promise<boolean> {
  const identity = await presentIdentity(db, actor)
  if (!identity) return false
  const scope = scopeOf(await principalOf(findTagged, identity, permission))
  return organizationId === null ? scope === 'allOrganizations' : includes(scope, organizationId)
}

/** Who is behind an actor: of a key, who made the first of the keys that it was made with; that key itself, where the installation made it. */
export async function originOfWithin(transaction: Transaction, actor: Actor): Promise<Pick<Actor, 'type' | 'id'>> {
  const { type, id } = actor
  if (type !== 'api_key' || id === administratorActor.id) return { type, id }
  const first = (await findKeyChainById(transaction, id)).at(-1)
  if (!first) return { type, id }
  return first.maker_type === 'person' ? { type: 'person', id: first.maker_id } : { type: 'api_key', id: first.id }
}

/** The same in a transaction of its own. */
export function originOf(db: Database, actor: Actor): Promise<Pick<Actor, 'type' | 'id'>> {
  return inScope(db, 'allOrganizations', (transaction) => originOfWithin(transaction, actor))
}

/** What each person has now who was granted something, by their ids. */
export async function principalsOfPeople(
  { db, findTagged }: { db: Database; findTagged: FindTagged },
  permission: Permission,
): Promise<Map<string, Principal>> {
  const rows = await listGrantRowsOfPeople(db)
  const tagged = new Map<string, ReturnType<FindTagged>>()
  const once: FindTagged = (tags) => {
    const key = JSON.stringify(tags)
    const found = tagged.get(key) ?? findTagged(tags)
    tagged.set(key, found)
    return found
  }
  const entries = rows.map(async ({ id, grants }): Promise<[string, Principal]> => {
    const actor: Actor = { type: 'person', id, name: id }
    return [id, await principalOf(once, { actor, grants: grants.map(grantOf) }, permission)]
  })
  return new Map(await Promise.all(entries))
}

const nobodyTagged: FindTagged = async () => []

/**
 * Who made a key, with what they have now: for what a key does in their place, beyond what it was granted itself. Who acts without a key is
 * the one.
 */
export async function makerOfWithin(transaction: Transaction, principal: Principal): Promise<Principal> {
  const { actor, permission } = principal
  if (actor.type !== 'api_key' || actor.id === administratorActor.id) return principal
  const identity = await findKeyIdentityWithin(transaction, actor.id)
  // A key that has ended meanwhile, or whose maker is gone, has nobody behind it.
  if (!identity || identity.grants.length === 0) return principal
  return principalOf(nobodyTagged, identity.cappedBy ?? { actor, grants: everything }, permission)
}

/** True where someone has a permission for all organizations now, for what it is about. Tags never come to all. */
export async function hasForAllWithin(transaction: Transaction, actor: Actor, permission: Permission, subject: Subject): Promise<boolean> {
  const identity = await presentIdentityWithin(transaction, actor)
  if (identity === undefined) return false
  return scopeOf(asFor(await principalOf(nobodyTagged, identity, permission), subject)) === 'allOrganizations'
}
