import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readInScope, sql } from '../src/platform/database/database.ts'
import { testAdminKey } from '../testing/test-app.ts'
import { startTestInstallation, type TestInstallation } from '../testing/test-installation.ts'
import { startTokenVendor, type TokenVendor } from '../testing/token-vendor.ts'
import { until } from '../testing/until.ts'

// Author code in real runners that calls a vendor by `context.http`: what it says, and what it never holds.

const workspace = fileURLToPath(new URL('../testing/calling-workspace', import.meta.url))
const parts = new AsyncDisposableStack()
let it: TestInstallation
let vendor: TokenVendor
const organizations = { acme: '', globex: '' }
const hush = 'hush-hush-of-the-vendor'

before(async () => {
  it = parts.use(await startTestInstallation(workspace))
  vendor = parts.use(await startTokenVendor())
  assert.deepEqual((await it.call('GET', '/api/workspace')).body.problems, [])
  for (const name of ['acme', 'globex'] as const) organizations[name] = (await it.call('POST', '/api/organizations', { name })).body.id
  for (const key of ['named_key', 'named_secret', 'free_secret']) await setSecret(key, hush)
  await it.call('PUT', '/api/config/named_url', { value: vendor.url, scope: 'global' })
})
beforeEach(() => {
  vendor.calls.length = 0
  vendor.tokenRequests.length = 0
  vendor.answer = undefined
})
after(() => parts.disposeAsync())

const setSecret = (key: string, value: string, org_id?: string) =>
  it.call('POST', '/api/secrets', { key, value, ...(org_id ? { scope: 'organization', org_id } : { scope: 'global' }) })

async function run(workflow_name: string, parameters: object, organization = organizations.acme) {
  const { body } = await it.call('POST', '/api/workflows/execute', { workflow_name, parameters }, { 'x-organization-id': organization })
  if (body.error && typeof body.error === 'string') throw new Error(JSON.stringify(body))
  return body
}
const calls = (auth: unknown, more: object = {}, organization?: string) =>
  run('calls', { options: { baseUrl: vendor.url, auth, retry: { maxAttempts: 1 } }, path: '/users', ...more }, organization)

const oauth2 = (more: object = {}) => ({
  oauth2: {
    grant: 'client_credentials',
    tokenUrl: '/oauth/token',
    clientId: 'crosswalk',
    clientSecret: { secret: 'free_secret' },
    ...more,
  },
})

test('each form of credentials is put in where the vendor wants it', async () => {
  const secret = { secret: 'free_secret' }
  const basic = Buffer.from(`me:${hush}`).toString('base64')
  const forms: [unknown, (given: TokenVendor['calls'][number]) => unknown, unknown][] = [
    [{ header: 'X-Key', value: secret, prefix: 'Token ' }, ({ headers }) => headers['x-key'], `Token ${hush}`],
    [{ headers: { 'x-id': 'me', 'x-key': secret } }, ({ headers }) => [headers['x-id'], headers['x-key']], ['me', hush]],
    [{ query: 'key', value: secret }, ({ path }) => path, `/users?key=${hush}`],
    [{ basic: { username: 'me', password: secret } }, ({ headers }) => headers.authorization, `Basic ${basic}`],
    [{ bearer: secret }, ({ headers }) => headers.authorization, `Bearer ${hush}`],
  ]
  vendor.good.add(hush)
  for (const [auth, seen, expected] of forms) {
    await calls(auth)
    const call = vendor.calls.at(-1)
    assert.ok(call)
    assert.deepEqual(seen(call), expected)
  }
})

test('a token is had once for all calls and executions, and a new one when the vendor refuses it', async () => {
  assert.deepEqual((await calls(oauth2(), { times: 3 })).result, { path: '/users' })
  assert.deepEqual((await calls(oauth2(), {}, organizations.globex)).result, { path: '/users' })
  assert.deepEqual(
    vendor.tokenRequests.map(({ fields }) => fields),
    [{ grant_type: 'client_credentials', client_id: 'crosswalk', client_secret: hush }],
  )
  vendor.good.clear()
  assert.equal((await calls(oauth2(), { times: 2 })).status, 'success')
  assert.equal(vendor.tokenRequests.length, 2)
})

