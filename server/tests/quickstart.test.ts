import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { type MyIntegrationVendor, startMyIntegrationVendor } from '@crosswalk/simulators/my-integration'
import { startTestInstallation, type TestInstallation } from '../testing/test-installation.ts'

// The quickstart and what can go wrong in it, with the workspace that ships, real runners, and the vendor over real HTTP.

let installation: TestInstallation
let vendor: MyIntegrationVendor
let call: TestInstallation['call']
let count = 0

before(async () => {
  installation = await startTestInstallation()
  call = installation.call
  vendor = await startMyIntegrationVendor()
  await call('POST', '/api/secrets', { key: 'myintegration_api_key', value: vendor.apiKey, scope: 'global' })
  await call('PUT', '/api/config/myintegration_api_url', { value: vendor.url, scope: 'global' })
})
after(async () => {
  await installation[Symbol.asyncDispose]()
  await vendor.stop()
})
beforeEach(() => vendor.faults.clear())

const givenOrganization = async (): Promise<string> =>
  (await call('POST', '/api/organizations', { name: `Organization ${++count}` })).body.id

const givenMapping = async (organizationId: string, externalOrgId: string, more: object = {}) =>
  call('POST', `/api/organizations/${organizationId}/integrations`, {
    integration_name: 'myintegration',
    external_org_id: externalOrgId,
    ...more,
  })

const execute = (organizationId: string, name: string, parameters: object = {}) =>
  call('POST', '/api/workflows/execute', { workflow_name: name, parameters }, { 'x-organization-id': organizationId })

/** An external organization that no other test maps. */
const givenExternal = (): string => String(vendor.organizations.add({ name: `External ${++count}` }).id)

test('the shipped workspace loads whole', async () => {
  const integrations = (await call('GET', '/api/integrations')).body
  assert.deepEqual(integrations.problems, [])
  const [mine] = integrations.integrations
  assert.equal(mine.name, 'myintegration')
  assert.equal(mine.supports_org_mapping, true)
  assert.equal(mine.supports_discovery, true)
  assert.deepEqual(
    mine.required_secrets.map(({ key, is_set }: { key: string; is_set: boolean }) => [key, is_set]),
    [['myintegration_api_key', true]],
  )
  assert.ok(mine.mapping_data_schema.properties.api_base_url)
  const workflows = (await call('GET', '/api/workflows')).body
  assert.deepEqual(workflows.workflows.map(({ name }: { name: string }) => name).sort(), [
    'auto_setup_integration',
    'check_microsoft_consent',
    'compare_licenses',
    'customers_without_huntress',
    'devices_missing_in_halopsa',
    'fallback_to_global',
    'offboard_user',
    'onboard_user',
    'sync_if_mapped',
    'sync_users',
    'sync_users_from_tenant',
    'undo_user_changes',
  ])
})

test('discovery gives the external organizations with text ids and metadata, and is kept for an hour', async () => {
  const organizationId = await givenOrganization()
  const { status, body } = await call('GET', `/api/integrations/myintegration/discover?orgId=${organizationId}`)
  assert.equal(status, 200)
  assert.deepEqual(body.organizations.slice(0, 2), [
    { id: '12345', name: 'Acme Corp', metadata: { code: 'ACME001', tier: 'premium' } },
    { id: '67890', name: 'Wayne Enterprises', metadata: { code: 'WAYNE001', tier: 'enterprise' } },
  ])
  assert.equal(Date.parse(body.cache_expires_at) - Date.parse(body.cached_at), 3_600_000)
  const asked = vendor.requests.length
  assert.deepEqual((await call('GET', `/api/integrations/myintegration/discover?orgId=${organizationId}`)).body, body)
  assert.equal(vendor.requests.length, asked)
})

test('twenty calls at once share one discovery', async () => {
  const organizationId = await givenOrganization()
  const asked = vendor.requests.length
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => call('GET', `/api/integrations/myintegration/discover?orgId=${organizationId}`)),
  )
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  assert.equal(new Set(answers.map(({ body }) => body.cached_at)).size, 1)
  const listings = vendor.requests.slice(asked).filter(({ path }) => path === '/organizations')
  assert.equal(listings.length, 1)
})

