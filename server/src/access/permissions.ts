/** What can be granted. */
export const permissions = ['canExecuteWorkflows', 'canManageConfig', 'canManageForms', 'canViewHistory', 'canManageUsers'] as const
export type Permission = (typeof permissions)[number]

/** What a route asks for: a permission, or that someone has signed in, or that from elsewhere than this machine (`local`), or nothing at all. */
export type RoutePermission = Permission | 'authenticated' | 'local' | 'public'

const routePermissions: ReadonlySet<string> = new Set<RoutePermission>([...permissions, 'authenticated', 'local', 'public'])

/** @throws TypeError if it is none: a route that asks for what nobody can be granted is our mistake, and told at the start. */
export function routePermissionOf(route: { operationId: string; permission: string }): RoutePermission {
  const { operationId, permission } = route
  if (!routePermissions.has(permission)) throw new TypeError(`${operationId} asks for ${permission}, which is no permission.`)
  return permission as RoutePermission // it is one of them
}
