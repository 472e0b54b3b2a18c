import { z } from 'zod'
import { actingOf, definePrincipalRoute } from '../access/auth.ts'
import { hasFormsAlone } from '../access/principal.ts'
import { requireAllOrganizations } from '../access/reach.ts'
import type { Database } from '../platform/database/database.ts'
import { type Route, tagged } from '../platform/http/http.ts'
import { lineOfText } from '../platform/http/text.ts'
import { etagField } from '../platform/preconditions.ts'
import { fieldName, fieldTypes, type OrganizationField } from './organization-field.ts'
import { choicesProblem, createField, deleteField, etagOfField, listFields, updateField } from './organization-fields.ts'

const fieldView = z
  .object({
    name: z.string(),
    label: z.string(),
    type: z.enum(fieldTypes),
    is_required: z.boolean().describe('Those who add an organization or change its fields give it a value.'),
    choices: z.array(z.string()).describe('Of a choice: what can be chosen. Of other types empty.'),
    etag: etagField,
  })
  .meta({ id: 'OrganizationField' })

function viewOf(field: OrganizationField): z.input<typeof fieldView> {
  const { isRequired, ...rest } = field
  return { ...rest, is_required: isRequired, etag: etagOfField(field) }
}

const label = lineOfText(100)
const choices = z
  .array(lineOfText(100))
  .max(200)
  .transform((given) => [...new Set(given)])
const draftBody = z.strictObject({
  name: fieldName,
  label,
  type: z.enum(fieldTypes),
  is_required: z.boolean().optional(),
  choices: choices.optional(),
})
const patchBody = z
  .strictObject({ label: label.optional(), is_required: z.boolean().optional(), choices: choices.optional() })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), 'must have at least one field to change')
const params = z.object({ name: fieldName })
const isOfAll = 'Every organization has the same fields, so changing them needs canManageOrganizations for all organizations.'

/** `/api/organization-fields`: what every organization may have a value of. */
export function organizationFieldRoutes({ db }: { db: Database }): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/organization-fields',
      operationId: 'listOrganizationFields',
      tag: 'Organizations',
      summary: 'List the custom fields of organizations',
      permission: 'authenticated',
      audit: { none: 'reads only' },
      responses: { 200: z.object({ fields: z.array(fieldView), count: z.int() }) },
      errors: [],
      async handler({ principal }) {
        // They are the provider's words.
        const fields = hasFormsAlone(principal) ? [] : (await listFields(db)).map(viewOf)
        return { status: 200, body: { fields, count: fields.length } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/organization-fields',
      operationId: 'createOrganizationField',
      tag: 'Organizations',
      summary: 'Define a custom field of organizations',
      permission: 'canManageOrganizations',
      audit: { action: 'organization_field.created' },
      body: draftBody,
      responses: { 201: fieldView },
      errors: ['organization_field_exists', 'too_many_organization_fields'],
      async handler(request) {
        requireAllOrganizations(request.principal, isOfAll)
        const { is_required: isRequired = false, choices = [], ...rest } = request.body
        if ((rest.type === 'choice') !== choices.length > 0) throw choicesProblem(rest.type === 'choice')
        return tagged(201, viewOf(await createField(db, actingOf(request), { ...rest, isRequired, choices })))
      },
    }),
    definePrincipalRoute({
      method: 'PATCH',
      path: '/organization-fields/:name',
      operationId: 'updateOrganizationField',
      tag: 'Organizations',
      summary: 'Change the label, the choices or the need of a custom field',
      permission: 'canManageOrganizations',
      audit: { action: 'organization_field.updated' },
      takesIfMatch: true,
      params,
      body: patchBody,
      responses: { 200: fieldView },
      errors: ['organization_field_not_found', 'organization_field_choice_used'],
      async handler(request) {
        requireAllOrganizations(request.principal, isOfAll)
        const { label, is_required: isRequired, choices } = request.body
        const patch = { label, isRequired, choices }
        return tagged(200, viewOf(await updateField(db, actingOf(request), request.params.name, patch, request.ifMatch)))
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/organization-fields/:name',
      operationId: 'deleteOrganizationField',
      tag: 'Organizations',
      summary: 'Delete a custom field, with the value that each organization has of it',
      permission: 'canManageOrganizations',
      audit: { action: 'organization_field.deleted' },
      takesIfMatch: true,
      params,
      responses: { 200: z.object({ organizations: z.int().describe('So many organizations had a value.') }) },
      errors: ['organization_field_not_found'],
      async handler(request) {
        requireAllOrganizations(request.principal, isOfAll)
        const organizations = await deleteField(db, actingOf(request), request.params.name, request.ifMatch)
        return { status: 200, body: { organizations } }
      },
    }),
  ]
}
