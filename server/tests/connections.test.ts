import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { readInScope, sql } from '../src/platform/database/database.ts'
import { startTestInstallation, type TestInstallation } from '../testing/test-installation.ts'
import { startTokenVendor, type TokenVendor } from '../testing/token-vendor.ts'

// A person connects at a vendor, in the browser that this test is, and executions call the vendor by that.

const workspace = fileURLToPath(new URL('../testing/calling-workspace', import.meta.url))
const parts = new AsyncDisposableStack()
let it: TestInstallation
let vendor: TokenVendor
let acme = ''
let globex = ''
let count = 0

before(async () => {
  it = parts.use(await startTestInstallation(workspace))
  vendor = parts.use(await startTokenVendor())
  acme = await givenMapped('Acme', '1')
  globex = await givenMapped('Globex', '2')
  await it.call('POST', '/api/secrets', { key: 'named_secret', value: 'hush-hush', scope: 'global' })
  await it.call('PUT', '/api/config/named_url', { value: vendor.url, scope: 'global' })
  await it.call('PUT', '/api/config/named_token_url', { value: `${vendor.url}/token`, scope: 'global' })
})
beforeEach(() => {
  vendor.tokenRequests.length = 0
  vendor.answer = ({ fields }) => {
    if (!['the code', `refresh-${count}`].includes(fields.code ?? fields.refresh_token ?? ''))
      return { status: 400, body: { error: 'invalid_grant' } }
    count++
    vendor.good.add(`access-${count}`)
    return { body: { access_token: `access-${count}`, refresh_token: `refresh-${count}`, expires_in: 3_600 } }
  }
})
after(() => parts.disposeAsync())

async function givenMapped(name: string, external_org_id: string): Promise<string> {
  const { id } = (await it.call('POST', '/api/organizations', { name })).body
  await it.call('POST', `/api/organizations/${id}/integrations`, {
    integration_name: 'named_vendor',
    external_org_id,
    external_org_name: name,
  })
  return id
}

const which = (org_id: string) => ({ integration_name: 'named_vendor', name: 'account', org_id })

const inject = (url: string, cookie?: string) => it.api.app.inject({ url, headers: cookie === undefined ? {} : { cookie } })
type Begun = { url: URL; cookie: string }

async function begin(org_id: string): Promise<Begun> {
  const answer = await it.api.app.inject({
    method: 'POST',
    url: '/api/connections/start',
    headers: { authorization: 'Bearer test-administrator-key' },
    payload: which(org_id),
  })
  assert.equal(answer.statusCode, 200, answer.body)
  const [cookie = ''] = String(answer.headers['set-cookie']).split(';')
  return { url: new URL(answer.json().authorization_url), cookie }
}

const comeBack = ({ url, cookie }: Begun, more = '&code=the+code&realm=42') =>
  inject(`/api/connections/callback?state=${url.searchParams.get('state')}${more}`, cookie)

const list = async () => (await it.call('GET', '/api/connections?integration_name=named_vendor')).body.connections
const call = async (organization: string) =>
  (await it.call('POST', '/api/workflows/execute', { workflow_name: 'connected', parameters: {} }, { 'x-organization-id': organization }))
    .body

test('a person connects, with PKCE and a state of this browser, and executions of that organization call by it', async () => {
  const before = await call(acme)
  const guidance = 'Connect it on the page of the integration named_vendor, or by a link that you send.'
  assert.equal(before.error.type, 'VendorError')
  assert.partialDeepStrictEqual(before.error.details, { kind: 'credentials', reason: 'not_connected', connection: 'account', guidance })
  const isConnected = async (query = '') => {
    const { connections } = (await it.call('GET', `/api/integrations/named_vendor${query}`)).body
    return connections.find(({ name }: { name: string }) => name === 'account').is_connected
  }
  assert.equal(await isConnected(), false)
  const begun = await begin(acme)
  const asked = Object.fromEntries(begun.url.searchParams)
  assert.partialDeepStrictEqual(asked, {
    ...{ response_type: 'code', client_id: 'named', scope: 'all offline', prompt: 'consent', code_challenge_method: 'S256' },
    redirect_uri: 'http://localhost:80/api/connections/callback',
  })
  const page = await comeBack(begun)
  assert.equal(page.statusCode, 200)
  assert.match(page.body, /Named account is connected/)
  const [{ fields }] = vendor.tokenRequests as [TokenVendor['tokenRequests'][number]]
  assert.equal(
    createHash('sha256')
      .update(fields.code_verifier ?? '')
      .digest('base64url'),
    asked.code_challenge,
  )
  assert.partialDeepStrictEqual(fields, {
    grant_type: 'authorization_code',
    code: 'the code',
    client_secret: 'hush-hush',
    redirect_uri: asked.redirect_uri,
  })
  assert.deepEqual((await call(acme)).result, { path: '/of-account' })
  const [connection] = await list()
  assert.partialDeepStrictEqual(connection, {
    status: 'connected',
    external_id: '42',
    org_id: acme,
    connected_by: 'Administrator key',
    last_error: null,
  })
  assert.doesNotMatch(JSON.stringify(connection), /access-|refresh-/)
  const [{ credential }] = (await it.call('GET', '/api/vendors')).body.vendors
  assert.deepEqual(credential, { keys: [], tenant: null, connection: 'account', mapping_id: null })
  assert.deepEqual(await Promise.all([isConnected(), isConnected(`?org_id=${acme}`), isConnected(`?org_id=${globex}`)]), [
    true,
    true,
    false,
  ])
})

