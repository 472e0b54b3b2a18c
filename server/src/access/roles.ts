import { administratorRole, type Role } from './grants.ts'
import { type Permission, permissions } from './permissions.ts'

type BuiltInRole = Role & { description: string }

function builtIn(name: string, description: string, ...given: Permission[]): BuiltInRole {
  return { name, description, permissions: new Set(given) }
}

/** The roles that come along. They cannot be changed: what one of them gives may grow with a version of Crosswalk. */
export const builtInRoles: readonly BuiltInRole[] = [
  { ...administratorRole, description: 'Everything, keys, people and roles included.' },
  builtIn(
    'engineer',
    'Sets up organizations, mappings, secrets, config values, schedules and forms, runs workflows and approves. Reads the audit.',
    'canExecuteWorkflows',
    'canApprove',
    'canManageConfig',
    'canManageForms',
    'canViewHistory',
  ),
  builtIn(
    'technician',
    'Maps organizations, runs workflows and approves. Sees no secrets and no audit.',
    'canViewCatalogue',
    'canViewMappings',
    'canManageMappings',
    'canViewConfigValues',
    'canRunWorkflows',
    'canSeeResults',
    'canViewExecutions',
    'canApprove',
    'canSubmitForms',
  ),
  builtIn(
    'viewer',
    'Reads mappings, config values and executions. Changes nothing.',
    'canViewCatalogue',
    'canViewMappings',
    'canViewConfigValues',
    'canViewExecutions',
  ),
  builtIn(
    'provisioner',
    'For the key of an identity provider: keeps people and their groups by SCIM, and nothing else.',
    'canProvisionPeople',
  ),
  builtIn(
    'customer_user',
    'Of a customer: sends the forms that you offer by naming workflows in the grant, sees what they sent, and approves what a workflow asks its customer.',
    'canSubmitForms',
    'canApprove',
  ),
]

const byName = new Map(builtInRoles.map((role) => [role.name, role]))

export function builtInRole(name: string): Role | undefined {
  return byName.get(name)
}

const known: ReadonlySet<string> = new Set(permissions)

/** The permissions of a role as its row has them. One that this version does not know gives nothing. */
export function permissionsOfRow(names: readonly string[]): ReadonlySet<Permission> {
  return new Set(names.filter((name): name is Permission => known.has(name)))
}
