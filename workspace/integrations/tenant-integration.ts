/**
 * Whose mappings the tenant examples use: the workflow `sync_users_from_tenant` and the data provider
 * `list_tenant_mappings`.
 *
 * For Microsoft 365, add an integration named `microsoft_graph` whose client has `listUsers()`, and write that name here.
 * Nothing else changes.
 */
export const tenantIntegration = 'myintegration'
