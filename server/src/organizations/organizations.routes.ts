import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { hasFormsAlone, type Principal, scopeOf } from '../access/principal.ts'
import { reachableOrganization, requireAllOrganizations } from '../access/reach.ts'
import type { Database } from '../platform/database/database.ts'
import { pageQuery, type Route, tagged } from '../platform/http/http.ts'
import { pageOf, parseCursor } from '../platform/http/paging.ts'
import { lineOfText, wireFlag, wireId } from '../platform/http/text.ts'
import { etagField } from '../platform/preconditions.ts'
import { domainNames } from './domain-name.ts'
import { fieldConditionsIn, fieldPrefix } from './field-conditions.ts'
import { fieldName } from './organization-field.ts'
import { countOrganizations, listOrganizationRows, type OrganizationPlace, organizationSorts } from './organizations.queries.ts'
import {
  createOrganization,
  deactivateOrganization,
  etagOfOrganization,
  getOrganization,
  type Organization,
  organizationOf,
  updateOrganization,
} from './organizations.ts'
import { tagName, tagNames } from './tag-name.ts'

const fieldValue = z.union([z.string(), z.number(), z.boolean()])

const organizationView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    domains: z.array(z.string()).describe('Host names in lower case.'),
    tenant_id: z.string().nullable(),
    tags: z.array(z.string()).describe('Words that several organizations have in common, in lower case.'),
    fields: z.record(z.string(), fieldValue).describe('The values of custom fields, by their names: see `GET /api/organization-fields`.'),
    is_active: z.boolean(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    etag: etagField,
  })
  .meta({ id: 'Organization' })

function viewOf(organization: Organization): z.input<typeof organizationView> {
  return {
    id: organization.id,
    name: organization.name,
    domains: organization.domains,
    tenant_id: organization.tenantId,
    tags: organization.tags,
    fields: organization.fields,
    is_active: organization.isActive,
    created_at: organization.createdAt.toISOString(),
    updated_at: organization.updatedAt.toISOString(),
    etag: etagOfOrganization(organization),
  }
}

/** What the provider notes of a customer is not for the customer's users. */
function viewFor(principal: Principal): (organization: Organization) => z.input<typeof organizationView> {
  // The entity tag is made of it as well: who guesses a tag could compare.
  return hasFormsAlone(principal) ? (organization) => viewOf({ ...organization, tags: [], fields: {} }) : viewOf
}

const name = lineOfText(200)
const tenantId = lineOfText(200).nullable()
const fieldValues = z.record(fieldName, fieldValue)
const draftBody = z.strictObject({
  name,
  domains: domainNames.optional(),
  tenant_id: tenantId.optional(),
  tags: tagNames.optional(),
  fields: fieldValues.optional(),
})
const patchBody = z
  .strictObject({
    name: name.optional(),
    domains: domainNames.optional(),
    tenant_id: tenantId.optional(),
    tags: tagNames.optional(),
    fields: z.record(fieldName, fieldValue.nullable()).optional().describe('The custom fields to change; null takes a value away.'),
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
      description:
        'With `field.<name>=<value>` only those with this value of a custom field, text in any case; an empty value lists those that have none. Several apply together. Who has forms and nothing else is shown no tags and no custom fields, and `search`, `tag` and `field.<name>` do not apply to them.',
      query: pageQuery
        .extend({
          search: lineOfText(200).optional().describe("Part of the name, of a domain or of a custom field's value."),
          tag: tagName.optional().describe('Only those with this tag.'),
          is_active: wireFlag.optional(),
          sort: z.enum(organizationSorts).default('created_at').describe('By `is_active` the active ones come first, each by name.'),
          direction: z.enum(['asc', 'desc']).default('asc'),
        })
        .catchall(z.string().max(2_000))
        .meta({ namesBegin: fieldPrefix }),
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
        const scope = scopeOf(principal)
        // Whether something is found would say what is noted.
        const { search, tag, ...rest } = hasFormsAlone(principal) ? { search: undefined, tag: undefined } : query
        const filter = { search, tag, fields: await fieldConditionsIn(db, rest), isActive: query.is_active }
        const order = { sort: query.sort, isDescending: query.direction === 'desc', limit: query.limit + 1 }
        const after = query.cursor === undefined ? undefined : placeOf(query.cursor)
        const [rows, total] = await Promise.all([
          listOrganizationRows(db, scope, filter, { ...order, after }),
          countOrganizations(db, scope, filter),
        ])
        const page = pageOf(rows, query.limit, (last) => [last.sort_key, last.id])
        return {
          status: 200,
          body: {
            organizations: page.items.map(organizationOf).map(viewFor(principal)),
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
      permission: 'canManageOrganizations',
      audit: { action: 'organization.created' },
      body: draftBody,
      responses: { 201: organizationView },
      errors: [],
      async handler(request) {
        const { body, principal } = request
        requireAllOrganizations(principal, 'Adding an organization needs the permission canManageOrganizations for all organizations.')
        const draft = {
          name: body.name,
          domains: body.domains ?? [],
          tenantId: body.tenant_id ?? null,
          tags: body.tags ?? [],
          ...(body.fields ? { fields: body.fields } : {}),
        }
        return tagged(201, viewOf(await createOrganization(db, actingOf(request), draft, principal)))
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
        return tagged(200, viewFor(principal)(await getOrganization(db, reachableOrganization(principal, params.orgId))))
      },
    }),
    definePrincipalRoute({
      method: 'PATCH',
      path: '/organizations/:orgId',
      operationId: 'updateOrganization',
      tag: 'Organizations',
      summary: 'Change an organization, or activate it again',
      permission: 'canManageOrganizations',
      audit: { action: 'organization.updated' },
      takesIfMatch: true,
      params: organizationParams,
      body: patchBody,
      responses: { 200: organizationView },
      errors: ['organization_not_found'],
      async handler(request) {
        const { body, params, principal } = request
        const { name, domains, tenant_id: tenantId, tags, fields, is_active: isActive } = body
        const patch = { name, domains, tenantId, tags, fields, isActive }
        const id = reachableOrganization(principal, params.orgId)
        return tagged(200, viewOf(await updateOrganization(db, actingOf(request), id, patch, request.ifMatch, principal)))
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/organizations/:orgId',
      operationId: 'deactivateOrganization',
      tag: 'Organizations',
      summary: 'Deactivate an organization',
      description: 'Its rows are kept; running anything for it is refused. Safe to repeat.',
      permission: 'canManageOrganizations',
      audit: { action: 'organization.deactivated' },
      takesIfMatch: true,
      params: organizationParams,
      responses: { 204: null },
      errors: ['organization_not_found'],
      async handler(request) {
        await deactivateOrganization(db, actingOf(request), reachableOrganization(request.principal, request.params.orgId), request.ifMatch)
        return { status: 204 }
      },
    }),
  ]
}
