import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Context, JsonObject } from '../index.ts'
import { answer, mockContext, recordedVendor, simulateVendor, type VendorHandler } from '../testing.ts'

const folder = await mkdtemp(join(tmpdir(), 'crosswalk-recording-'))
after(() => rm(folder, { recursive: true }))

const secret = 'the-real-secret-of-the-vendor'
const token = 'the-real-token-0815'

async function read(ctx: Pick<Context, 'http'>, baseUrl: string) {
  const auth = {
    oauth2: { grant: 'client_credentials', tokenUrl: '/oauth/token', clientId: 'c-1', clientSecret: { secret: 'client_secret' } },
  } as const
  const http = ctx.http({ baseUrl, auth })
  const pages = await Array.fromAsync(http.pages('/items', { items: 'items', next: { page: 'page' }, total: 'total' }))
  return [pages.flat(), await http.post('/items', { json: { name: 'Ada' } })]
}

async function recorded(file: string, baseUrl: string, secretNow: string) {
  await using vendor = await recordedVendor(file)
  const ctx = mockContext({ secrets: { client_secret: secretNow }, vendor, wait: async () => {} })
  const result = await read(ctx, baseUrl)
  return { result, waits: ctx.waits, unused: vendor.unused }
}

test('paging, a renewal and a 429 are recorded once and replayed without the vendor, and no secret is in the file', async () => {
  const file = join(folder, 'halo.json')
  const vendor = await simulateVendor({
    'POST /oauth/token': { access_token: token, expires_in: 3600 },
    'GET /items': ({ query, headers }) => ({
      items:
        query.get('page') === '1'
          ? [
              { id: 1, seen: headers.authorization ?? null },
              { id: 2, echo: secret },
            ]
          : [{ id: 3 }],
      total: 3,
    }),
    'POST /items': answer(201, { ok: true }),
  })
  vendor.faults.next({ kind: 'status', status: 401 }, 1, ({ path }) => path === '/items')
  vendor.faults.next({ kind: 'status', status: 429, retryAfterSeconds: 2 }, 1, ({ method, path }) => method === 'POST' && path === '/items')
  process.env.CROSSWALK_RECORD = '1'
  const first = await recorded(file, vendor.url, secret)
  delete process.env.CROSSWALK_RECORD
  await vendor.stop()
  assert.deepEqual(first.waits, [2_000])

  const text = await readFile(file, 'utf8')
  assert.doesNotMatch(text, /the-real/)
  assert.match(text, /"access_token": "\[secret\]"/)

  const second = await recorded(file, vendor.url, 'k')
  assert.deepEqual(second.waits, [2_000])
  assert.deepEqual(second.unused, [])
  const seen = (id: number, more: object = {}) => ({ id, ...more })
  assert.deepEqual(second.result, [[seen(1, { seen: 'Bearer [secret]' }), seen(2, { echo: '[secret]' }), seen(3)], { ok: true }])
})

test('what was not recorded is told as that', async () => {
  await assert.rejects(recordedVendor(join(folder, 'none.json')), /There is no recording .* Run the test once with CROSSWALK_RECORD=1/)
  const vendor = await recordedVendor(join(folder, 'halo.json'))
  const http = mockContext({ vendor }).http({ baseUrl: 'http://127.0.0.1:9' })
  await assert.rejects(http.get('/else'), /has no answer to GET http:\/\/127\.0\.0\.1:9\/else\. Record it again/)
})

test('no way is known to have a secret end up in a recording', async () => {
  const file = join(folder, 'leaks.json')
  const hush = 'pa$$ word/of+the=vendor&1'
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJlLW9mLW5vYm9keQ'
  const given = [
    'session-of-a-sign-in',
    'key-of-their-own',
    'signed-by-nobody',
    'header-of-a-session',
    'id-of-nobody-signed',
    'of-a-connection',
    'in-a-cookie-jar',
  ]
  const echo: VendorHandler = ({ headers, query, body }) => ({
    headers: { ...headers } as JsonObject, // text alone
    query: String(query),
    body: body ?? null,
  })
  const vendor = await simulateVendor({
    'POST /oauth/token': {
      access_token: 'access-of-nobody-now',
      refresh_token: 'refresh-of-nobody-now',
      id_token: given[4],
      expires_in: 3600,
    },
    'POST /login': answer(
      200,
      {
        session: { token: given[0], apiKey: given[1], user: 'Ada' },
        file: `https://files.example/a?se=1&sig=${given[2]}&v=2`,
        jwt: `is ${jwt}.`,
        next_page_token: 'where-it-continues',
      },
      { 'x-auth-token': String(given[3]), 'set-cookie': `s=${given[6]}` },
    ),
    'POST /echo': echo,
    'GET /echo': echo,
    'GET /text': () => answer(200, `?password=${encodeURIComponent(hush)} in hex ${Buffer.from(hush).toString('hex')}`),
  })
  const utf16 = createServer((_request, response) => response.end(Buffer.from(`\ufeff${JSON.stringify({ said: hush })}`, 'utf16le')))
  const packed = createServer((_request, response) =>
    response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.concat([Buffer.from([0xff, 0xfe, 0x00]), Buffer.from(hush)]))),
  )
  const [atUtf16, atPacked] = await Promise.all(
    [utf16, packed].map(async (server) => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    }),
  )
  process.env.CROSSWALK_RECORD = '1'
  {
    await using recording = await recordedVendor(file)
    const ctx = mockContext({ secrets: { pass: hush }, connections: { account: String(given[5]) }, vendor: recording })
    const secret = { secret: 'pass' }
    const bare = ctx.http({ baseUrl: vendor.url })
    await bare.post('/login', { json: { user: 'me', password: await ctx.getSecret('pass') } })
    await bare.get('/echo', { query: { key: await ctx.getSecret('pass') }, headers: { 'x-mine': btoa(await ctx.getSecret('pass')) } })
    await bare.post('/echo', { form: { key: await ctx.getSecret('pass') } })
    await bare.post('/echo', { body: `<key>${await ctx.getSecret('pass')}</key>` })
    for (const auth of [{ basic: { username: 'me', password: secret } }, { query: 'key', value: secret }, { connection: 'account' }])
      await ctx.http({ baseUrl: vendor.url, auth }).get('/echo')
    const oauth2 = {
      grant: 'client_credentials',
      tokenUrl: '/oauth/token',
      clientId: 'c',
      clientSecret: secret,
      clientIn: 'basic',
    } as const
    await ctx.http({ baseUrl: vendor.url, auth: { oauth2 } }).get('/echo')
    await bare.fetch('/text')
    for (const baseUrl of [atUtf16, atPacked]) await ctx.http({ baseUrl: String(baseUrl) }).fetch('/')
  }
  delete process.env.CROSSWALK_RECORD
  for (const server of [utf16, packed]) server.close()
  await vendor.stop()
  const text = await readFile(file, 'utf8')
  const forms = [
    hush,
    encodeURIComponent(hush),
    btoa(hush),
    btoa(`me:${hush}`),
    btoa(`c:${encodeURIComponent(hush)}`),
    Buffer.from(hush).toString('hex'),
    hush.slice(4, -2),
  ]
  for (const leaked of [...forms, ...given, jwt, 'of-nobody-now']) assert.ok(!text.includes(String(leaked)), String(leaked))
  assert.match(text, /where-it-continues/)
  assert.match(text, /"user": "Ada"/)
  for (const { base64 } of JSON.parse(text).exchanges as { base64?: string }[])
    assert.ok(!Buffer.from(base64 ?? '', 'base64').includes(hush.slice(4, -2)))
})
