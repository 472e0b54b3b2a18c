import type { IncomingHttpHeaders } from 'node:http'
import { canReach, type Principal } from '../access/auth.ts'
import { platformError } from '../platform/errors.ts'
import { wireId } from '../platform/http/text.ts'
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
