import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ExternalOrganization, isCrosswalkError, type JsonValue } from '@crosswalk/sdk'
import { answer, type MockContextOptions, mockContext, simulateVendor, type VendorRoutes } from '@crosswalk/sdk/testing'
import { HaloPsa } from '../halopsa/halopsa.ts'
import { Huntress } from '../huntress/huntress.ts'
import { MicrosoftGraph } from '../microsoft_graph/microsoft-graph.ts'
import { NinjaOne } from '../ninjaone/ninjaone.ts'

// What vendors answer that no simulator of ours does by itself. Each is answered by hand.

type Listed = { ids: string[]; names: string[]; kind: undefined } | { kind: unknown; ids: string[]; reason: unknown }

/** What a discovery gives before it ends, and how it ends. */
async function listed(listing: AsyncIterable<ExternalOrganization[]>): Promise<Listed> {
  const all: ExternalOrganization[] = []
  try {
    for await (const page of listing) all.push(...page)
  } catch (error) {
    if (!isCrosswalkError(error, 'vendor_error')) throw error
    return { kind: error.details.kind, reason: error.details.reason, ids: all.map(({ id }) => id) }
  }
  return { kind: undefined, ids: all.map(({ id }) => id), names: all.map(({ name }) => name) }
}

const token = { access_token: 'a-token-of-the-test', expires_in: 3_600, token_type: 'Bearer' }
const clients = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: from + index, name: `C${from + index}` }))
const idsUpTo = (count: number) => clients(1, count).map(({ id }) => String(id))

async function withVendor<Result>(routes: VendorRoutes, use: (url: string) => Promise<Result>): Promise<Result> {
  await using vendor = await simulateVendor(routes)
  return await use(vendor.url)
}

const contextOf = (options: MockContextOptions) => mockContext({ wait: async () => {}, ...options })

/** A HaloPSA of 7 clients, three a page, that says so many. */
async function haloList(count: (page: number) => JsonValue, all: JsonValue[] = clients(1, 7)): Promise<Listed> {
  const routes: VendorRoutes = {
    'GET /api/authinfo': ({ headers }) => ({ auth_url: `http://${headers.host}/auth`, tenant_id: 't' }),
    'POST /auth/token': token,
    'GET /api/AzureADConnection': [],
    'GET /api/Client': ({ query }) => {
      const page = Number(query.get('page_no'))
      return { record_count: count(page), clients: all.slice((page - 1) * 3, page * 3) }
    },
  }
  return await withVendor(routes, async (url) => {
    const config = { halopsa_base_url: url, halopsa_client_id: 'id' }
    return await listed(new HaloPsa(contextOf({ secrets: { halopsa_client_secret: 'the-secret' }, config })).listOrganizations())
  })
}

test('HaloPSA: a number of clients may be text; one that is too large or missing is no list; one that is too small hides nobody', async () => {
  assert.deepEqual((await haloList(() => '7')).ids, idsUpTo(7))
  assert.equal((await haloList(() => 9)).kind, 'incomplete')
  assert.equal((await haloList(() => null)).kind, 'invalid_response')
  assert.equal((await haloList(() => 'seven')).kind, 'invalid_response')
  assert.deepEqual((await haloList(() => 2)).ids, idsUpTo(7))
})

test('HaloPSA: an id that is none is an answer of another form, and no list', async () => {
  for (const id of [null, 3.5, '', 'a\u0000b', {}]) {
    const found = await haloList(() => 1, [{ id, name: 'C1' }])
    assert.deepEqual([found.kind, found.kind !== undefined && found.reason], ['invalid_response', 'other_form'], String(id))
  }
})

test('HaloPSA: a client without a name, or with one of white space, is listed and told apart', async () => {
  const found = await haloList(() => 3, [{ id: 1, name: '   ' }, { id: 2, name: null }, { id: 3 }])
  assert.deepEqual(found, { kind: undefined, ids: ['1', '2', '3'], names: ['(no name)', '(no name)', '(no name)'] })
})

async function ninjaList(pageAfter: (after: number) => JsonValue): Promise<Listed> {
  const routes: VendorRoutes = {
    'POST /ws/oauth/token': token,
    'GET /v2/organizations': ({ query }) => pageAfter(Number(query.get('after') ?? 0)),
  }
  return await withVendor(routes, async (url) => {
    const config = { ninjaone_base_url: url, ninjaone_client_id: 'id' }
    return await listed(new NinjaOne(contextOf({ secrets: { ninjaone_client_secret: 'the-secret' }, config })).listOrganizations())
  })
}

