/** What can be granted as a whole, and the parts that it is made of. Those without parts are one thing. */
const bundles = {
  canExecuteWorkflows: ['canViewCatalogue', 'canRunWorkflows', 'canSeeResults', 'canManageSchedules', 'canSubmitForms'],
  canManageConfig: [
    'canViewCatalogue',
    'canManageOrganizations',
    'canViewMappings',
    'canManageMappings',
    'canViewConfigValues',
    'canManageConfigValues',
    'canManageSecrets',
  ],
  canManageForms: ['canViewCatalogue', 'canEditForms'],
  canViewHistory: ['canViewCatalogue', 'canViewExecutions', 'canViewAudit'],
  canManageUsers: ['canManagePeople', 'canManageKeys', 'canManageRoles', 'canProvisionPeople'],
} as const

/** In no bundle: who may run workflows does not so approve what others run. */
const alone = ['canApprove'] as const

type Bundle = keyof typeof bundles
/** What a route asks for, and a role is made of. */
export type Permission = Bundle | (typeof bundles)[Bundle][number] | (typeof alone)[number]

const bundleNames = Object.keys(bundles) as Bundle[] // its own keys
export const permissions: readonly Permission[] = [...new Set<Permission>([...bundleNames, ...Object.values(bundles).flat(), ...alone])]

const partsOf = new Map<Permission, readonly Permission[]>(bundleNames.map((name) => [name, bundles[name]]))
const holdersOf = new Map<Permission, readonly Permission[]>(
  permissions.map((part) => [part, bundleNames.filter((name) => partsOf.get(name)?.includes(part))]),
)

/** True where these give a permission: by its name, as a part of one of them, or by all of its parts. */
export function gives(granted: ReadonlySet<Permission>, wanted: Permission): boolean {
  if (granted.has(wanted)) return true
  for (const holder of holdersOf.get(wanted) ?? []) if (granted.has(holder)) return true
  const parts = partsOf.get(wanted) ?? []
  return parts.length > 0 && parts.every((part) => gives(granted, part))
}

/** Every permission that these give, in the order of the list. */
export function allGivenBy(granted: ReadonlySet<Permission>): Permission[] {
  return permissions.filter((permission) => gives(granted, permission))
}

/** What a route asks for: a permission, or that someone has signed in, or that from elsewhere than this machine (`local`), or nothing at all. */
export type RoutePermission = Permission | 'authenticated' | 'local' | 'public'

const routePermissions: ReadonlySet<string> = new Set<RoutePermission>([...permissions, 'authenticated', 'local', 'public'])

/** @throws TypeError if it is none: a route that asks for what nobody can be granted is our mistake, and told at the start. */
export function routePermissionOf(route: { operationId: string; permission: string }): RoutePermission {
  const { operationId, permission } = route
  if (!routePermissions.has(permission)) throw new TypeError(`${operationId} asks for ${permission}, which is no permission.`)
  return permission as RoutePermission // it is one of them
}
