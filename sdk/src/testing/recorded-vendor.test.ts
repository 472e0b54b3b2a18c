import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Context } from '../index.ts'
import { answer, mockContext, recordedVendor, simulateVendor } from '../testing.ts'

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