test('ten thousand organizations come page by page, a vanished one is marked gone, a renamed one keeps its old name', async () => {
  await using large = await startMyIntegrationVendor()
  large.organizations.generate(10_000)
  const organizationId = await givenOrganization()
  await call('PUT', '/api/config/myintegration_api_url', { value: large.url, scope: 'organization', org_id: organizationId })
  await call('POST', '/api/secrets', { key: 'myintegration_api_key', value: large.apiKey, scope: 'organization', org_id: organizationId })
  const all = await call('GET', `/api/integrations/myintegration/discover?orgId=${organizationId}`)
  assert.equal(all.body.organizations.length, 10_002)
  large.organizations.remove('12345')
  large.organizations.rename('67890', 'Wayne Industries')
  const next = await call('GET', `/api/integrations/myintegration/discover?orgId=${organizationId}&refresh=true`)
  assert.equal(next.body.organizations.length, 10_001)
  const gone = await call('GET', `/api/integrations/myintegration/external-organizations?orgId=${organizationId}&gone=true`)
  assert.deepEqual(
    gone.body.external_organizations.map(({ id }: { id: string }) => id),
    ['12345'],
  )
  const renamed = await call(
    'GET',
    `/api/integrations/myintegration/external-organizations?orgId=${organizationId}&search=Wayne%20Industries`,
  )
  assert.equal(renamed.body.external_organizations[0].previous_names[0].name, 'Wayne Enterprises')

  // A listing that breaks off in its fifth page marks nothing, and the last good list stays.
  large.faults.failPage(5)
  large.organizations.remove('67890')
  const broken = await call('GET', `/api/integrations/myintegration/discover?orgId=${organizationId}&refresh=true`)
  assert.equal(broken.status, 502)
  assert.equal(broken.body.error, 'discovery_failed')
  assert.match(broken.body.message, /500/)
  assert.ok(broken.body.details.guidance && broken.body.details.execution_id)
  const kept = await call('GET', `/api/integrations/myintegration/discover?orgId=${organizationId}`)
  assert.equal(kept.body.organizations.length, 10_001)
})

test('a discovery that fails says why: credentials, secret, network', async () => {
  const organizationId = await givenOrganization()
  const discover = () => call('GET', `/api/integrations/myintegration/discover?orgId=${organizationId}&refresh=true`)
  vendor.faults.rejectCredentials()
  const refused = await discover()
  assert.equal(refused.status, 502)
  assert.match(refused.body.details.guidance, /credential|key/i)
  vendor.faults.clear()
  await call('PUT', '/api/config/myintegration_api_url', { value: 'http://127.0.0.1:9', scope: 'organization', org_id: organizationId })
  const unreachable = await discover()
  assert.equal(unreachable.status, 502)
  assert.match(unreachable.body.details.guidance, /reach|address|network/i)
})

test('a mapping is tested, and the result stays with it; a failed test carries guidance', async () => {
  const organizationId = await givenOrganization()
  const external = givenExternal()
  const mapping = (await givenMapping(organizationId, external)).body
  const path = `/api/organizations/${organizationId}/integrations/${mapping.id}`
  const passed = await call('POST', `${path}/test`)
  assert.equal(passed.status, 200)
  assert.equal(passed.body.success, true)
  assert.match(passed.body.message, /^Successfully connected to External/)
  const kept = (await call('GET', path)).body
  assert.deepEqual([kept.last_test_success, kept.last_test_result], [true, passed.body.message])
  assert.ok(kept.last_tested_at)
  await call('PATCH', path, { external_org_id: 'unknown-to-the-vendor' })
  const failed = await call('POST', `${path}/test`)
  assert.equal(failed.status, 200)
  assert.equal(failed.body.success, false)
  assert.match(failed.body.message, /^API error: 404 Not Found/)
  assert.match(failed.body.details.guidance, /id/i)
  assert.equal((await call('GET', path)).body.last_test_success, false)
})

test('a mapping that is not saved yet is tested in the same way', async () => {
  const organizationId = await givenOrganization()
  const draft = { org_id: organizationId, external_org_id: '12345' }
  assert.equal((await call('POST', '/api/integrations/myintegration/test', draft)).body.success, true)
  const wrong = await call('POST', '/api/integrations/myintegration/test', {
    ...draft,
    mapping_data: { api_base_url: 'http://127.0.0.1:9' },
  })
  assert.equal(wrong.body.success, false)
  assert.match(wrong.body.message, /Connection failed/)
})

test('sync_users runs for a mapped organization, with its log and steps', async () => {
  const organizationId = await givenOrganization()
  const external = givenExternal()
  await givenMapping(organizationId, external, { external_org_name: 'External' })
  const { status, body } = await execute(organizationId, 'sync_users')
  assert.equal(status, 200)
  assert.equal(body.status, 'success', JSON.stringify(body.error))
  assert.equal(body.result.success, true, JSON.stringify(body))
  assert.equal(body.result.external_org, 'External')
  const { logs } = (await call('GET', `/api/executions/${body.execution_id}/logs`)).body
  assert.equal(logs[0].message, 'Starting user sync from MyIntegration')
  assert.deepEqual(
    logs.map(({ sequence }: { sequence: number }) => sequence),
    logs.map((_: unknown, index: number) => index),
  )
  const { steps } = (await call('GET', `/api/executions/${body.execution_id}`)).body
  assert.deepEqual(
    steps.map(({ name, status: end }: { name: string; status: string }) => [name, end]),
    [['myintegration.listUsers', 'success']],
  )
})

