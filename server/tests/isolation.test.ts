import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { installationAuthentication } from '../src/access/authentication.ts'
import { createKey, revokeKey } from '../src/access/keys.ts'
import { gives, type Permission, permissions } from '../src/access/permissions.ts'
import { systemActing } from '../src/audit/audit.ts'
import { publishDefinitions } from '../src/definitions/definitions.ts'
import { readInScope, type Sql, sql } from '../src/platform/database/database.ts'
import { integrationDefinition, workflowDefinition } from '../testing/given-definitions.ts'
import { administrator, givenKey } from '../testing/given-keys.ts'
import { givenBrowser, goodPassword, tokenOf } from '../testing/given-people.ts'
import { givenPlace, type Place } from '../testing/given-place.ts'
import { createTestApp, type TestApp, testAdminKey } from '../testing/test-app.ts'

// Every operation that the API describes, asked by those who must not have its answer. A new one needs a row here.

type Request = {
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
// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
type Body = any

const grant = (place: Place, role = 'viewer') => ({ role, reach: { organizations: [place.id] } })

const credential = { id: 'x', rawId: 'x', type: 'public-key' }

/** How each operation is asked for the things of one place. */
const rows: Record<string, (place: Place) => Request> = {
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
  startDevice: () => ({ url: '/device', body: { client_name: 'x' } }),
  askDevice: () => ({ url: '/device/token', body: { device_code: 'x' }, answers: 'expired_token' }),
  getDeviceRequest: () => ({ url: '/device/BBBBBBBB', answers: 'device_code_not_found', isOwn: true }),
  approveDevice: () => ({ url: '/device/BBBBBBBB/approve', answers: 'device_code_not_found', isOwn: true }),
  denyDevice: () => ({ url: '/device/BBBBBBBB/deny', answers: 'device_code_not_found', isOwn: true }),
  listDevices: () => ({ url: '/devices', isOwn: true }),
  removeDevice: ({ keyId }) => ({ url: `/devices/${keyId}`, answers: 'key_not_found', isOwn: true }),
  listRoles: () => ({ url: '/roles', isOfAll: true }),
  createRole: ({ mark }) => ({ url: '/roles', body: { name: mark, description: 'x', permissions: ['canViewMappings'] } }),
  updateRole: () => ({ url: '/roles/given', body: { description: 'y' } }),
  deleteRole: () => ({ url: '/roles/given' }),
  listOrganizations: ({ mark }) => ({ url: `/organizations?search=${mark}` }),
  createOrganization: () => ({ url: '/organizations', body: { name: 'New' } }),
  getOrganization: ({ id }) => ({ url: `/organizations/${id}` }),
  updateOrganization: ({ id }) => ({ url: `/organizations/${id}`, body: { tags: ['changed'] } }),
  deactivateOrganization: ({ id }) => ({ url: `/organizations/${id}` }),
  importOrganizations: ({ id }) => ({
    url: '/organizations/import',
    body: { csv: `id,tags\n${id},changed\n` },
    refusal: 'import_refused',
  }),
  listOrganizationFields: () => ({ url: '/organization-fields', isOfAll: true }),
  createOrganizationField: ({ mark }) => ({ url: '/organization-fields', body: { name: mark, label: 'x', type: 'text' } }),
  updateOrganizationField: () => ({ url: '/organization-fields/given', body: { label: 'y' } }),
  deleteOrganizationField: () => ({ url: '/organization-fields/given' }),
  setSecret: ({ id }) => ({ url: '/secrets', body: { key: 'a_key', value: 'x', scope: 'organization', org_id: id } }),
  listSecrets: ({ id }) => ({ url: `/secrets?org_id=${id}` }),
  getSecret: ({ id, mark }) => ({ url: `/secrets/secret_${mark}?scope=organization&org_id=${id}` }),
  setSecretExpiry: ({ id, mark }) => ({ url: `/secrets/secret_${mark}?scope=organization&org_id=${id}`, body: { expires_at: null } }),
  restoreSecret: ({ id, mark }) => ({
    url: `/secrets/secret_${mark}/restore?scope=organization&org_id=${id}`,
    body: { version: 1 },
    answers: 'secret_version_not_found',
  }),
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

type Operation = { operationId: string; method: string; permission: string }
let api: TestApp
let operations: Operation[]
const places: Record<'acme' | 'globex' | 'initech', Place> = {} as never // made before the first test
const run = (statement: Sql) => readInScope(api.db, 'allOrganizations', statement)

async function send(authorization: string | undefined, method: string, url: string, body?: object, headers: Record<string, string> = {}) {
  const answer = await api.app.inject({
    method: method as 'GET',
    url: url.startsWith('//') ? url.slice(1) : `/api${url}`,
    // From elsewhere, where nothing is open for this machine alone.
    remoteAddress: '198.51.100.7',
    headers: authorization === undefined ? headers : { ...headers, authorization: `Bearer ${authorization}` },
    ...(body ? { payload: body } : {}),
  })
  const isJson = String(answer.headers['content-type']).startsWith('application/json')
  const json: Body = isJson && answer.body !== '' ? answer.json() : null
  return { status: answer.statusCode, text: answer.body, body: json }
}
const ask = (operation: Operation, place: Place, key: string | undefined, headers?: Record<string, string>) => {
  const { url, body } = rowOf(operation)(place)
  return send(key, operation.method, url, body, headers)
}
function rowOf({ operationId }: Operation): (place: Place) => Request {
  const row = rows[operationId]
  assert.ok(row, `${operationId} has no row: say in this file how it is asked, so that it is asked by those who must not have its answer.`)
  return row
}
/** What an answer says of a place, beside what was asked. */
function told(place: Place, text: string, asked: Request): string[] {
  const sent = `${asked.url} ${JSON.stringify(asked.body ?? {})}`
  return Object.values(place).filter((mark) => text.includes(mark) && !sent.includes(mark))
}

const eventCount = async () => {
  const [row] = (await run(
    sql`select count(*)::int as count from audit_events where action not in ('session.refused', 'session.limited')`,
  )) as Body[]
  return row.count as number
}

before(async () => {
  api = await createTestApp({
    authenticateWith: (given) =>
      installationAuthentication({ ...given, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: false }).authenticate,
  })
  const definitions = [workflowDefinition('sync_users', { schedule: { cron: '0 3 * * *' } as never }), integrationDefinition('halo')]
  await publishDefinitions(api.db, { definitions, problems: [], codeVersion: 'test' })
  for (const name of ['acme', 'globex', 'initech'] as const) places[name] = await givenPlace(api, `zq${name}qz`)
  await send(testAdminKey, 'POST', '/roles', { name: 'given', description: 'x', permissions: [] })
  await send(testAdminKey, 'POST', '/organization-fields', { name: 'given', label: 'x', type: 'text' })
  const description = (await send(testAdminKey, 'GET', '/openapi.json')).body
  operations = Object.values<Body>(description.paths).flatMap((methods) =>
    Object.entries<Body>(methods).map(([method, { operationId, 'x-permission': permission }]) => ({
      operationId,
      method: method.toUpperCase(),
      permission,
    })),
  )
})
after(() => api[Symbol.asyncDispose]())

const isOpen = ({ permission }: Operation) => permission === 'public'

test('each operation has a row here, and each row is an operation', () => {
  assert.deepEqual(Object.keys(rows).sort(), operations.map(({ operationId }) => operationId).sort())
})

test('without a principal, and with a key that is wrong, expired or revoked, nothing is answered and nothing is done', async () => {
  const draft = { name: 'x', grants: [{ role: 'administrator', reach: { all: true as const } }], addresses: null }
  const expired = await createKey(api.db, systemActing, administrator, { ...draft, expiresAt: new Date(Date.now() - 1_000) })
  const revoked = await createKey(api.db, systemActing, administrator, { ...draft, expiresAt: null })
  await revokeKey(api.db, systemActing, administrator, revoked.id)
  const before = await eventCount()
  const keys = { unauthenticated: undefined, key_expired: expired.key, key_revoked: revoked.key }
  for (const operation of operations.filter((given) => !isOpen(given))) {
    for (const [error, key] of Object.entries(keys)) {
      const answer = await ask(operation, places.acme, key)
      assert.deepEqual([answer.status, answer.body?.error], [401, error], operation.operationId)
      assert.deepEqual(told(places.acme, answer.text, rowOf(operation)(places.acme)), [], operation.operationId)
    }
  }
  for (const operation of operations.filter((given) => !isOpen(given)).slice(0, 5))
    assert.equal((await ask(operation, places.acme, 'cwk_wrong')).status, 401)
  assert.equal(await eventCount(), before)
})

test('who has every permission but the one that is needed is refused, and told which it is', async () => {
  const lacking = new Map<string, string>()
  for (const permission of new Set(operations.map((operation) => operation.permission))) {
    if (!(permissions as readonly string[]).includes(permission)) continue
    // Neither it, nor a bundle that has it, nor all of its parts.
    const others = permissions.filter(
      (other) => !gives(new Set([other]), permission as Permission) && !gives(new Set([permission as Permission]), other),
    )
    const name = `lacking_${permission.toLowerCase()}`
    const made = await send(testAdminKey, 'POST', '/roles', { name, description: 'x', permissions: others })
    assert.equal(made.status, 201, made.text)
    lacking.set(permission, (await givenKey(api.db, { role: name, reach: { all: true } })).key)
  }
  assert.ok(lacking.size > 10)
  const before = await eventCount()
  for (const operation of operations) {
    const key = lacking.get(operation.permission)
    if (key === undefined) continue
    const answer = await ask(operation, places.acme, key)
    assert.deepEqual(
      [answer.status, answer.body?.details?.permission],
      [403, operation.permission],
      `${operation.operationId} ${answer.text}`,
    )
  }
  assert.equal(await eventCount(), before)
})

describe('of another organization', () => {
  for (const [who, role] of [
    ['its administrator', 'administrator'],
    ['its customer’s user', 'customer_user'],
  ] as const) {
    test(`${who} finds nothing of this one, by any operation, and changes nothing`, async () => {
      const { key } = await givenKey(api.db, { role, reach: { organizations: [places.globex.id] } })
      const before = await eventCount()
      for (const operation of operations.filter((given) => !isOpen(given))) {
        const asked = rowOf(operation)(places.acme)
        const answer = await ask(operation, places.acme, key)
        const what = `${operation.operationId} ${answer.status} ${answer.text.slice(0, 500)}`
        assert.deepEqual(told(places.acme, answer.text, asked), [], what)
        if (asked.isOfAll || asked.isOwn) continue
        if (operation.method === 'GET') assert.ok([200, 403, 404].includes(answer.status), what)
        else
          assert.ok(
            [403, 404].includes(answer.status) || (asked.refusal && answer.status < 500 && answer.text.includes(asked.refusal)),
            what,
          )
      }
      assert.equal(await eventCount(), before)
    })
  }
})

test('a customer’s user has their own organization and themselves, and no other answer', async () => {
  const { key } = await givenKey(api.db, { role: 'customer_user', reach: { organizations: [places.acme.id] } })
  const answered: string[] = []
  for (const operation of operations.filter((given) => !isOpen(given))) {
    const answer = await ask(operation, places.acme, key)
    if (answer.status === 403 || rowOf(operation)(places.acme).isOwn) continue
    answered.push(operation.operationId)
    assert.equal(answer.status, 200, operation.operationId)
  }
  assert.deepEqual(answered.sort(), ['getMe', 'getOrganization', 'getSession', 'listOrganizationFields', 'listOrganizations', 'listRoles'])
  const own = await send(key, 'GET', '/organizations')
  assert.deepEqual(
    own.body.organizations.map(({ id }: Body) => id),
    [places.acme.id],
  )
})

test('a customer’s user who has signed in finds nothing of another organization, and nothing at all once they are deactivated', async () => {
  const grants = [{ role: 'customer_user', reach: { organizations: [places.globex.id] } }]
  const { body } = await send(testAdminKey, 'POST', '/people', { email: 'ada@globex.example', name: 'Ada', grants })
  const browser = givenBrowser(api.app)
  const joined = await browser.call('POST', '/session/links/take', { token: tokenOf(body.link.url), password: goodPassword })
  assert.equal(joined.status, 201, JSON.stringify(joined.body))
  const { cookies } = browser
  const ownHost = {
    host: 'localhost:7071',
    origin: 'http://localhost:7071',
    cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  }
  const asked = operations.filter((given) => !isOpen(given) && !rowOf(given)(places.acme).isOwn)
  for (const operation of asked) {
    const request = rowOf(operation)(places.acme)
    const answer = await ask(operation, places.acme, undefined, ownHost)
    const what = `${operation.operationId} ${answer.status} ${answer.text.slice(0, 500)}`
    assert.deepEqual(told(places.acme, answer.text, request), [], what)
    assert.ok(request.isOfAll ? answer.status < 500 : [200, 403, 404].includes(answer.status), what)
    if (operation.method !== 'GET') assert.ok(answer.status >= 400, what)
  }
  await send(testAdminKey, 'POST', `/people/${body.person.id}/deactivate`)
  for (const operation of asked) assert.equal((await ask(operation, places.acme, undefined, ownHost)).status, 401, operation.operationId)
})

test('who has all is answered by every operation, so that the rows above ask for what there is', async () => {
  const order = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
  const last = ['cancelBatch', 'deactivateOrganization', 'removePerson']
  const isLast = ({ operationId }: Operation) => last.indexOf(operationId)
  const inOrder = operations.toSorted(
    (one, other) => isLast(one) - isLast(other) || order.indexOf(one.method) - order.indexOf(other.method),
  )
  for (const operation of inOrder) {
    const { answers } = rowOf(operation)(places.initech)
    if (answers === null) continue
    // As our own page sends it.
    const answer = await ask(operation, places.initech, testAdminKey, { 'x-requested-with': 'crosswalk' })
    const what = `${operation.operationId} ${answer.status} ${answer.text.slice(0, 500)}`
    if (answers === undefined) assert.ok(answer.status < 300, what)
    else assert.ok(answer.text.includes(answers) && answer.status < 600, what)
  }
})