test('a space that was copied along with a value is not sent, and what is no URL is told with its key', async () => {
  const value = 'padded-secret-of-the-vendor'
  await setSecret('named_padded', ` ${value}\n`)
  await it.call('PUT', '/api/config/padded_id', { value: ' crosswalk ', scope: 'global' })
  await it.call('PUT', '/api/config/padded_url', { value: ` ${vendor.url}/ `, scope: 'global' })
  const auth = oauth2({ clientId: { config: 'padded_id' }, clientSecret: { secret: 'named_padded' } })
  const options = { baseUrl: { config: 'padded_url' }, auth, retry: { maxAttempts: 1 } }
  assert.equal((await run('calls', { options, path: '/users' })).status, 'success')
  assert.deepEqual(vendor.tokenRequests[0]?.fields, { grant_type: 'client_credentials', client_id: 'crosswalk', client_secret: value })
  await it.call('PUT', '/api/config/padded_url', { value: 'eu.vendor.example', scope: 'global' })
  const { error } = await run('calls', { options, path: '/users' })
  assert.match(error.message, /the config value 'padded_url' is no URL\. Write one such as https:/)
})

test('the grants password and refresh_token send what they are of, and a refresh token that the vendor replaced is the next', async () => {
  const password = oauth2({ grant: 'password', username: 'me', password: { secret: 'named_free' }, clientSecret: undefined })
  await setSecret('named_free', 'pass-of-me')
  assert.equal((await calls(password)).status, 'success')
  let count = 0
  vendor.answer = () => {
    vendor.good.add(`renewed-${++count}`)
    return { body: { access_token: `renewed-${count}`, refresh_token: `next-${count}`, expires_in: 3_600 } }
  }
  const refresh = oauth2({ grant: 'refresh_token', refreshToken: { secret: 'free_secret' }, clientSecret: undefined })
  assert.equal((await calls(refresh)).status, 'success')
  vendor.good.delete('renewed-1')
  assert.equal((await calls(refresh)).status, 'success')
  assert.deepEqual(
    vendor.tokenRequests.map(({ fields }) => fields),
    [
      { grant_type: 'password', username: 'me', password: 'pass-of-me', client_id: 'crosswalk' },
      { grant_type: 'refresh_token', refresh_token: hush, client_id: 'crosswalk' },
      { grant_type: 'refresh_token', refresh_token: 'next-1', client_id: 'crosswalk' },
    ],
  )
})

test('tenant, scope, query and fields of a token request go where they are wanted, and each tenant has a token of its own', async () => {
  const auth = (tenant: string) =>
    oauth2({
      tokenUrl: '/{tenant}/token',
      tenant,
      scope: 'all',
      clientIn: 'basic',
      query: { realm: 'x', none: '' },
      fields: { audience: 'api' },
    })
  for (const tenant of ['one', 'two/../', 'one']) assert.equal((await calls(auth(tenant))).status, 'success')
  assert.deepEqual(
    vendor.tokenRequests.map(({ path }) => path),
    ['/one/token?realm=x', '/two%2F..%2F/token?realm=x'],
  )
  const [first] = vendor.tokenRequests
  assert.equal(first?.headers.authorization, `Basic ${Buffer.from(`crosswalk:${hush}`).toString('base64')}`)
  assert.deepEqual(first?.fields, { grant_type: 'client_credentials', scope: 'all', audience: 'api' })
})

