/** Something of everything that one organization has. */
export type Place = {
  id: string
  mark: string
  mappingId: string
  executionId: string
  batchId: string
  keyId: string
  personId: string
  connectionId: string
  sessionId: string
}
/** How an operation is asked. */
export type PlaceRequest = {
  url: string
  body?: object
  /** What an administrator is answered where that is no success, in a place like this; null where it waits for a worker. */
  answers?: string | null
  /** Where it says by something else than 403 and 404 that there is no such thing. */
  refusal?: string
  /** Says nothing of one organization, and may be answered. */
  isOfAll?: true
  /** Of the account that asks: each person has their own. */
  isOwn?: true
}
const grant = (place: Place, role = 'viewer') => ({ role, reach: { organizations: [place.id] } })

const credential = { id: 'x', rawId: 'x', type: 'public-key' }

/** How each operation is asked for the things of one place. */
export const requestsOf: Record<string, (place: Place) => PlaceRequest> = {
  listAuditEvents: ({ id }) => ({ url: `/audit?org_id=${id}` }),
  exportAuditEvents: ({ id }) => ({ url: `/audit/export?org_id=${id}` }),
  checkAuditChain: () => ({ url: '/audit/chain' }),
  listConnections: ({ id }) => ({ url: `/connections?org_id=${id}` }),
  startConnecting: ({ id }) => ({
    url: '/connections/start',
    body: { integration_name: 'halo', name: 'main', org_id: id },
    answers: 'connection_not_declared',
  }),
  makeConnectionLink: ({ id }) => ({
    url: '/connections/links',
    body: { integration_name: 'halo', name: 'main', org_id: id },
    answers: 'connection_not_declared',
  }),
  revokeConnection: ({ connectionId }) => ({ url: `/connections/${connectionId}` }),
  openConnectionLink: () => ({ url: '/connections/open?link=x', answers: '' }),
  finishConnecting: () => ({ url: '/connections/callback?state=x', answers: '' }),
  listExecutionExchanges: ({ executionId }) => ({ url: `/executions/${executionId}/exchanges` }),
  listVendors: () => ({ url: '/vendors', isOfAll: true }),
  signIn: () => ({ url: '/session', body: { api_key: 'not a key' }, answers: 'sign_in_refused' }),
  getSession: () => ({ url: '/session', isOfAll: true }),
  signOut: () => ({ url: '/session' }),
  createSignInToken: () => ({ url: '/session/tokens', isOfAll: true }),
  listSignInWays: () => ({ url: '/session/ways', isOfAll: true }),
  signInWithPassword: () => ({ url: '/session/password', body: { email: 'x@y.example', password: 'x' }, answers: 'sign_in_failed' }),
  createFirstAdministrator: ({ mark }) => ({
    url: '/session/first-administrator',
    body: { email: `first@${mark}.example`, name: 'x', password: 'seven brown llamas sing' },
    answers: 'first_administrator_exists',
  }),
  signInWithSecondFactor: () => ({ url: '/session/second-factor', body: { code: '000000' }, answers: 'second_factor_expired' }),
  readLink: () => ({ url: '/session/links/look', body: { token: 'x' }, answers: 'person_link_used' }),
  takeLink: () => ({
    url: '/session/links/take',
    body: { token: 'x', password: 'seven brown llamas sing' },
    answers: 'person_link_used',
  }),
  mailPasswordReset: ({ mark }) => ({ url: '/session/forgotten', body: { email: `user@${mark}.example` }, answers: '' }),
  beginPasskeySignIn: () => ({ url: '/session/passkey/options', answers: '' }),
  signInWithPasskey: () => ({ url: '/session/passkey', body: { response: credential }, answers: 'passkey_refused' }),
  listPasskeys: () => ({ url: '/profile/passkeys', answers: 'not_a_person', isOwn: true }),
  beginPasskey: () => ({ url: '/profile/passkeys/options', body: {}, answers: 'not_a_person', isOwn: true }),
  addPasskey: () => ({ url: '/profile/passkeys', body: { name: 'X', response: credential }, answers: 'not_a_person', isOwn: true }),
  removePasskey: ({ sessionId }) => ({ url: `/profile/passkeys/${sessionId}`, answers: 'not_a_person', isOwn: true }),
  beginSingleSignOn: () => ({ url: '/session/single-sign-on', body: {}, answers: 'single_sign_on_not_set' }),
  finishSingleSignOn: () => ({ url: '/session/single-sign-on/callback?code=x&state=y', answers: '' }),
  getSignInSettings: () => ({ url: '/sign-in-settings' }),
  setSignInSettings: () => ({ url: '/sign-in-settings', body: { second_factor: 'optional', single_sign_on: null } }),
  testSingleSignOn: () => ({ url: '/sign-in-settings/test', body: { issuer: 'http://127.0.0.1:9/', client_id: 'x' }, answers: '' }),
  listPeople: ({ mark }) => ({ url: `/people?search=${mark}` }),
  invitePerson: (place) => ({
    url: '/people',
    body: { email: `new@${place.mark}.example`, name: 'x', grants: [grant(place)] },
  }),
  getPerson: ({ personId }) => ({ url: `/people/${personId}` }),
  updatePerson: ({ personId }) => ({ url: `/people/${personId}`, body: { name: 'x' } }),
  removePerson: ({ personId }) => ({ url: `/people/${personId}` }),
  createInvitation: ({ personId }) => ({ url: `/people/${personId}/invite` }),
  createPasswordReset: ({ personId }) => ({ url: `/people/${personId}/reset` }),
  deactivatePerson: ({ personId }) => ({ url: `/people/${personId}/deactivate` }),
  activatePerson: ({ personId }) => ({ url: `/people/${personId}/activate` }),
  getProfile: () => ({ url: '/profile', answers: 'not_a_person', isOwn: true }),
  updateProfile: () => ({ url: '/profile', body: { name: 'x' }, answers: 'not_a_person', isOwn: true }),
  changePassword: () => ({
    url: '/profile/password',
    body: { current_password: 'x', password: 'y' },
    answers: 'not_a_person',
    isOwn: true,
  }),
  beginSecondFactor: () => ({ url: '/profile/second-factor', body: { current_password: 'x' }, answers: 'not_a_person', isOwn: true }),
  confirmSecondFactor: () => ({ url: '/profile/second-factor/confirm', body: { code: '000000' }, answers: 'not_a_person', isOwn: true }),
  removeSecondFactor: () => ({
    url: '/profile/second-factor/remove',
    body: { current_password: 'x' },
    answers: 'not_a_person',
    isOwn: true,
  }),
  createRecoveryCodes: () => ({ url: '/profile/recovery-codes', body: { current_password: 'x' }, answers: 'not_a_person', isOwn: true }),
  listSessions: () => ({ url: '/sessions', isOwn: true }),
  endSession: ({ sessionId }) => ({ url: `/sessions/${sessionId}`, answers: 'session_not_found', isOwn: true }),
  getMe: ({ id }) => ({ url: `/me?org_id=${id}` }),
  listKeys: () => ({ url: '/keys' }),
  createKey: (place) => ({ url: '/keys', body: { name: 'x', grants: [grant(place)] } }),
  rotateKey: ({ keyId }) => ({ url: `/keys/${keyId}/rotate`, body: {} }),
  revokeKey: ({ keyId }) => ({ url: `/keys/${keyId}` }),
  listRoles: () => ({ url: '/roles', isOfAll: true }),
  createRole: ({ mark }) => ({ url: '/roles', body: { name: mark, description: 'x', permissions: ['canViewMappings'] } }),
  updateRole: () => ({ url: '/roles/given', body: { description: 'y' } }),
  deleteRole: () => ({ url: '/roles/given' }),
  listOrganizations: ({ mark }) => ({ url: `/organizations?search=${mark}` }),
  createOrganization: () => ({ url: '/organizations', body: { name: 'New' } }),
  getOrganization: ({ id }) => ({ url: `/organizations/${id}` }),
  updateOrganization: ({ id }) => ({ url: `/organizations/${id}`, body: { tags: ['changed'] } }),
  deactivateOrganization: ({ id }) => ({ url: `/organizations/${id}` }),
  setSecret: ({ id }) => ({ url: '/secrets', body: { key: 'a_key', value: 'x', scope: 'organization', org_id: id } }),
  listSecrets: ({ id }) => ({ url: `/secrets?org_id=${id}` }),
  deleteSecret: ({ id, mark }) => ({ url: `/secrets/secret_${mark}?scope=organization&org_id=${id}` }),
  setConfig: ({ id }) => ({ url: '/config/a_key', body: { value: 1, scope: 'organization', org_id: id } }),
  listConfig: ({ id }) => ({ url: `/config?org_id=${id}` }),
  getConfig: ({ id, mark }) => ({ url: `/config/config_${mark}?scope=organization&org_id=${id}` }),
  deleteConfig: ({ id, mark }) => ({ url: `/config/config_${mark}?scope=organization&org_id=${id}` }),
  listIntegrations: ({ id }) => ({ url: `/integrations?org_id=${id}` }),
  getIntegration: ({ id }) => ({ url: `/integrations/halo?org_id=${id}` }),
  switchIntegration: () => ({ url: '/integrations/halo', body: { is_on: true }, answers: 'integration_not_ready_made' }),
  getWorkspace: () => ({ url: '/workspace', isOfAll: true }),
  removeDefinition: () => ({ url: '/workspace/workflow/sync_users', answers: 'definition_loaded' }),
  listMappings: ({ id }) => ({ url: `/organizations/${id}/integrations` }),
  createMapping: ({ id }) => ({ url: `/organizations/${id}/integrations`, body: { integration_name: 'halo', external_org_id: id } }),
  getMapping: ({ id, mappingId }) => ({ url: `/organizations/${id}/integrations/${mappingId}` }),
  updateMapping: ({ id, mappingId }) => ({ url: `/organizations/${id}/integrations/${mappingId}`, body: { is_active: false } }),
  deleteMapping: ({ id, mappingId }) => ({ url: `/organizations/${id}/integrations/${mappingId}` }),
  testMapping: ({ id, mappingId }) => ({ url: `/organizations/${id}/integrations/${mappingId}/test`, answers: null }),
  testIntegration: ({ id }) => ({ url: '/integrations/halo/test', body: { org_id: id, external_org_id: '1' }, answers: null }),
  discoverOrganizations: ({ id }) => ({ url: `/integrations/halo/discover?orgId=${id}&wait=0`, answers: null }),
  listExternalOrganizations: ({ id }) => ({ url: `/integrations/halo/external-organizations?orgId=${id}` }),
  listDiscoveryRuns: ({ id }) => ({ url: `/integrations/halo/discovery-runs?orgId=${id}` }),
  listMappingsOfAll: ({ id }) => ({ url: `/mappings?org_id=${id}` }),
  listTestCauses: () => ({ url: '/mappings/causes' }),
  countMappedOrganizations: () => ({ url: '/integrations/mapped-organizations' }),
  listIntegrationOrganizations: ({ mark }) => ({ url: `/integrations/halo/organizations?search=${mark}` }),
  listMatches: ({ id }) => ({ url: `/integrations/halo/matches?org_id=${id}` }),
  createMappings: ({ id }) => ({
    url: '/integrations/halo/mappings',
    body: { mappings: [{ org_id: id, external_org_id: `many-${id}` }] },
    refusal: 'organization_not_found',
  }),
  listDataProviders: () => ({ url: '/data-providers', isOfAll: true }),
  provideOptions: ({ id }) => ({ url: `/data-providers/nothing/options?org_id=${id}`, body: {}, answers: 'data_provider_not_found' }),
  listBatches: () => ({ url: '/batches' }),
  getBatch: ({ batchId }) => ({ url: `/batches/${batchId}` }),
  listBatchExecutions: ({ batchId }) => ({ url: `/batches/${batchId}/executions` }),
  listBatchFailureCauses: ({ batchId }) => ({ url: `/batches/${batchId}/causes` }),
  testMappings: ({ id }) => ({ url: '/mappings/test', body: { organizations: [id] } }),
  pauseBatch: ({ batchId }) => ({ url: `/batches/${batchId}/pause` }),
  resumeBatch: ({ batchId }) => ({ url: `/batches/${batchId}/resume` }),
  retryFailedOfBatch: ({ batchId }) => ({ url: `/batches/${batchId}/retry-failed` }),
  cancelBatch: ({ batchId }) => ({ url: `/batches/${batchId}/cancel` }),
  listWorkflows: () => ({ url: '/workflows', isOfAll: true }),
  getWorkflow: () => ({ url: '/workflows/sync_users', isOfAll: true }),
  executeWorkflow: ({ id }) => ({ url: `/workflows/execute?org_id=${id}&wait=0`, body: { workflow_name: 'sync_users' } }),
  listSchedules: () => ({ url: '/schedules' }),
  getSchedule: () => ({ url: '/schedules/sync_users' }),
  setSchedule: () => ({ url: '/schedules/sync_users', body: { cron: '0 4 * * *' } }),
  runSchedule: () => ({ url: '/schedules/sync_users/run' }),
  resetSchedule: () => ({ url: '/schedules/sync_users' }),
  listExecutions: ({ id }) => ({ url: `/executions?org_id=${id}` }),
  getExecution: ({ executionId }) => ({ url: `/executions/${executionId}` }),
  getStepResult: ({ executionId }) => ({ url: `/executions/${executionId}/steps/0/result` }),
  listExecutionLogs: ({ executionId }) => ({ url: `/executions/${executionId}/logs` }),
  getExecutionStatistics: ({ id }) => ({ url: `/executions/statistics?org_id=${id}` }),
  listFailureCauses: () => ({ url: '/executions/causes' }),
  retryExecutionsOfCause: () => ({ url: '/executions/retry', body: { cause: '0'.repeat(32) }, isOfAll: true }),
  retryExecution: ({ executionId }) => ({ url: `/executions/${executionId}/retry` }),
  cancelExecution: ({ executionId }) => ({ url: `/executions/${executionId}/cancel`, answers: 'execution_finished' }),
  listOrganizationSummaries: ({ id }) => ({ url: `/organizations/summaries?org_ids=${id}` }),
  getAttention: () => ({ url: '/attention' }),
  getHealth: () => ({ url: '//healthz', isOfAll: true }),
  getReadiness: () => ({ url: '//readyz', answers: 'no worker is alive' }),
  getMetrics: () => ({ url: '//metrics', isOfAll: true }),
}
