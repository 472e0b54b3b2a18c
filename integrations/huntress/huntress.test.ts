import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCrosswalkError, type OrganizationMapping } from '@crosswalk/sdk'
import { type MockContextOptions, mockContext, simulateVendor } from '@crosswalk/sdk/testing'
import { type HuntressSimulator, startHuntressSimulator } from '@crosswalk/simulators/huntress'
import { Huntress } from './huntress.ts'

function givenHuntress(vendor: HuntressSimulator, secrets: MockContextOptions['secrets'] = {}) {
  const context = mockContext({
    integrations: [Huntress],
    secrets: { huntress_api_key: vendor.apiKey, huntress_api_secret: vendor.apiSecret, ...secrets },
    // As people copy it.
    config: { huntress_api_url: ` ${vendor.url}/v1/ ` },
  })
  return new Huntress(context)
}

function draftOf(id: string | number): OrganizationMapping {
  return { id: null, integrationName: 'huntress', externalOrgId: String(id), externalOrgName: 'Customer', mappingData: {}, isActive: true }
}

test('all organizations are listed, sorted so that none is missed, with the tenant and the domains that Huntress knows', async () => {
  await using vendor = await startHuntressSimulator({ maxPageSize: 9 })
  const pages = await Array.fromAsync(givenHuntress(vendor).listOrganizations())
  const known = vendor.organizations.list()
  assert.ok(vendor.requests.length > 3, 'pages are counted by what came')
  assert.deepEqual(
    pages.flat().map(({ id, name }) => [id, name]),
    known.map(({ id, name }) => [String(id), name]),
  )
  const [first] = pages.flat().filter(({ match }) => match?.tenantIds?.length)
  assert.deepEqual(first?.match?.tenantIds, [known.find(({ id }) => String(id) === first?.id)?.identity_provider_tenant_id])
  const domains = pages.flat().map(({ match }) => match?.domains ?? [])
  assert.ok(
    domains.some((each) => each.length > 0) && !JSON.stringify(domains).includes('northwind-msp'),
    'the domain of the MSP is of no customer',
  )
  assert.ok(vendor.requests.every(({ query }) => query.get('sort_field') === 'id' && query.get('sort_direction') === 'asc'))
})

test('a customer that vanishes between pages hides no other, and a page that repeats is no list', async () => {
  await using vendor = await startHuntressSimulator({ maxPageSize: 9 })
  const all = vendor.organizations.list().map(({ id }) => String(id))
  vendor.faults.begin({ kind: 'customer_vanishes', after: 1 })
  assert.deepEqual(
    (await Array.fromAsync(givenHuntress(vendor).listOrganizations())).flat().map(({ id }) => id),
    all,
  )
  vendor.faults.begin({ kind: 'page_repeats' })
  const listing = Array.fromAsync(givenHuntress(vendor).listOrganizations())
  await assert.rejects(listing, (error) => isCrosswalkError(error, 'vendor_error') && error.details.kind === 'incomplete')
})

test('the client reads the agents and incidents of its organization alone', async () => {
  await using vendor = await startHuntressSimulator({ maxPageSize: 3, limits: [] })
  for (const { id, agents_count, incident_reports_count } of vendor.organizations.list().slice(0, 8)) {
    const client = await givenHuntress(vendor).getClient(draftOf(id))
    assert.equal((await client.listAgents()).length, agents_count)
    assert.equal((await client.listIncidentReports()).length, incident_reports_count)
  }
  assert.ok(vendor.requests.every(({ query }) => query.has('organization_id')))
})

test('an id that is no whole number reads nothing, and what a filter lets through of another organization is left out', async () => {
  await using vendor = await startHuntressSimulator({ limits: [] })
  for (const id of ['abc', '012', '12 ', '0']) {
    await assert.rejects(givenHuntress(vendor).getClient(draftOf(id)), (error) => isCrosswalkError(error, 'vendor_error'))
    assert.equal((await givenHuntress(vendor).testConnection(draftOf(id))).details?.kind, 'not_found')
  }
  assert.ok(
    vendor.requests.every(({ path }) => path === '/v1/actor'),
    'only whose key it is was asked',
  )
  const [first] = vendor.organizations.list()
  const withoutFilter = await simulateVendor({
    'GET /v1/agents': () => ({ agents: [...vendor.state.agents.values()] }),
    'GET /v1/organizations/:id': () => ({ organization: vendor.organizations.list()[1] }),
  })
  await using _stopped = { [Symbol.asyncDispose]: withoutFilter.stop }
  const client = await givenHuntress({ ...vendor, url: withoutFilter.url }).getClient(draftOf(first?.id ?? 0))
  assert.equal((await client.listAgents()).length, first?.agents_count)
  await assert.rejects(client.getOrganization(), (error) => isCrosswalkError(error, 'vendor_error') && error.details.kind === 'not_found')
})

test('where the list is not found, the guidance says that it may be a matter of permission', async () => {
  await using vendor = await startHuntressSimulator()
  vendor.faults.begin({ kind: 'forbidden' })
  await assert.rejects(
    Array.fromAsync(givenHuntress(vendor).listOrganizations()),
    (error: { details: { kind: string; guidance: string } }) => {
      assert.equal(error.details.kind, 'not_found')
      assert.match(error.details.guidance, /the API credentials may not list organizations/)
      return true
    },
  )
})

test('a test of the connection names the organization, and tells a wrong key from a wrong id', async () => {
  await using vendor = await startHuntressSimulator()
  const [first, second] = vendor.organizations.list()
  const result = await givenHuntress(vendor).testConnection(draftOf(first?.id ?? 0))
  assert.deepEqual(
    [result.success, result.message, result.details?.agents],
    [true, `Successfully connected to ${first?.name}`, first?.agents_count],
  )
  assert.equal(vendor.requests.length, 1, 'sixty a minute are few')
  const wrongKey = await givenHuntress(vendor, { huntress_api_secret: 'wrong' }).testConnection(draftOf(first?.id ?? 0))
  assert.deepEqual([wrongKey.success, wrongKey.details?.kind], [false, 'credentials'])
  assert.match(String(wrongKey.details?.guidance), /without a space before or behind/)
  for (const id of [1, second?.id ?? 0]) {
    if (id !== 1) vendor.state.hidden.add(id)
    const missing = await givenHuntress(vendor).testConnection(draftOf(id))
    assert.deepEqual([missing.success, missing.details?.kind, missing.details?.account], [false, 'not_found', 'Northwind Managed Services'])
    assert.match(String(missing.details?.guidance), /or the key may not see it/)
  }
})