test('a token that the vendor gives in a way of its own is sent as it wants it', async () => {
  vendor.answer = ({ body }) => {
    assert.deepEqual(JSON.parse(body), { user: 'me', key: hush })
    vendor.good.add('own-token')
    return { status: 201, body: { data: { token: 'own-token', until: new Date(Date.now() + 3_600_000).toISOString() } } }
  }
  const answer = { token: 'data.token', expiresAt: 'data.until' }
  const auth = { token: { url: '/token', json: { user: 'me', key: { secret: 'free_secret' } }, answer } }
  assert.equal((await calls(auth)).status, 'success')
})

test('what fails before a request is sent has its kind and its remedy', async () => {
  vendor.answer = () => ({ status: 401, body: { error: 'invalid_client', error_description: `What is ${hush}?` } })
  const refused = await calls(oauth2({ clientId: 'refused' }))
  assert.partialDeepStrictEqual(refused.error.details, { kind: 'credentials', vendor_code: 'invalid_client' })
  assert.doesNotMatch(JSON.stringify(refused), new RegExp(hush))
  // A count is written beside the answer, which does not wait for it.
  const counted = ['renewed', 'credentials'].map(
    (outcome) =>
      new RegExp(`crosswalk_token_renewals_total\\{integration="",host="${new URL(vendor.url).host}",outcome="${outcome}"\\} [1-9]`),
  )
  await until('both outcomes are in the figures', async () => {
    const figures = (await it.api.app.inject({ url: '/metrics', headers: { authorization: `Bearer ${testAdminKey}` } })).body
    return counted.every((line) => line.test(figures)) || undefined
  })
  const missing = await calls({ bearer: { secret: 'not_there' } })
  assert.equal(missing.error.details.code, 'secret_not_found')
  const wrong = await calls({ oauth2: { grant: 'client_credentials', clientId: 'x', tokenURL: '/x' } })
  assert.equal(wrong.error.details.code, 'validation_failed')
  await setSecret('broken_secret', 'two\nlines')
  const broken = await calls({ bearer: { secret: 'broken_secret' } })
  assert.partialDeepStrictEqual(broken.error.details, { kind: 'credentials' })
})

test('a secret goes only where the integration that declares it says', async () => {
  assert.equal((await calls({ header: 'x-key', value: { secret: 'named_key' } })).error.details.code, 'vendor_error')
  const { error } = await run('calls', {
    options: { baseUrl: 'https://evil.example', auth: { bearer: { secret: 'named_key' } } },
    path: '/users',
  })
  assert.equal(error.details.code, 'secret_not_for_host')
  assert.match(error.message, /named_key.*evil\.example.*api\.named\.example/)
  const ofToken = await calls({
    oauth2: { ...oauth2().oauth2, tokenUrl: 'https://evil.example/token', clientSecret: { secret: 'named_secret' } },
  })
  assert.equal(ofToken.error.details.code, 'secret_not_for_host')
  // A token stands for the secret that it was had with.
  const auth = { oauth2: { ...oauth2().oauth2, tokenUrl: `${vendor.url}/token`, clientSecret: { secret: 'named_secret' } } }
  const elsewhere = await run('calls', { options: { baseUrl: 'https://evil.example', auth }, path: '/users' })
  assert.equal(elsewhere.error.details.code, 'secret_not_for_host')
})

test('fields of a request with a refresh token tell one account from another', async () => {
  const auth = (account: string) => ({
    oauth2: { grant: 'refresh_token', tokenUrl: '/token', clientId: 'x', refreshToken: { secret: 'free_secret' }, fields: { account } },
  })
  for (const account of ['one', 'two', 'one']) assert.equal((await calls(auth(account))).status, 'success')
  assert.deepEqual(
    vendor.tokenRequests.map(({ fields }) => fields.account),
    ['one', 'two'],
  )
})

