import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeIntegration, isCrosswalkError, type OrganizationMapping } from '@crosswalk/sdk'
import { startMyIntegrationVendor } from '@crosswalk/simulators/my-integration'
import { MyIntegration } from '../integrations/my-integration.ts'
import { acme, givenContext } from './given.ts'

const draft: OrganizationMapping = { id: null, ...acme, mappingData: {}, isActive: true }

test('it lists the external organizations', async () => {
  await using vendor = await startMyIntegrationVendor()
  const integration = new MyIntegration(givenContext(vendor))
  const orgs = (await Array.fromAsync(integration.listOrganizations())).flat()
  assert.deepEqual(orgs, [
    { id: '12345', name: 'Acme Corp', metadata: { code: 'ACME001', tier: 'premium' } },
    { id: '67890', name: 'Wayne Enterprises', metadata: { code: 'WAYNE001', tier: 'enterprise' } },
  ])
})

test('it lists page by page, and a page that fails ends the listing with an error', async () => {
  await using vendor = await startMyIntegrationVendor()
  vendor.organizations.generate(2_500)
  const list = () => Array.fromAsync(new MyIntegration(givenContext(vendor)).listOrganizations())
  assert.deepEqual(
    (await list()).map((page) => page.length),
    [1_000, 1_000, 502],
  )
  vendor.faults.failPage(3)
  await assert.rejects(list(), (error) => isCrosswalkError(error, 'vendor_error') && error.details.status === 500)
})

test('a connection test names the organization and how long it took', async () => {
  await using vendor = await startMyIntegrationVendor()
  const result = await new MyIntegration(givenContext(vendor)).testConnection(draft)
  assert.ok(result.success)
  assert.equal(result.message, 'Successfully connected to Acme Corp')
  const { connection_time, ...details } = result.details ?? {}
  assert.deepEqual(details, { org_name: 'Acme Corp', org_id: '12345' })
  assert.match(String(connection_time), /^\d+ms$/)
})

test('a connection test that fails is a result that says why', async () => {
  await using vendor = await startMyIntegrationVendor()
  const tested = (mapping: Partial<OrganizationMapping>, options = {}) =>
    new MyIntegration(givenContext(vendor, options)).testConnection({ ...draft, ...mapping })

  const unknown = await tested({ externalOrgId: '999' })
  assert.equal(unknown.message, 'API error: 404 Not Found: There is no organization 999.')
  assert.deepEqual([unknown.success, unknown.details?.error_type, unknown.details?.status_code], [false, 'APIError', 404])

  assert.equal(
    (await tested({}, { secrets: { myintegration_api_key: 'no such key' } })).message,
    'API error: 401 Unauthorized: The API key is missing or wrong.',
  )
  assert.match((await tested({}, { secrets: {} })).message, /^Connection failed: The secret 'myintegration_api_key' is not set/)
  vendor.faults.cut()
  assert.match((await tested({})).message, /^Connection failed: GET .* could not be reached: the connection was broken off/)
})

test('a cancelled connection test has no result', async () => {
  await using vendor = await startMyIntegrationVendor()
  const signal = AbortSignal.abort(new Error('cancelled'))
  await assert.rejects(new MyIntegration(givenContext(vendor, { signal })).testConnection(draft), /cancelled/)
  assert.equal(vendor.requests.length, 0)
})

test('the API address of a mapping wins over the configured one', async () => {
  await using usual = await startMyIntegrationVendor()
  await using own = await startMyIntegrationVendor()
  const ctx = givenContext(usual, { mappings: [{ ...acme, mappingData: { api_base_url: `${own.url}/` } }] })
  await (await ctx.getIntegration(MyIntegration)).listUsers()
  assert.deepEqual([usual.requests.length, own.requests.map(({ path }) => path)], [0, ['/organizations/12345/users']])
})

test('its statics are in order, and a client in a log line shows no key', async () => {
  await using vendor = await startMyIntegrationVendor()
  const definition = describeIntegration(MyIntegration)
  assert.deepEqual([definition.name, definition.supportsOrgMapping, definition.supportsDiscovery], ['myintegration', true, true])
  const client = await new MyIntegration(givenContext(vendor)).getClient({ ...draft, mappingData: {} })
  assert.equal(JSON.stringify(client), '{"organizationId":"12345"}')
})
