import { z } from 'zod'
import { actorTypes, type GrantFields } from '../audit/audit-event.ts'
import type { Route } from '../platform/http/http.ts'
import { definePrincipalRoute } from './auth.ts'
import { fieldsOfGrant, grantView } from './grants.ts'
import { asFor, isGranted, type Principal, permissionsOf } from './principal.ts'
import { actingField, reachableOrganization, reachesAll } from './reach.ts'
import { viewedByView, viewOfViewedBy } from './viewed-by.ts'

const meView = z
  .object({
    principal: z.object({ type: z.enum(actorTypes), id: z.string(), name: z.string() }),
    grants: z
      .array(grantView)
      .describe('As they were given. Exceptions in all_but are named to those who may give grants, and to others are not.'),
    permissions: z
      .array(z.string())
      .describe(
        'What the grants come to now: for some organization, or for the one that is named. A key has nothing that its maker has not.',
      ),
    permissions_for_all: z
      .array(z.string())
      .describe('Those of them that you have for all organizations together: what is global, as global config values are, needs that.'),
    viewed_by: viewedByView,
  })
  .meta({ id: 'Me' })

/** Who gives grants has to name the exceptions of their own. To anyone else these are organizations that there are not. */
function withoutExceptions({ reach, ...grant }: GrantFields): GrantFields {
  return { ...grant, reach: 'all_but' in reach ? { all_but: [] } : reach }
}
const mayGive = (principal: Principal) =>
  (['canManageKeys', 'canManagePeople'] as const).some((permission) => isGranted(principal, permission))

/** `/api/me`: who asks, and what they may do. */
export function meRoutes(): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/me',
      operationId: 'getMe',
      tag: 'Access',
      summary: 'Read who you are and what you may do',
      permission: 'authenticated',
      audit: { none: 'reads only' },
      query: z.object({
        ...actingField,
        workflow: z.string().max(100).optional().describe('What you may do with this workflow.'),
        integration: z.string().max(100).optional().describe('What you may do with this integration.'),
      }),
      responses: { 200: meView },
      errors: ['organization_not_found'],
      async handler({ principal: asking, query }) {
        const ofWorkflow = query.workflow === undefined ? asking : asFor(asking, { workflow: query.workflow })
        const principal = query.integration === undefined ? ofWorkflow : asFor(ofWorkflow, { integration: query.integration })
        const organizationId = query.org_id === undefined ? undefined : reachableOrganization(principal, query.org_id)
        const grants = (principal.grants ?? []).map(fieldsOfGrant).map(mayGive(principal) ? (grant) => grant : withoutExceptions)
        const permissions = permissionsOf(principal, organizationId)
        const forAll = permissions.filter((permission) => reachesAll(principal, permission))
        return {
          status: 200,
          body: { principal: principal.actor, grants, permissions, permissions_for_all: forAll, viewed_by: viewOfViewedBy(principal) },
        }
      },
    }),
  ]
}
