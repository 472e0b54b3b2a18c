import type { Actor } from '../audit/audit.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { includes } from '../platform/database/scope.ts'
import { administratorActor } from './auth.ts'
import { authError } from './auth-errors.ts'
import { grantOf } from './granting.ts'
import { findGrantRowsWithin, listGrantRowsOfPeople } from './grants.queries.ts'
import { administratorRole } from './grants.ts'
import { behindKeyWithin, findKeyIdentityWithin } from './key-authentication.ts'
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

/** Somebody who is behind what was asked. */
export type Origin = Pick<Actor, 'type' | 'id'>

/**
 * All who are behind an actor. Of a key that is who made the first of the keys that it was made with, or that key itself where the installation
 * made it; and after that one everybody else who may know a value of these keys, because they rotated it.
 *
 * @param since of what they started then: also who knew a value of a key that was taken after that
 */
export async function originsOfWithin(transaction: Transaction, { type, id }: Origin, since?: Date): Promise<[Origin, ...Origin[]]> {
  return type !== 'api_key' || id === administratorActor.id ? [{ type, id }] : behindKeyWithin(transaction, id, since)
}

/** Those behind somebody who asks, and the people among them with what they have now. */
export function originsOf(db: Database, principal: Principal): Promise<{ origins: [Origin, ...Origin[]]; people: Principal[] }> {
  const { actor, permission } = principal
  if (actor.type !== 'api_key') return Promise.resolve({ origins: [{ type: actor.type, id: actor.id }], people: [principal] })
  return inScope(db, 'allOrganizations', async (transaction) => {
    const origins = await originsOfWithin(transaction, actor)
    const people: Principal[] = []
    for (const { type, id } of origins) {
      const identity = type === 'person' ? await presentIdentityWithin(transaction, { type, id, name: id }) : undefined
      if (identity) people.push(await principalOf(nobodyTagged, identity, permission))
    }
    return { origins, people }
  })
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
 * Who made a key, with what they and all who may know it have now: for what a key does in their place, beyond what it was granted itself. Who acts without a key is
 * the one.
 */
export async function makerOfWithin(transaction: Transaction, principal: Principal): Promise<Principal> {
  const { actor, permission } = principal
  if (actor.type !== 'api_key' || actor.id === administratorActor.id) return principal
  const identity = await findKeyIdentityWithin(transaction, actor.id)
  // A key that has ended meanwhile, or whose maker is gone, has nobody behind it.
  if (!identity || identity.grants.length === 0) return principal
  const maker: Identity = identity.cappedBy ?? { actor, grants: everything }
  return principalOf(nobodyTagged, { ...maker, knownTo: [...(maker.knownTo ?? []), ...(identity.knownTo ?? [])] }, permission)
}

/** True where someone has a permission for all organizations now, for what it is about. Tags never come to all. */
export async function hasForAllWithin(transaction: Transaction, actor: Actor, permission: Permission, subject: Subject): Promise<boolean> {
  const identity = await presentIdentityWithin(transaction, actor)
  if (identity === undefined) return false
  return scopeOf(asFor(await principalOf(nobodyTagged, identity, permission), subject)) === 'allOrganizations'
}