test('without a mapping sync_users fails and says why, sync_if_mapped skips, and nothing falls back by itself', async () => {
  const organizationId = await givenOrganization()
  const unmapped = (await execute(organizationId, 'sync_users')).body
  assert.deepEqual([unmapped.status, unmapped.result, unmapped.error.details.code], ['failed', null, 'mapping_not_found'])
  assert.equal((await execute(organizationId, 'sync_if_mapped')).body.result.skipped, true)
  const fallback = (await execute(organizationId, 'fallback_to_global')).body
  assert.equal(fallback.status, 'failed')
  assert.equal(fallback.error.details.code, 'secret_not_found')
})

test('with several mappings one has to be named, and the data provider offers them', async () => {
  const organizationId = await givenOrganization()
  const [first, second] = [givenExternal(), givenExternal()]
  await givenMapping(organizationId, first, { external_org_name: 'Tenant A' })
  const mapping = (await givenMapping(organizationId, second, { external_org_name: 'Tenant B' })).body
  const unnamed = (await execute(organizationId, 'sync_users')).body
  assert.equal(unnamed.error.details.code, 'multiple_mappings')
  const options = await call('POST', '/api/data-providers/list_tenant_mappings/options', {}, { 'x-organization-id': organizationId })
  assert.deepEqual(options.body.options.map(({ label }: { label: string }) => label).sort(), [
    `Tenant A (${first})`,
    `Tenant B (${second})`,
  ])
  const named = (await execute(organizationId, 'sync_users_from_tenant', { tenant_name: mapping.id })).body
  assert.equal(named.result.tenant, 'Tenant B', JSON.stringify(named))
})

test('another organization’s mapping cannot be named', async () => {
  const [mine, theirs] = [await givenOrganization(), await givenOrganization()]
  const mapping = (await givenMapping(theirs, givenExternal())).body
  const execution = (await execute(mine, 'sync_users_from_tenant', { tenant_name: mapping.id })).body
  assert.equal(execution.status, 'failed')
  assert.equal(execution.error.details.code, 'mapping_not_found')
})

test('auto_setup_integration keeps the mapping when its test passes, and deletes it again when it fails', async () => {
  const organizationId = await givenOrganization()
  const failed = (await execute(organizationId, 'auto_setup_integration', { external_org_id: '999999' })).body
  assert.deepEqual(
    [failed.status, /^The mapping was not kept: .*404/.test(failed.error?.message)],
    ['failed', true],
    JSON.stringify(failed),
  )
  assert.equal((await call('GET', `/api/organizations/${organizationId}/integrations`)).body.count, 0)
  const passed = (await execute(organizationId, 'auto_setup_integration', { external_org_id: givenExternal() })).body
  assert.equal(passed.result?.success, true, JSON.stringify(passed))
  const { mappings } = (await call('GET', `/api/organizations/${organizationId}/integrations`)).body
  assert.deepEqual(
    mappings.map(({ id, mapping_data }: { id: string; mapping_data: object }) => [id, mapping_data]),
    [[passed.result.mapping_id, { auto_created: true }]],
  )
  const audit = (await call('GET', `/api/audit?org_id=${organizationId}&action=integration_mapping.created`)).body
  assert.equal(audit.events[0].actor.type, 'execution')
})

test('the secret is nowhere in what the installation has written down', async () => {
  const { db } = installation.api
  const tables = [
    'executions',
    'execution_logs',
    'execution_steps',
    'audit_events',
    'external_organizations',
    'organization_mappings',
    'discovery_runs',
    'config',
    'secrets',
  ]
  const client = await db.pool.connect()
  try {
    await client.query("begin; set local crosswalk.scope = 'all'")
    for (const table of tables) {
      const { rows } = await client.query<{ found: number }>(
        `select count(*)::int as found from ${table} as row where row::text like '%' || $1 || '%'`,
        [vendor.apiKey],
      )
      assert.equal(rows[0]?.found, 0, `${table} holds the vendor's API key`)
    }
    const { rows } = await client.query<{ found: number }>(
      `select count(*)::int as found from step_records where position(convert_to($1, 'UTF8') in outcome) > 0`,
      [vendor.apiKey],
    )
    assert.equal(rows[0]?.found, 0)
    await client.query('commit')
  } finally {
    client.release()
  }
})