test('NinjaOne: ids that are not in order, or come twice, are no list', async () => {
  const unsorted = clients(1, 9).sort((one, other) => ((one.id * 4) % 9) - ((other.id * 4) % 9))
  const capped = (all: { id: number; name: string }[]) => (after: number) => all.filter(({ id }) => id > after).slice(0, 3)
  assert.deepEqual((await ninjaList(capped(clients(1, 9)))).ids, idsUpTo(9))
  const found = await ninjaList(capped(unsorted))
  assert.deepEqual([found.kind, found.kind !== undefined && found.reason], ['incomplete', 'not_in_order'])
  const twice = [...clients(1, 2), ...clients(2, 3)]
  assert.equal((await ninjaList(capped(twice))).kind, 'incomplete')
  assert.equal((await ninjaList(() => clients(1, 3))).kind, 'incomplete')
})

test('NinjaOne: devices that are not in the order of their ids are no list', async () => {
  const device = (id: number) => ({ id, organizationId: 5, displayName: `D${id}` })
  const routes: VendorRoutes = {
    'POST /ws/oauth/token': token,
    // Behind 53, nobody would ask for 52.
    'GET /v2/organization/5/devices': ({ query }) => (query.get('after') ? [] : [device(51), device(53), device(52)]),
  }
  const listing = withVendor(routes, async (url) => {
    const ctx = contextOf({
      integrations: [NinjaOne],
      secrets: { ninjaone_client_secret: 'the-secret' },
      config: { ninjaone_base_url: url, ninjaone_client_id: 'id' },
      mappings: [{ integrationName: 'ninjaone', externalOrgId: '5', externalOrgName: 'Five' }],
    })
    return await (await ctx.getIntegration(NinjaOne)).listDevices()
  })
  await assert.rejects(listing, (error) => isCrosswalkError(error, 'vendor_error') && error.details.reason === 'not_in_order')
})

test('NinjaOne: an alert whose device is gone, or is of another organization, is given to nobody', async () => {
  const device = (id: number, organizationId: number) => ({ id, organizationId, displayName: `D${id}` })
  const alert = (uid: string, deviceId: number | null) => ({ uid, deviceId, message: 'Disk full' })
  const routes: VendorRoutes = {
    'POST /ws/oauth/token': token,
    'GET /v2/organization/5/devices': ({ query }) => (query.get('after') ? [] : [device(51, 5), device(61, 6)]),
    // Whatever the filter says.
    'GET /v2/alerts': [alert('own', 51), alert('of another', 61), alert('of one that is gone', 99), alert('of none', null)],
  }
  const found = await withVendor(routes, async (url) => {
    const ctx = contextOf({
      integrations: [NinjaOne],
      secrets: { ninjaone_client_secret: 'the-secret' },
      config: { ninjaone_base_url: url, ninjaone_client_id: 'id' },
      mappings: [{ integrationName: 'ninjaone', externalOrgId: '5', externalOrgName: 'Five' }],
    })
    return await (await ctx.getIntegration(NinjaOne)).listAlerts()
  })
  assert.deepEqual(
    found.map(({ uid }) => uid),
    ['own'],
  )
})

test('an id that is no whole number leads to no organization of HaloPSA or NinjaOne, and not to those of others', async () => {
  for (const externalOrgId of ['acme', '0012', '12 ', '-1', '0', '1e3', '']) {
    const mapping = { id: null, externalOrgId, externalOrgName: 'x', mappingData: {}, isActive: true }
    const inHalo = new HaloPsa(mockContext()).getClient({ ...mapping, integrationName: 'halopsa' })
    await assert.rejects(inHalo, (error) => isCrosswalkError(error, 'vendor_error') && error.details.kind === 'not_found')
    const inNinja = new NinjaOne(mockContext()).getClient({ ...mapping, integrationName: 'ninjaone' })
    await assert.rejects(inNinja, (error) => isCrosswalkError(error, 'vendor_error') && error.details.kind === 'not_found')
  }
})

const tenant = (digit: number) => `${String(digit).repeat(8)}-1111-4111-8111-111111111111`

async function graphList(relationships: (url: string, query: URLSearchParams) => JsonValue, customers: JsonValue[] = []): Promise<Listed> {
  const routes: VendorRoutes = {
    'POST /:tenant/oauth2/v2.0/token': token,
    'GET /v1.0/tenantRelationships/delegatedAdminRelationships': ({ headers, query }) => relationships(`http://${headers.host}`, query),
    'GET /v1.0/tenantRelationships/delegatedAdminCustomers': { value: customers },
    'GET /v1.0/contracts': { value: [] },
  }
  return await withVendor(routes, async (url) => {
    const ctx = contextOf({
      secrets: { microsoft_graph_client_secret: 'the-secret' },
      config: {
        ...{ microsoft_graph_client_id: 'id', microsoft_graph_tenant_id: tenant(9) },
        ...{ microsoft_graph_login_url: url, microsoft_graph_api_url: url },
      },
    })
    return await listed(new MicrosoftGraph(ctx).listOrganizations())
  })
}

