/** True for who sees what runs and what needs attention; others have a page of their own instead. */
export const hasDashboard = (permissions: readonly string[] | undefined): boolean => permissions?.includes('canViewMappings') !== false
