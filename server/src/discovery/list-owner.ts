import type { Principal } from '../access/principal.ts'
import { reachableOwner } from '../access/reach.ts'
import { wireId } from '../platform/http/text.ts'
import type { ValueOwner } from '../values/value-scope.ts'

export const whoseCredentials = wireId
  .optional()
  .describe('Whose credentials: this organization’s, with the global ones behind them; without it, the global ones alone.')

/**
 * Whose list a request means. The list of the global credentials names all customers, so it is for those who may see all.
 *
 * @param field how the request names the organization
 * @throws forbidden, organization_not_found
 */
export function listOwner(principal: Principal, orgId: string | undefined, field: 'orgId' | 'org_id' = 'orgId'): ValueOwner {
  return reachableOwner(
    principal,
    orgId,
    `The list of the global credentials needs the permission ${principal.permission} for all organizations. Name an organization with ${field}.`,
  )
}
