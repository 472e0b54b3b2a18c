import { z } from 'zod'
import { actingOf, authError, canReach, definePrincipalRoute, type Principal } from '../access/auth.ts'
import type { Database } from '../platform/database/database.ts'
import { pageQuery, type Route } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { lineOfText, wireFlag, wireId } from '../platform/http/text.ts'
import { domainNames } from './domain-name.ts'
import { countOrganizations, listOrganizationRows, type OrganizationPlace, organizationSorts } from './organizations.queries.ts'
import {
  createOrganization,
  deactivateOrganization,
  getOrganization,
  type Organization,
  organizationError,
  organizationOf,
  updateOrganization,
} from './organizations.ts'

const organizationView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    domains: z.array(z.string()).describe('Host names in lower case.'),
    tenant_id: z.string().nullable(),
    is_active: z.boolean(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Organization' })

function viewOf(organization: Organization): z.input<typeof organizationView> {
  return {
    id: organization.id,
    name: organization.name,
    domains: organization.domains,
    tenant_id: organization.tenantId,
    is_active: organization.isActive,
    created_at: organization.createdAt.toISOString(),
    updated_at: organization.updatedAt.toISOString(),
  }
}

const name = lineOfText(200)
const tenantId = lineOfText(200).nullable()
const draftBody = z.strictObject({ name, domains: domainNames.optional(), tenant_id: tenantId.optional() })
const patchBody = z
  .strictObject({
    name: name.optional(),
    domains: domainNames.optional(),
    tenant_id: tenantId.optional(),
    is_active: z.boolean().optional(),
  })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), 'must have at least one field to change')
const organizationParams = z.object({ orgId: wireId })

// A name in lower case may be longer than the name.
const sortKey = z
  .string()
  .max(1_000)
  .regex(/^[^\0\p{Cs}]*$/u)

/** @throws validation_failed */
function placeOf(cursor: string): OrganizationPlace {
  return parseCursor(cursor, z.tuple([sortKey, wireId]))
}

/** @throws organization_not_found - also for one that the principal's grants do not cover. */
function reachable(principal: Principal, orgId: string): string {
  if (canReach(principal, orgId)) return orgId
  throw organizationError('organization_not_found', { org_id: orgId })
}

/** `/api/organizations`: the MSP's customers. */
export function organizationRoutes({ db }: { db: Database }): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/organizations',
      operationId: 'listOrganizations',
      tag: 'Organizations',
      summary: 'List organizations, oldest first unless another order is asked for',
      permission: 'authenticated',
      audit: { none: 'reads only' },
      query: pageQuery.extend({
        search: lineOfText(200).optional().describe('Part of the name or of a domain.'),
        is_active: wireFlag.optional(),
        sort: z.enum(organizationSorts).default('created_at').describe('By `is_active` the active ones come first, each by name.'),
        direction: z.enum(['asc', 'desc']).default('asc'),
      }),
      responses: {
        200: z.object({
          organizations: z.array(organizationView),
          count: z.int(),
          total: z.int().describe('So many organizations match, on all pages.'),
          next_cursor: z.string().nullable(),
        }),
      },
      errors: [],
      async handler({ query, principal }) {
        const filter = { reach: principal.organizations, search: query.search, isActive: query.is_active }
        const order = { sort: query.sort, isDescending: query.direction === 'desc', limit: query.limit + 1 }
        const after = query.cursor === undefined ? undefined : placeOf(query.cursor)
        const [rows, total] = await Promise.all([listOrganizationRows(db, filter, { ...order, after }), countOrganizations(db, filter)])
        const page = pageOf(rows, query.limit, (last) => [last.sort_key, last.id])
        return {
          status: 200,
          body: {
            organizations: page.items.map(organizationOf).map(viewOf),
            count: page.items.length,
            total,
            next_cursor: page.nextCursor,
          },
        }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/organizations',
      operationId: 'createOrganization',
      tag: 'Organizations',
      summary: 'Add an organization',
      permission: 'canManageConfig',
      audit: { action: 'organization.created' },
      body: draftBody,
      responses: { 201: organizationView },
      errors: [],
      async handler(request) {
        const { body, principal } = request
        if (principal.organizations !== 'all') {
          throw authError(
            'forbidden',
            { permission: 'canManageConfig' },
            'Adding an organization needs the permission canManageConfig for all organizations.',
          )
        }
        const draft = { name: body.name, domains: body.domains ?? [], tenantId: body.tenant_id ?? null }
        return { status: 201, body: viewOf(await createOrganization(db, actingOf(request), draft)) }
      },
    }),
    definePrincipalRoute({
      method: 'GET',
      path: '/organizations/:orgId',
      operationId: 'getOrganization',
      tag: 'Organizations',
      summary: 'Read an organization',
      permission: 'authenticated',
      audit: { none: 'reads only' },
      params: organizationParams,
      responses: { 200: organizationView },
      errors: ['organization_not_found'],
      async handler({ params, principal }) {
        return { status: 200, body: viewOf(await getOrganization(db, reachable(principal, params.orgId))) }
      },
    }),
    definePrincipalRoute({
      method: 'PATCH',
      path: '/organizations/:orgId',
      operationId: 'updateOrganization',
      tag: 'Organizations',
      summary: 'Change an organization, or activate it again',
      permission: 'canManageConfig',
      audit: { action: 'organization.updated' },
      params: organizationParams,
      body: patchBody,
      responses: { 200: organizationView },
      errors: ['organization_not_found'],
      async handler(request) {
        const { body, params, principal } = request
        const patch = { name: body.name, domains: body.domains, tenantId: body.tenant_id, isActive: body.is_active }
        return { status: 200, body: viewOf(await updateOrganization(db, actingOf(request), reachable(principal, params.orgId), patch)) }
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/organizations/:orgId',
      operationId: 'deactivateOrganization',
      tag: 'Organizations',
      summary: 'Deactivate an organization',
      description: 'Its rows are kept; running anything for it is refused. Safe to repeat.',
      permission: 'canManageConfig',
      audit: { action: 'organization.deactivated' },
      params: organizationParams,
      responses: { 204: null },
      errors: ['organization_not_found'],
      async handler(request) {
        await deactivateOrganization(db, actingOf(request), reachable(request.principal, request.params.orgId))
        return { status: 204 }
      },
    }),
  ]
}
