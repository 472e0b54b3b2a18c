import { includes, noOrganizations, type Scope } from '../platform/database/scope.ts'
import { defineErrors } from '../platform/errors.ts'
import { wireId } from '../platform/http/text.ts'
import { notOneOrganization } from '../platform/request-names.ts'
import { authError } from './auth-errors.ts'
import type { Subject } from './limits.ts'
import type { RoutePermission } from './permissions.ts'
import { asFor, isGranted, type Principal, scopeOf } from './principal.ts'

/** What is out of reach is answered as what there is not. */
export const organizationNotFound = {
  organization_not_found: { status: 404, message: 'There is no such organization.', hidesOthers: true },
} as const
const reachError = defineErrors(organizationNotFound)

/** True if the principal may do for the organization what the request was let through for, or what is named. */
export function canReach(principal: Principal, organizationId: string, permission: RoutePermission = principal.permission): boolean {
  return includes(scopeOf(principal, permission), organizationId)
}

/**
 * A principal as they are for what a request is about. Everything that the request does is judged by the answer.
 *
 * @throws forbidden - their grants are for other workflows or integrations only.
 */
export function principalFor(principal: Principal, subject: Subject): Principal {
  const { permission } = principal
  const narrowed = asFor(principal, subject)
  if (permission === 'authenticated' || permission === 'local' || permission === 'public' || isGranted(narrowed, permission))
    return narrowed
  const [what, name] = 'workflow' in subject ? ['workflow', subject.workflow] : ['integration', subject.integration]
  throw authError(
    'forbidden',
    { permission, [what as string]: name },
    `Your roles give ${permission} for some ${what}s only, and not for '${name}'. Ask an administrator for it.`,
  )
}

/** True if it is for all organizations, those to come included. */
export function reachesAll(principal: Principal, permission: RoutePermission = principal.permission): boolean {
  return scopeOf(principal, permission) === 'allOrganizations'
}

/**
 * For what is of all organizations, or of none.
 *
 * @param sentence why it takes all, and what to do otherwise
 * @param permission where it is another than the request was let through for
 * @throws forbidden
 */
export function requireAllOrganizations(principal: Principal, sentence: string, permission: RoutePermission = principal.permission): void {
  if (!reachesAll(principal, permission)) throw authError('forbidden', { permission }, sentence)
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

/** The query of a request that acts for one organization: the header may name it as well. */
export const actingField = { org_id: wireId.optional().describe('The organization, in place of the header `X-Organization-Id`.') }

/**
 * The organization that the header `X-Organization-Id` or the query names.
 *
 * @throws validation_failed - it is missing.
 * @throws organization_not_found - see above.
 */
export function actingOrganization(principal: Principal, query: { org_id?: string | undefined }): string {
  if (query.org_id !== undefined) return reachableOrganization(principal, query.org_id)
  throw notOneOrganization('is required: the id of the organization to act for')
}

/**
 * For what names its organizations itself.
 *
 * @throws validation_failed - the header or the query names one, too.
 */
export function requireNoActingOrganization(query: { org_id?: string | undefined }): void {
  if (query.org_id !== undefined) throw notOneOrganization('must be left out where the body has organizations')
}
