type Query = Record<string, string | undefined>

const withQuery = (path: string, query: Query = {}) => {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`
}
const segment = encodeURIComponent

/** Where every page is. */
export const paths = {
  dashboard: () => '/',
  signIn: (query?: { next?: string }) => withQuery('/sign-in', query),
  firstAdministrator: () => '/first-administrator',
  profile: () => '/profile',
  device: () => '/device',
  people: (query?: { q?: string; edit?: string; add?: string }) => withQuery('/people', query),
  signInSettings: () => '/people/sign-in',
  organizations: (query?: { q?: string; tag?: string; add?: string }) => withQuery('/organizations', query),
  organizationImport: () => '/organizations/import',
  organization: (orgId: string) => `/organizations/${segment(orgId)}`,
  organizationMappings: (
    orgId: string,
    query?: { mapping?: string; integration?: string; external?: string; called?: string; show?: 'all' },
  ) => withQuery(`/organizations/${segment(orgId)}/integrations`, query),
  organizationValues: (orgId: string, query?: { key?: string }) => withQuery(`/organizations/${segment(orgId)}/values`, query),
  organizationExecutions: (orgId: string) => `/organizations/${segment(orgId)}/executions`,
  integrations: () => '/integrations',
  integration: (name: string) => `/integrations/${segment(name)}`,
  integrationOrganizations: (name: string, query?: { show?: string }) => withQuery(`/integrations/${segment(name)}/organizations`, query),
  integrationMatch: (name: string, query?: { view?: string; only?: string }) => withQuery(`/integrations/${segment(name)}/match`, query),
  integrationDiscovered: (name: string) => `/integrations/${segment(name)}/discovered`,
  integrationHistory: (name: string) => `/integrations/${segment(name)}/history`,
  mappings: (query?: { attention?: string; integration?: string; org?: string; q?: string }) => withQuery('/mappings', query),
  workflows: (query?: { org?: string }) => withQuery('/workflows', query),
  workflow: (name: string, query?: { org?: string; from?: string }) => withQuery(`/workflows/${segment(name)}`, query),
  forms: () => '/forms',
  form: (id: string) => `/forms/${segment(id)}`,
  requests: () => '/requests',
  request: (id: string) => `/requests/${segment(id)}`,
  approvals: (query?: { view?: 'for_me' | 'open' | 'decided' }) => withQuery('/approvals', query),
  schedules: (query?: { q?: string; edit?: string; add?: string }) => withQuery('/schedules', query),
  batches: (query?: { workflow?: string }) => withQuery('/batches', query),
  batch: (id: string, query?: { status?: string }) => withQuery(`/batches/${segment(id)}`, query),
  executions: (query?: { attention?: string; status?: string; kind?: string; name?: string; org?: string; period?: string }) =>
    withQuery('/executions', query),
  execution: (id: string) => `/executions/${segment(id)}`,
  dataProviders: (query?: { name?: string }) => withQuery('/data-providers', query),
  values: (query?: { key?: string }) => withQuery('/values', query),
  keys: (query?: { add?: string }) => withQuery('/settings/keys', query),
  roles: (query?: { edit?: string }) => withQuery('/settings/roles', query),
  organizationFields: (query?: { edit?: string }) => withQuery('/settings/fields', query),
  audit: (query?: { org?: string; type?: string; target?: string }) => withQuery('/audit', query),
}