test('what one organization has connected is no other one’s', async () => {
  assert.partialDeepStrictEqual((await call(globex)).error.details, { kind: 'credentials', connection: 'account' })
})

test('a token that is refused is renewed with the newest refresh token', async () => {
  vendor.good.clear()
  assert.equal((await call(acme)).status, 'success')
  vendor.good.clear()
  assert.equal((await call(acme)).status, 'success', 'it had been taken: it died')
  vendor.good.clear()
  assert.equal((await call(acme)).status, 'failed', 'three tokens in a row, at once')
  assert.deepEqual(
    vendor.tokenRequests.map(({ fields }) => fields.grant_type),
    ['refresh_token', 'refresh_token'],
  )
})

test('a state is of one browser and for one use', async () => {
  const begun = await begin(globex)
  assert.equal((await comeBack({ ...begun, cookie: 'crosswalk_connect=another-browser-than-that' })).statusCode, 400)
  assert.equal((await comeBack(begun)).statusCode, 400, 'it was used')
  assert.equal((await inject('/api/connections/callback?state=made-up&code=x', begun.cookie)).statusCode, 400)
  const refused = await comeBack(await begin(globex), '&error=access_denied')
  assert.equal(refused.statusCode, 409)
  assert.match(refused.body, /did not connect: it answered access_denied\. Try again, and consent there\./)
  const explained = await comeBack(await begin(globex), '&error=access_denied&error_description=An+administrator+has+to+consent.')
  assert.match(explained.body, /it answered access_denied: An administrator has to consent\. Try again/)
  const marked = await comeBack(await begin(globex), '&error=%3Cb%3E&error_description=%3Cscript%3Ealert(1)%3C/script%3E')
  assert.doesNotMatch(marked.body, /<script|<b>/)
  assert.match((await comeBack(await begin(globex), '')).body, /did not connect: it led back here without a code\./)
  const stolen = await comeBack(await begin(globex), '&code=another')
  assert.equal(stolen.statusCode, 409)
  vendor.answer = ({ body }) => ({
    status: 400,
    body: { error: 'invalid_client', error_description: new URLSearchParams(body).get('client_secret') },
  })
  const echoed = await comeBack(await begin(globex))
  assert.match(echoed.body, /\[secret\]/)
  assert.doesNotMatch(echoed.body, /hush-hush/)
  assert.equal((await list()).length, 1)
})

/** Opens a link in a browser that keeps cookies. Its button is what continues. */
async function openLink(url: string) {
  const { pathname, search } = new URL(url)
  const opened = await inject(`${pathname}${search}`)
  const cookie = String(opened.headers['set-cookie']).split(';')[0] ?? ''
  const next = /class="button" href="([^"]*)"/.exec(opened.body)?.[1]?.replaceAll('&#38;', '&') ?? ''
  return { opened, cookie, next }
}

async function beginByLink(url: string): Promise<Begun> {
  const { cookie, next } = await openLink(url)
  const { statusCode, headers } = await inject(next, cookie)
  assert.equal(statusCode, 303)
  return { url: new URL(String(headers.location)), cookie: String(headers['set-cookie']).split(';')[0] ?? '' }
}

test('a link opens a page that says for whom it connects, who made it and until when, and leads nowhere by itself', async () => {
  const { body } = await it.call('POST', '/api/connections/links', which(globex))
  const named = { integration_display_name: 'named_vendor', label: 'Named account', org_name: 'Globex', mapping_name: null }
  assert.partialDeepStrictEqual(body, { ...named, vendor_host: 'login.named.example' })
  const { opened, cookie, next } = await openLink(body.url)
  assert.equal(opened.statusCode, 200)
  for (const said of ['Globex', 'Named account', 'named_vendor', 'Administrator key', 'login.named.example', 'Good until', 'UTC'])
    assert.ok(opened.body.includes(said), said)
  const { headers } = opened
  assert.deepEqual([headers['referrer-policy'], headers['x-frame-options'], headers['cache-control']], ['no-referrer', 'DENY', 'no-store'])
  assert.match(String(headers['content-security-policy']), /default-src 'none'.*form-action 'none'.*frame-ancestors 'none'/)
  const past = await inject(next)
  assert.equal(past.statusCode, 400, 'a browser that has not seen the page')
  assert.match(past.body, /has not opened the link itself/)
  assert.equal((await inject(next, 'crosswalk_connect_page=another-page-than-that-one')).statusCode, 400)
  assert.equal((await inject(next, cookie)).headers['referrer-policy'], 'no-referrer')
  assert.equal((await it.call('DELETE', `/api/connections/links/${body.id}`)).status, 204)
})

