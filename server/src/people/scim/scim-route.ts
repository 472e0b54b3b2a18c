import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../../access/auth.ts'
import type { Principal } from '../../access/principal.ts'
import { requireAllOrganizations } from '../../access/reach.ts'
import type { AuditAction } from '../../audit/audit.ts'
import type { Route, RouteAnswer, RouteRequest } from '../../platform/http/http.ts'
import { wireWholeNumberOr } from '../../platform/http/text.ts'
import type { Changing } from '../people.ts'
import { maxPageSize } from './scim-schemas.ts'

type Schema = z.ZodType | undefined

/** What a provider sends is read by what it says of each attribute, in any case of their names. */
export const resourceBody = z.looseObject({ schemas: z.array(z.string()).optional() }).describe('A resource of RFC 7643.')
export const resourceView = z
  .looseObject({ schemas: z.array(z.string()) })
  .describe('A resource of RFC 7643, or a list of such.')
  .meta({ id: 'ScimResource' })

const attributeNames = z.string().max(2_000).optional().describe('Names of attributes, with commas between.')
/** Open, because providers add flags of their own: Entra ID `aadOptscim062020`. */
export const projectionQuery = z.looseObject({ attributes: attributeNames, excludedAttributes: attributeNames })
export const listQuery = projectionQuery.extend({
  filter: z.string().max(2_000).optional().describe('Comparisons with eq, joined by and.'),
  startIndex: wireWholeNumberOr(1, -1_000_000_000, 1_000_000_000)
    .transform((given) => Math.max(1, given))
    .describe('The first to be listed, from 1.'),
  count: wireWholeNumberOr(100, -1_000_000_000, 1_000_000_000)
    .transform((given) => Math.min(maxPageSize, Math.max(0, given)))
    .describe('At most so many, and at most 200.'),
})

/** An id that no resource has is answered as such, whatever it looks like. */
export const idParams = z.object({ id: z.string().max(500) })
export const isId = (text: string): boolean => z.uuid().safeParse(text).success

type Given<Params extends Schema, Query extends Schema, Body extends Schema> = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  operationId: string
  summary: string
  audit: { action: AuditAction } | { none: string }
  params?: Params
  query?: Query
  body?: Body
  status: number
  errors?: readonly string[]
  handler: (request: RouteRequest<Principal, Params, Query, Body>, changing: Changing) => Promise<RouteAnswer>
}

/** A route of `/api/scim/v2`, for those who keep people and groups of the whole installation. */
export function scimRoute<Params extends Schema = undefined, Query extends Schema = undefined, Body extends Schema = undefined>(
  given: Given<Params, Query, Body>,
): Route {
  const { path, status, handler, errors = [], ...rest } = given
  return definePrincipalRoute<Params, Query, Body>({
    ...rest,
    path: `/scim/v2${path}`,
    tag: 'Provisioning',
    permission: 'canProvisionPeople',
    // The key of an identity provider is asked for none; what a browser asks here gives people what they have, as elsewhere.
    ...(given.method === 'GET' ? {} : { needsProof: true }),
    responses: { [status]: status === 204 ? null : resourceView },
    errors,
    handler: async (request) => {
      requireAllOrganizations(
        request.principal,
        'People are of the whole installation. Keeping them by SCIM needs the permission canProvisionPeople for all organizations.',
      )
      return handler(request, { principal: request.principal, acting: actingOf(request) })
    },
  })
}