const relationship = (digit: number, displayName: string | null) => ({
  ...{ id: `r${digit}-${displayName}`, displayName: 'Support', status: 'active' },
  customer: { tenantId: tenant(digit), displayName },
})

test('Microsoft: a next link that leads to another host is not followed, and what came is no list', async () => {
  const first = [relationship(1, 'One')]
  const away = await graphList(() => ({ value: first, '@odata.nextLink': 'https://graph.other.example/v1.0/next' }))
  assert.deepEqual(away, { kind: 'egress_refused', reason: 'other_origin', ids: [] })
  const standing = await graphList((url) => ({
    value: first,
    '@odata.nextLink': `${url}/v1.0/tenantRelationships/delegatedAdminRelationships?$skip=1`,
  }))
  assert.equal(standing.kind, 'incomplete')
})

test('Microsoft: a customer of which every name is white space is listed by its id', async () => {
  const found = await graphList(() => ({ value: [relationship(1, '  '), relationship(2, 'Two')] }))
  assert.deepEqual(found, { kind: undefined, ids: [tenant(1), tenant(2)], names: [tenant(1), 'Two'] })
})

test('Microsoft: a customer has one name, that of the list of customers, however its tenant is written there', async () => {
  const [lower, upper] = ['aaaaaaaa-1111-4111-8111-111111111111', 'AAAAAAAA-1111-4111-8111-111111111111']
  const own = (id: string, tenantId: string) => ({
    id,
    displayName: 'Support',
    status: 'active',
    customer: { tenantId, displayName: 'Old' },
  })
  const relationships = [own('r1', lower), own('r2', upper), relationship(2, 'Two'), relationship(3, 'Three')]
  const customers = [
    { id: upper, tenantId: upper, displayName: 'New' },
    { id: tenant(2), displayName: null },
    { id: tenant(4), tenantId: tenant(4), displayName: 'Left' },
  ]
  const found = await graphList(() => ({ value: relationships }), customers)
  assert.deepEqual(found, { kind: undefined, ids: [lower, tenant(2), tenant(3)], names: ['New', 'Two', 'Three'] })
})

test('Microsoft: a tenant of a national cloud is told as such', async () => {
  const said = 'AADSTS900382: Confidential Client is not supported in Cross Cloud request.'
  const refused = { error: 'invalid_request', error_description: said }
  const result = await withVendor({ 'POST /:tenant/oauth2/v2.0/token': () => answer(400, refused) }, async (url) => {
    const ctx = contextOf({
      secrets: { microsoft_graph_client_secret: 'the-secret' },
      config: {
        ...{ microsoft_graph_client_id: 'id', microsoft_graph_tenant_id: tenant(9) },
        ...{ microsoft_graph_login_url: url, microsoft_graph_api_url: url },
      },
    })
    const draft = { id: null, integrationName: 'microsoft_graph', externalOrgId: tenant(1), externalOrgName: 'x', isActive: true }
    return await new MicrosoftGraph(ctx).testConnection({ ...draft, mappingData: { token_route: 'automatic' } })
  })
  assert.deepEqual([result.success, result.details?.login_code], [false, 'AADSTS900382'])
  assert.match(String(result.details?.guidance), /national cloud .* microsoft_graph_login_url/)
})

test('Huntress: an organization without a name is listed; a list that may not be seen is no empty one', async () => {
  const one = (id: number, name: string | null) => ({ id, name, report_recipients: ['it@one.example'] })
  const list = async (reply: JsonValue | (() => never)) =>
    await withVendor({ 'GET /v1/organizations': reply as VendorRoutes[string] }, async (url) => {
      const secrets = { huntress_api_key: 'the-key', huntress_api_secret: 'the-secret' }
      return await listed(new Huntress(contextOf({ secrets, config: { huntress_api_url: url } })).listOrganizations())
    })
  const found = await list({ organizations: [one(1, ' '), one(2, 'Two')], pagination: {} })
  assert.deepEqual(found, { kind: undefined, ids: ['1', '2'], names: ['(no name)', 'Two'] })
  assert.equal((await list({ error: 'not here' })).kind, 'invalid_response')
})