test('a link of a mapping names what the mapping leads to', async () => {
  const mapping_id = (await it.call('GET', `/api/organizations/${globex}/integrations`)).body.mappings[0].id
  const { body } = await it.call('POST', '/api/connections/links', { ...which(globex), name: 'site', mapping_id })
  assert.equal(body.mapping_name, 'Globex')
  assert.match((await openLink(body.url)).opened.body, /Mapped to/)
})

test('a link connects without signing in, until somebody has', async () => {
  const made = await it.call('POST', '/api/connections/links', which(globex))
  assert.equal(made.status, 201)
  const [first, another] = [await beginByLink(made.body.url), await beginByLink(made.body.url)]
  const page = await comeBack(first)
  assert.equal(page.statusCode, 200, page.body)
  const { opened } = await openLink(made.body.url)
  assert.equal(opened.statusCode, 410)
  assert.match(opened.body, /Somebody has connected already/)
  assert.equal((await comeBack(another)).statusCode, 400, 'who opened it, too, comes too late')
  assert.deepEqual((await call(globex)).result, { path: '/of-account' })
})

test('a renewal that was cut off and that the vendor refuses then stands at the connection, until somebody connects again', async () => {
  await readInScope(
    it.api.db,
    'allOrganizations',
    sql`update vendor_tokens set renewer = id, renewing_until = now() - interval '1 second', expires_at = now() where integration_name = 'named_vendor'
      and organization_id = ${globex} returning id`,
  )
  vendor.good.clear()
  const answer = vendor.answer
  vendor.answer = () => ({ status: 400, body: { error: 'invalid_grant' } })
  const failed = await call(globex)
  const remedy = 'Connect Named account again on the page of the integration named_vendor, or by a link that you send.'
  assert.partialDeepStrictEqual(failed.error.details, { reason: 'renewal_lost', guidance: remedy, failure_kind: 'credentials' })
  const connection = (await list()).find(({ org_id }: { org_id: string }) => org_id === globex)
  assert.partialDeepStrictEqual(connection, { status: 'waiting', last_error: { kind: 'credentials', code: 'renewal_lost' } })
  assert.ok(connection.last_error.message.endsWith(remedy), connection.last_error.message)
  vendor.answer = answer
  assert.equal((await comeBack(await begin(globex))).statusCode, 200)
  assert.equal((await call(globex)).status, 'success')
  const again = (await list()).find(({ org_id }: { org_id: string }) => org_id === globex)
  assert.partialDeepStrictEqual(again, { status: 'connected', last_error: null })
})

test('a link is good for as long as who made it may connect, and so is what was begun', async () => {
  const grants = [{ role: 'administrator', reach: { organizations: [globex] } }]
  const { id } = (await it.call('POST', '/api/keys', { name: 'Leaving', grants })).body
  const link = (await it.call('POST', '/api/connections/links', which(globex))).body
  const ofKey = JSON.stringify({ type: 'api_key', id, name: 'Leaving' })
  const isOfKey = () =>
    readInScope(it.api.db, 'allOrganizations', sql`update connection_starts set started_by = ${ofKey} where ended_at is null`)
  await isOfKey()
  const [byLink, direct] = [await beginByLink(link.url), await begin(globex)]
  await isOfKey()
  assert.equal((await it.call('DELETE', `/api/keys/${id}`)).status, 204)
  assert.match((await openLink(link.url)).opened.body, /was revoked/)
  assert.match((await comeBack(byLink)).body, /was revoked/)
  assert.equal((await comeBack(direct)).statusCode, 403)
  assert.deepEqual(vendor.tokenRequests, [])
})

