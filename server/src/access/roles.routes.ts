import { z } from 'zod'
import type { Database } from '../platform/database/database.ts'
import type { Route } from '../platform/http/http.ts'
import { lineOfText } from '../platform/http/text.ts'
import { actingOf, definePrincipalRoute } from './auth.ts'
import { createRole, deleteRole, listRoles, type ShownRole, updateRole } from './own-roles.ts'
import { permissions } from './permissions.ts'
import { isGranted, type Principal } from './principal.ts'

const roleView = z
  .object({
    name: z.string(),
    description: z.string(),
    permissions: z.array(z.string()),
    is_built_in: z.boolean().describe('True for those that come along, which cannot be changed.'),
  })
  .meta({ id: 'Role' })

function viewOf({ isBuiltIn, ...role }: ShownRole): z.input<typeof roleView> {
  return { ...role, is_built_in: isBuiltIn }
}

const roleName = z.string().regex(/^[a-z][a-z0-9_]{0,49}$/, 'must be lower case letters, digits and _, and begin with a letter')
const description = lineOfText(300)
const given = z
  .array(z.enum(permissions))
  .max(permissions.length)
  .transform((names) => [...new Set(names)])

const roleBody = z.strictObject({ name: roleName, description, permissions: given })
const rolePatch = z
  .strictObject({ description: description.optional(), permissions: given.optional() })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), 'must have at least one field to change')
const roleParams = z.object({ name: roleName })

/** Who gives roles to no one needs to know of their own alone. */
function seesAll(principal: Principal): boolean {
  return (['canManageRoles', 'canManageKeys', 'canManagePeople'] as const).some((permission) => isGranted(principal, permission))
}

/** `/api/roles`: names for permissions that are granted together. */
export function roleRoutes({ db }: { db: Database }): Route[] {
  return [
    definePrincipalRoute({
      method: 'GET',
      path: '/roles',
      operationId: 'listRoles',
      tag: 'Access',
      summary: 'List roles',
      description: 'Those that come along first. Who manages no roles, keys or people sees the roles that they have.',
      permission: 'authenticated',
      audit: { none: 'reads only' },
      responses: { 200: z.object({ roles: z.array(roleView), count: z.int(), permissions: z.array(z.string()) }) },
      errors: [],
      async handler({ principal }) {
        const own = new Set((principal.grants ?? []).map(({ role }) => role.name))
        const roles = (await listRoles(db)).filter(({ name }) => seesAll(principal) || own.has(name)).map(viewOf)
        return { status: 200, body: { roles, count: roles.length, permissions: [...permissions] } }
      },
    }),
    definePrincipalRoute({
      method: 'POST',
      path: '/roles',
      operationId: 'createRole',
      tag: 'Access',
      summary: 'Make a role of your own',
      permission: 'canManageRoles',
      needsProof: true,
      audit: { action: 'role.created' },
      body: roleBody,
      responses: { 201: roleView },
      errors: ['role_exists'],
      async handler(request) {
        return { status: 201, body: viewOf(await createRole(db, actingOf(request), request.principal, request.body)) }
      },
    }),
    definePrincipalRoute({
      method: 'PATCH',
      path: '/roles/:name',
      operationId: 'updateRole',
      tag: 'Access',
      summary: 'Change a role of your own, for everyone who has it',
      permission: 'canManageRoles',
      needsProof: true,
      audit: { action: 'role.updated' },
      params: roleParams,
      body: rolePatch,
      responses: { 200: roleView },
      errors: ['role_not_found', 'role_built_in'],
      async handler(request) {
        const role = await updateRole(db, actingOf(request), request.principal, request.params.name, request.body)
        return { status: 200, body: viewOf(role) }
      },
    }),
    definePrincipalRoute({
      method: 'DELETE',
      path: '/roles/:name',
      operationId: 'deleteRole',
      tag: 'Access',
      summary: 'Delete a role of your own that nobody has',
      permission: 'canManageRoles',
      audit: { action: 'role.deleted' },
      params: roleParams,
      responses: { 204: null },
      errors: ['role_not_found', 'role_built_in', 'role_in_use'],
      async handler(request) {
        await deleteRole(db, actingOf(request), request.principal, request.params.name)
        return { status: 204 }
      },
    }),
  ]
}
