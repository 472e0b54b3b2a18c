import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { z } from 'zod'
import type { Acting, Actor } from '../audit/audit.ts'
import { defineErrors } from '../platform/errors.ts'
import { defineRoute, type Permission, type Route, type RouteDefinition } from '../platform/http/http.ts'

/** Who asks, and what they may do. */
export type Principal = {
  actor: Actor
  /** The granted permissions. */
  permissions: ReadonlySet<Permission>
  /** For which organizations they are granted. */
  organizations: 'all' | ReadonlySet<string>
  /** Of the key that it came with, for what ends together with the key. */
  keyDigest?: Buffer
}

export const authError = defineErrors({
  unauthenticated: { status: 401, message: 'Sign in, or send an API key as `Authorization: Bearer <api key>`.' },
  forbidden: { status: 403, message: 'You are not allowed to do this.' },
})

const allPermissions: ReadonlySet<Permission> = new Set<Permission>([
  'canExecuteWorkflows',
  'canManageConfig',
  'canManageForms',
  'canViewHistory',
  'canManageUsers',
])

/** Keys are compared and remembered by their digests. */
export function digestOfKey(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/** What a browser sends along by itself. */
export type BrowserRequest = { method: string; headers: IncomingHttpHeaders }

/** Finds who an `Authorization` header speaks for, or without one the session of a browser. */
export type Authentication = (authorization: string | undefined, browser?: BrowserRequest) => Promise<Principal | undefined>

/**
 * The single administrator key of the installation. Compared by digest, in constant time.
 *
 * @param adminApiKey all permissions, for all organizations
 */
export function adminKeyAuthentication(adminApiKey: string): Authentication {
  const expected = digestOfKey(adminApiKey)
  const administrator: Principal = {
    actor: { type: 'api_key', id: 'admin', name: 'Administrator key' },
    permissions: allPermissions,
    organizations: 'all',
    keyDigest: expected,
  }
  return async (authorization) => {
    const [scheme, key] = (authorization ?? '').split(' ')
    if (scheme?.toLowerCase() !== 'bearer' || !key) return undefined
    return timingSafeEqual(digestOfKey(key), expected) ? administrator : undefined
  }
}

/**
 * Lets a principal through, or says why not.
 *
 * @throws unauthenticated - nobody is signed in, or the key is not valid.
 * @throws forbidden - the named permission is not granted.
 */
export function authorize(principal: Principal | undefined, permission: Permission): Principal | undefined {
  if (permission === 'public') return principal
  if (!principal) throw authError('unauthenticated')
  if (permission !== 'authenticated' && !principal.permissions.has(permission)) {
    throw authError('forbidden', { permission }, `This needs the permission ${permission}. Ask an administrator for it.`)
  }
  return principal
}

/** True if the principal's grants cover the organization. Where they do not, its things are answered as not found. */
export function canReach(principal: Principal, organizationId: string): boolean {
  return principal.organizations === 'all' || principal.organizations.has(organizationId)
}

/** How a principal's changes are recorded. */
export function actingOf(request: { principal: Principal; requestId: string }): Acting {
  return { actor: request.principal.actor, requestId: request.requestId }
}

type Schema = z.ZodType | undefined

/** Declares a route whose handler is told who asks. */
export const definePrincipalRoute: <Params extends Schema = undefined, Query extends Schema = undefined, Body extends Schema = undefined>(
  definition: RouteDefinition<Principal, Params, Query, Body>,
) => Route = defineRoute
