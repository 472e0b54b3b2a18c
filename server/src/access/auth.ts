import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { z } from 'zod'
import type { Acting, Actor, AuditAction } from '../audit/audit.ts'
import { defineRoute, type Route, type RouteDefinition } from '../platform/http/http.ts'
import { afterwards, type Soon } from '../platform/soon.ts'
import { authError } from './auth-errors.ts'
import { administratorRole } from './grants.ts'
import type { RoutePermission } from './permissions.ts'
import { type FindTagged, type Identity, isGranted, type Principal, principalOf } from './principal.ts'

/** Keys are compared and remembered by their digests. */
export function digestOfKey(key: string): Buffer {
  // By way of a text: a buffer made by the hash itself takes five times as long, and each request needs one.
  return Buffer.from(hash('sha256', key, 'latin1'), 'latin1')
}

/** Digests of the keys that connections came with last: most send one key with all their requests. */
export class ConnectionDigests {
  readonly #last = new WeakMap<object, { key: string; digest: Buffer }>()

  of(connection: object, key: string): Buffer {
    const last = this.#last.get(connection)
    if (last?.key === key) return last.digest
    const digest = digestOfKey(key)
    this.#last.set(connection, { key, digest })
    return digest
  }
}

/** The key of an `Authorization` header. */
export function bearerOf(authorization: string | undefined): string | undefined {
  // As nearly all of them spell it, and of each request.
  if (authorization?.startsWith('Bearer ') && !authorization.includes(' ', 7)) return authorization.slice(7) || undefined
  const [scheme, key] = (authorization ?? '').split(' ')
  return scheme?.toLowerCase() === 'bearer' && key ? key : undefined
}

/** What a request says besides its key: a browser sends some of it along by itself. */
export type BrowserRequest = {
  method: string
  headers: IncomingHttpHeaders
  /** Where it comes from. */
  address?: string
  /** Of the key that it came with, where somebody has made it already. */
  keyDigest?: Buffer | undefined
  /** Looks whether a request that is still open still may, which is no use of its session. */
  isFollowing?: boolean
}

/** Finds who an `Authorization` header speaks for, or without one the session of a browser. What is remembered it says at once. */
export type Authentication = (authorization: string | undefined, browser?: BrowserRequest) => Soon<Identity | undefined>

/** Who acts with the administrator key, or in a session that was opened with it. */
export const administratorActor: Actor = { type: 'api_key', id: 'admin', name: 'Administrator key' }

/**
 * The single administrator key of the installation. Compared by digest, in constant time.
 *
 * @param adminApiKey all permissions, for all organizations
 */
export function adminKeyAuthentication(adminApiKey: string): Authentication {
  const expected = digestOfKey(adminApiKey)
  const administrator: Identity = {
    actor: administratorActor,
    grants: [{ role: administratorRole, reach: { all: true } }],
    keyDigest: expected,
  }
  return (authorization, browser) => {
    const key = bearerOf(authorization)
    if (key === undefined) return undefined
    return timingSafeEqual(browser?.keyDigest ?? digestOfKey(key), expected) ? administrator : undefined
  }
}

/**
 * Lets a principal through, or says why not.
 *
 * @throws unauthenticated - nobody is signed in, or the key is not valid.
 * @throws forbidden - the named permission is not granted.
 */
export function authorize(
  findTagged: FindTagged,
  identity: Identity | undefined,
  permission: RoutePermission,
  isFromThisMachine = false,
): Soon<Principal | undefined> {
  const principal = identity && principalOf(findTagged, identity, permission)
  return afterwards(principal, (found) => letThrough(found, permission, isFromThisMachine))
}

function letThrough(principal: Principal | undefined, permission: RoutePermission, isFromThisMachine: boolean): Principal | undefined {
  if (permission === 'public' || (permission === 'local' && isFromThisMachine)) return principal
  if (!principal) throw authError('unauthenticated')
  // What is open to this machine is of the installation: from elsewhere it is for those who work with it.
  const needed = permission === 'local' ? 'canViewCatalogue' : permission
  if (needed !== 'authenticated' && !isGranted(principal, needed)) {
    if (principal.needsSecondFactor)
      throw authError(
        'forbidden',
        { permission: needed },
        'Your account needs a second factor before you may do anything else. Set one up in your profile, or with POST /api/profile/second-factor.',
      )
    throw authError('forbidden', { permission: needed }, `This needs the permission ${needed}. Ask an administrator for it.`)
  }
  return principal
}

/** Who answers for what is done: never who is only looked at. */
export function whoActs({ actor, viewedBy }: Pick<Identity, 'actor' | 'viewedBy'>): Actor {
  return viewedBy?.actor ?? actor
}

/** How a principal's changes are recorded. */
export function actingOf(request: { principal: Principal; requestId: string; address: string }): Acting {
  return { actor: whoActs(request.principal), requestId: request.requestId, address: request.address }
}

type Schema = z.ZodType | undefined

/** Declares a route whose handler is told who asks. */
export const definePrincipalRoute: <Params extends Schema = undefined, Query extends Schema = undefined, Body extends Schema = undefined>(
  definition: RouteDefinition<Principal, Params, Query, Body, RoutePermission> & { audit: { action: AuditAction } | { none: string } },
) => Route = defineRoute
