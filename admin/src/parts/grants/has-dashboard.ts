/** Each of them shows something of what needs attention, as in the server's `overview/attention.ts`. */
const shown = ['canViewMappings', 'canViewExecutions', 'canManageSecrets']
/** A customer's user approves among their requests. */
const approves = (permissions: readonly string[]) => permissions.includes('canApprove') && !permissions.includes('canSubmitForms')

/** True for who sees something of what runs and what needs attention; others have a page of their own instead. */
export const hasDashboard = (permissions: readonly string[] | undefined): boolean =>
  permissions === undefined || approves(permissions) || shown.some((permission) => permissions.includes(permission))