test("what an organization's own config names is sent the organization's own secret, and never the global one", async () => {
  const value = vendor.url.replace('127.0.0.1', 'localhost')
  await it.call('PUT', '/api/config/own_url', { value, scope: 'organization', org_id: organizations.globex })
  const options = {
    baseUrl: { config: 'own_url' },
    auth: { header: 'x-key', value: { secret: 'other_secret' } },
    retry: { maxAttempts: 1 },
  }
  await setSecret('other_secret', 'of-everybody')
  const refused = await run('calls', { options, path: '/users' }, organizations.globex)
  assert.equal(refused.error.details.code, 'address_not_allowed')
  await setSecret('other_secret', 'of-globex-alone', organizations.globex)
  await run('calls', { options, path: '/users' }, organizations.globex)
  assert.equal(vendor.calls.at(-1)?.headers['x-key'], 'of-globex-alone')
})

test('an integration whose credentials are named discovers, is tested and called, and reads no secret', async () => {
  const found = await it.call('GET', '/api/integrations/named_vendor/discover?refresh=true')
  assert.deepEqual(
    found.body.organizations?.map(({ id }: { id: string }) => id),
    ['/named'],
  )
  const tested = await it.call('POST', '/api/integrations/named_vendor/test', { org_id: organizations.acme, external_org_id: '1' })
  assert.partialDeepStrictEqual(tested.body, { success: true, message: 'forbidden' })
})

test('nothing that author code holds or leaves behind has the credentials in it', async () => {
  const options = { baseUrl: vendor.url, auth: oauth2() }
  await calls(oauth2())
  const tokenUsed = () => vendor.calls.at(-1)?.headers.authorization?.replace('Bearer ', '') ?? assert.fail()
  const token = tokenUsed()
  const backwards = [hush, token].map((text) => [...text].reverse().join(''))
  const { result, status } = await run('remembers', { options, path: '/remembered', backwards })
  assert.deepEqual([status, result, tokenUsed()], ['success', { isFound: false, isHere: true }, token])
  const tables = await readInScope<{ name: string }>(
    it.api.db,
    'allOrganizations',
    sql`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  )
  for (const { name } of tables) {
    const rows = await it.api.db.pool.query(`select count(*)::int as count from ${name} row where row::text like any($1)`, [
      [`%${hush}%`, `%${token}%`],
    ])
    assert.equal(rows.rows[0].count, 0, name)
  }
})

test('each credential of a vendor says which one it is, and nothing of its value', async () => {
  const own = 'a-key-of-acme-alone'
  await setSecret('tenant_key', hush)
  await setSecret('tenant_key', own, organizations.globex)
  const bearer = { bearer: { secret: 'tenant_key' } }
  await calls(bearer)
  await calls(bearer, {}, organizations.globex)
  const given = { clientId: { config: 'tenant_client', default: 'crosswalk' }, clientSecret: { secret: 'tenant_key' } }
  for (const tenant of ['acme.example', 'globex.example']) {
    await calls(oauth2({ ...given, tokenUrl: `${vendor.url}/{tenant}/token`, tenant }))
    await calls(oauth2({ ...given, query: { tenant, of: 'x' }, fields: { tenant: { secret: 'named_key' }, audience: 'all' } }))
  }
  type Vendor = { org_id: string | null; credential: { keys: string[]; tenant: string | null; connection: string | null } }
  const vendors: Vendor[] = (await it.call('GET', '/api/vendors?limit=200')).body.vendors
  const rows = vendors.filter(({ credential: { keys } }) => keys.includes('tenant_key'))
  const told = rows.map(({ org_id, credential: { keys, tenant } }) => [org_id, keys.join(), tenant].join(' | ')).sort()
  assert.deepEqual(
    told,
    [
      ' | tenant_client,tenant_key | acme.example',
      ' | tenant_client,tenant_key | globex.example',
      ' | tenant_client,tenant_key,named_key | acme.example',
      ' | tenant_client,tenant_key,named_key | globex.example',
      ' | tenant_key | ',
      `${organizations.globex} | tenant_key | `,
    ].sort(),
  )
  assert.doesNotMatch(JSON.stringify(vendors), new RegExp(`${hush}|${own}`))
})
