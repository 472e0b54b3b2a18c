/** Each of them shows something of what needs attention. */
const shown = ['canViewMappings', 'canViewExecutions', 'canManageSecrets']

/** True for who sees something of what runs and what needs attention; others have a page of their own instead. */
export const hasDashboard = (permissions: readonly string[] | undefined): boolean =>
  permissions === undefined || shown.some((permission) => permissions.includes(permission))