test('of two who are back by one link at the same moment one connects, and none after it is revoked', async () => {
  const meanwhile = async (act: (link: { id: string; url: string }) => Promise<unknown>) => {
    const link = (await it.call('POST', '/api/connections/links', which(globex))).body
    const begun = await beginByLink(link.url)
    const answered = vendor.answer
    vendor.answer = async (given) => {
      vendor.answer = answered
      await act(link)
      return (await answered?.(given)) ?? {}
    }
    return comeBack(begun)
  }
  const late = await meanwhile(async ({ url }) => assert.equal((await comeBack(await beginByLink(url))).statusCode, 200))
  assert.match(late.body, /Somebody has connected already/)
  const revoked = await meanwhile(({ id }) => it.call('DELETE', `/api/connections/links/${id}`))
  assert.match(revoked.body, /was revoked/)
})

test('where the token cannot be kept nothing is connected, and the link is good still', async () => {
  const owner = new pg.Client({ connectionString: it.api.databaseUrl })
  await owner.connect()
  await owner.query(`create function lose() returns trigger language plpgsql as $$ begin raise exception 'lost'; end $$;
    create trigger lose before update of sealed_value on vendor_tokens execute function lose()`)
  const link = (await it.call('POST', '/api/connections/links', which(globex))).body
  const before = await list()
  assert.equal((await comeBack(await beginByLink(link.url))).statusCode, 500)
  assert.deepEqual(await list(), before)
  await owner.query('drop trigger lose on vendor_tokens')
  await owner.end()
  assert.equal((await comeBack(await beginByLink(link.url))).statusCode, 200)
})

test('a link that is revoked, has expired or is not known says so, and who had opened it comes no further', async () => {
  const make = async () => (await it.call('POST', '/api/connections/links', which(globex))).body
  const [revoked, expired] = [await make(), await make()]
  const open = async () => (await it.call('GET', '/api/connections/links?integration_name=named_vendor')).body.links
  const listed = (await open()).find(({ id }: { id: string }) => id === revoked.id)
  assert.partialDeepStrictEqual(listed, { org_id: globex, name: 'account', made_by: 'Administrator key' })
  const begun = await beginByLink(revoked.url)
  const { cookie, next } = await openLink(revoked.url)
  assert.equal((await it.call('DELETE', `/api/connections/links/${revoked.id}`)).status, 204)
  assert.equal((await it.call('DELETE', `/api/connections/links/${revoked.id}`)).body.error, 'connection_link_not_found')
  assert.equal((await comeBack(begun)).statusCode, 400)
  assert.match((await inject(next, cookie)).body, /was revoked/)
  await readInScope(it.api.db, 'allOrganizations', sql`update connection_starts set expires_at = now() where id = ${expired.id}`)
  const cases: [string, RegExp][] = [
    [revoked.url, /was revoked/],
    [expired.url, /has expired/],
    [`${expired.url}x`, /is not known/],
  ]
  for (const [url, sentence] of cases) {
    const { opened } = await openLink(url)
    assert.equal(opened.statusCode, 410)
    assert.match(opened.body, sentence)
  }
  const ids = (await open()).map(({ id }: { id: string }) => id)
  assert.ok(!ids.includes(revoked.id) && !ids.includes(expired.id))
})

test('a connection that is revoked is forgotten with its tokens', async () => {
  const [first] = await list()
  const link = (await it.call('POST', '/api/connections/links', which(acme))).body.url
  assert.equal((await it.call('DELETE', `/api/connections/${first.id}`)).status, 204)
  assert.match((await openLink(link)).opened.body, /was revoked/, 'it would bring the connection back')
  assert.equal((await it.call('DELETE', `/api/connections/${first.id}`)).status, 404)
  assert.equal((await list()).length, 1)
  const { events } = (await it.call('GET', `/api/audit?org_id=${acme}`)).body
  const actions = events.map(({ action }: { action: string }) => action)
  assert.ok(actions.includes('vendor_connection.connected') && actions.includes('vendor_connection.revoked'))
})

test('whose a connection is must be as it is declared', async () => {
  const global = await it.call('POST', '/api/connections/start', { integration_name: 'named_vendor', name: 'account' })
  assert.deepEqual([global.status, global.body.error], [400, 'validation_failed'])
  const site = await it.call('POST', '/api/connections/start', { integration_name: 'named_vendor', name: 'site' })
  assert.deepEqual(site.body.details, {
    org_id: ['is needed: this connection is one for each mapping of an organization'],
    mapping_id: ['is needed: this connection is one for each mapping'],
  })
  const unknown = await it.call('POST', '/api/connections/start', { ...which(acme), name: 'nothing' })
  const mappingOf = async (id: string) => (await it.call('GET', `/api/organizations/${id}/integrations`)).body.mappings[0].id
  const start = async (mapping_id: string) =>
    (await it.call('POST', '/api/connections/start', { ...which(acme), name: 'site', mapping_id })).status
  assert.deepEqual([await start(await mappingOf(acme)), await start(await mappingOf(globex))], [200, 400])
  assert.deepEqual([unknown.status, unknown.body.details.available], [404, ['account', 'site']])
})
