import type { IncomingHttpHeaders } from 'node:http'
import { includes, noOrganizations, type Scope } from '../platform/database/scope.ts'
import { defineErrors, platformError } from '../platform/errors.ts'
import { wireId } from '../platform/http/text.ts'
import { authError } from './auth-errors.ts'
import { type Principal, scopeOf } from './principal.ts'

/** What is out of reach is answered as what there is not. */
export const organizationNotFound = {
  organization_not_found: { status: 404, message: 'There is no such organization.' },
} as const
const reachError = defineErrors(organizationNotFound)

/** True if the principal may do for the organization what the request was let through for. */
export function canReach(principal: Principal, organizationId: string): boolean {
  return includes(scopeOf(principal), organizationId)
}

/** True if it is for all organizations, those to come included. */
export function reachesAll(principal: Principal): boolean {
  return scopeOf(principal) === 'allOrganizations'
}

/**
 * For what is of all organizations, or of none.
 *
 * @param sentence why it takes all, and what to do otherwise
 * @throws forbidden
 */
export function requireAllOrganizations(principal: Principal, sentence: string): void {
  if (!reachesAll(principal)) throw authError('forbidden', { permission: principal.permission }, sentence)
}

/**
 * The id of an organization that the principal's grants cover.
 *
 * @throws organization_not_found - also for one that there is, but not for this principal.
 */
export function reachableOrganization(principal: Principal, organizationId: string): string {
  if (canReach(principal, organizationId)) return organizationId
  throw reachError('organization_not_found', { org_id: organizationId })
}

/**
 * Whose things a request means: an organization's, or with null what is global.
 *
 * @param sentence as for `requireAllOrganizations`
 * @throws forbidden - what is global, and the grants are not for all organizations.
 * @throws organization_not_found
 */
export function reachableOwner(principal: Principal, organizationId: string | null | undefined, sentence: string): string | null {
  if (typeof organizationId === 'string') return reachableOrganization(principal, organizationId)
  requireAllOrganizations(principal, sentence)
  return null
}

/** The scope of a list that may be narrowed to one organization. Of one out of reach it shows nothing. */
export function narrowedScope(principal: Principal, organizationId: string | undefined): Scope {
  if (organizationId === undefined) return scopeOf(principal)
  return canReach(principal, organizationId) ? { organizationId } : noOrganizations
}

/**
 * The organization that the header `X-Organization-Id` names.
 *
 * @throws validation_failed - the header is missing or no UUID.
 * @throws organization_not_found - see above.
 */
export function actingOrganization(principal: Principal, headers: IncomingHttpHeaders): string {
  const given = headers['x-organization-id']
  const parsed = wireId.safeParse(given)
  if (parsed.success) return reachableOrganization(principal, parsed.data)
  const problem = given === undefined ? 'is required: the id of the organization to act for' : 'must be the UUID of one organization'
  throw platformError('validation_failed', { 'X-Organization-Id': [problem] }, `The header X-Organization-Id ${problem}.`)
}

/**
 * For what names its organizations itself.
 *
 * @throws validation_failed - the header names one, too.
 */
export function requireNoActingOrganization(headers: IncomingHttpHeaders): void {
  if (headers['x-organization-id'] === undefined) return
  const problem = 'must be left out where the body has organizations'
  throw platformError('validation_failed', { 'X-Organization-Id': [problem] }, `The header X-Organization-Id ${problem}.`)
}
