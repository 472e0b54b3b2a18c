import { canReach, type Principal } from '../access/auth.ts'
import { wireId } from '../platform/http/text.ts'
import { notOneOrganization } from '../platform/request-names.ts'
import { organizationError } from './organizations.ts'

/**
 * The id of an organization that the principal's grants cover.
 *
 * @throws organization_not_found - also for one that there is, but not for this principal.
 */
export function reachableOrganization(principal: Principal, organizationId: string): string {
  if (canReach(principal, organizationId)) return organizationId
  throw organizationError('organization_not_found', { org_id: organizationId })
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
