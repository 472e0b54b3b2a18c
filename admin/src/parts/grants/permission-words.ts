/** What people call permissions. Those with parts come before their parts. */
const words: Record<string, string> = {
  canExecuteWorkflows: 'Run workflows, with all that belongs to it',
  canManageConfig: 'Set up organizations, with all that belongs to it',
  canManageForms: 'Manage forms, with all that belongs to it',
  canViewHistory: 'Read the history, with all that belongs to it',
  canManageUsers: 'Manage access, with all that belongs to it',
  canViewCatalogue: 'See integrations, workflows and data providers',
  canRunWorkflows: 'Run workflows',
  canSeeResults: 'See the results of their own runs',
  canManageSchedules: 'Manage schedules',
  canSubmitForms: 'Submit forms',
  canApprove: 'Approve what workflows ask',
  canManageOrganizations: 'Manage organizations',
  canViewMappings: 'See mappings',
  canManageMappings: 'Manage mappings',
  canViewConfigValues: 'See config values',
  canManageConfigValues: 'Manage config values',
  canManageSecrets: 'Manage secrets',
  canEditForms: 'Edit forms',
  canViewExecutions: 'See executions and their logs',
  canViewAudit: 'Read the audit',
  canManagePeople: 'Manage people',
  canManageKeys: 'Manage keys',
  canManageRoles: 'Manage roles',
  canProvisionPeople: 'Keep people by SCIM, as an identity provider does',
}

/** A permission as people say it; a new one by its name in the API. */
export function permissionWords(permission: string): string {
  return words[permission] ?? permission
}
