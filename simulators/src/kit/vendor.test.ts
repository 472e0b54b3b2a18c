import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer } from '@crosswalk/sdk/testing'
import { wholeOf } from './pages.ts'
import { createRoster } from './roster.ts'
import { formOf } from './tokens.ts'
import { startVendor, type VendorOptions } from './vendor.ts'

const items = Array.from({ length: 7 }, (_, index) => ({ id: index + 1, name: `Customer ${index + 1}` }))

/** The smallest vendor that uses every part of the kit. */
async function startPlainVendor(options: VendorOptions = {}) {
  const organizations = createRoster(items)
  const vendor = await startVendor<string, { id: number; name: string }>({
    options,
    organizations,
    limits: [],
    tokenLifetimeSeconds: 60,
    isForToken: ({ path }) => path === '/token',
    refusals: {
      credentials: () => answer(401, { error: 'credentials' }),
      permission: () => answer(403, { error: 'permission' }),
      tooMany: (waitMs) => answer(429, { error: 'too many' }, { 'retry-after': String(Math.ceil(waitMs / 1_000)) }),
      failure: (status) => answer(status, { error: 'failure' }),
    },
    guard: (_request, subject) => (subject === 'all' ? undefined : answer(401, { error: 'credentials' })),
    routes: ({ issue, page }) => ({
      'POST /token': (request) => ({ access_token: issue(formOf(request).get('scope') ?? '') }),
      'GET /items': (request) => {
        const { items, total, next } = page(request, organizations.list(), { start: wholeOf(request, 'start') ?? 0, size: 3 })
        return { items: [...items], total, next }
      },
    }),
  })
  const newToken = async () => {
    const response = await fetch(`${vendor.url}/token`, { method: 'POST', body: new URLSearchParams({ scope: 'all' }) })
    return ((await response.json()) as { access_token: string }).access_token
  }
  let token = await newToken()
  const ask = (start = 0) => fetch(`${vendor.url}/items?start=${start}`, { headers: { authorization: `Bearer ${token}` } })
  const list = async (start = 0) => (await (await ask(start)).json()) as { items: { id: number; name: string }[]; total: number }
  const idsFrom = async (start: number) => (await list(start)).items.map(({ id }) => id)
  const control = (path: string, method: string, body?: object) =>
    fetch(`${vendor.url}/_control${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) })
  return { vendor, ask, list, idsFrom, control, renew: async () => void (token = await newToken()), [Symbol.asyncDispose]: vendor.stop }
}

test('a token expires by the clock of the vendor, and dies when it is told to', async () => {
  let nowMs = Date.parse('2026-01-01T00:00:00Z')
  await using plain = await startPlainVendor({ now: () => new Date(nowMs) })
  assert.equal((await plain.ask()).status, 200)
  nowMs += 60_000
  assert.equal((await plain.ask()).status, 401)
  await plain.renew()
  plain.vendor.faults.begin({ kind: 'token_dies', after: 1 })
  assert.deepEqual([(await plain.ask()).status, (await plain.ask()).status], [200, 401])
  await plain.renew()
  assert.equal((await plain.ask()).status, 200)
  assert.equal(plain.vendor.counts.tokens, 3)
})

test('a sliding limit refuses one request too many, and admits it when the oldest is past', async () => {
  let nowMs = Date.parse('2026-01-01T00:00:00Z')
  await using plain = await startPlainVendor({ now: () => new Date(nowMs), limits: [{ requests: 2, perMs: 10_000 }] })
  assert.equal((await plain.ask()).status, 200)
  nowMs += 6_000
  assert.equal((await plain.ask()).status, 200)
  const refused = await plain.ask()
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '4'])
  nowMs += 4_000
  assert.equal((await plain.ask()).status, 200)
  assert.deepEqual([plain.vendor.counts.overLimit, plain.vendor.counts.byStatus[429]], [1, 1])
})

test('lists repeat a page, change their total and lose a customer between pages', async () => {
  await using plain = await startPlainVendor()
  const { faults } = plain.vendor
  faults.begin({ kind: 'page_repeats' })
  assert.deepEqual(
    [await plain.idsFrom(0), await plain.idsFrom(3)],
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
  )
  faults.clear()
  faults.begin({ kind: 'total_changes', by: -2 })
  assert.deepEqual([(await plain.list(0)).total, (await plain.list(3)).total], [7, 5])
  faults.clear()
  faults.begin({ kind: 'customer_vanishes', after: 1 })
  assert.deepEqual(
    [await plain.idsFrom(0), await plain.idsFrom(3)],
    [
      [1, 2, 3],
      [5, 6, 7],
    ],
  )
})

test('answers are spoiled on their way', async () => {
  await using plain = await startPlainVendor()
  const { faults } = plain.vendor
  const met = async (fault: Parameters<typeof faults.begin>[0]) => {
    faults.begin({ ...fault, times: 1 })
    const response = await plain.ask()
    return [response.status, response.headers.get('content-type'), (await response.text()).slice(0, 9)]
  }
  assert.deepEqual(await met({ kind: 'html' }), [200, 'text/html', '<!DOCTYPE'])
  assert.deepEqual(await met({ kind: 'empty_body' }), [200, 'application/json', ''])
  assert.deepEqual(await met({ kind: 'wrong_content_type' }), [200, 'text/plain', '{"items":'])
  assert.deepEqual(await met({ kind: 'wrong_shape' }), [200, 'application/json', '{"unexpec'])
  assert.deepEqual(await met({ kind: 'error', status: 503 }), [503, 'application/json', '{"error":'])
  assert.deepEqual(await met({ kind: 'forbidden' }), [403, 'application/json', '{"error":'])
  faults.begin({ kind: 'malformed_json', times: 1 })
  await assert.rejects(plain.list())
  faults.begin({ kind: 'too_many_requests', times: 1 })
  assert.equal((await plain.ask()).headers.get('retry-after'), null)
  faults.begin({ kind: 'cut', when: 'midway', times: 1 })
  await assert.rejects(async () => (await plain.ask()).text())
  assert.equal((await plain.ask()).status, 200)
})

test('it is steered over HTTP, and tells what arrived', async () => {
  await using plain = await startPlainVendor()
  assert.equal((await plain.control('/faults', 'POST', { kind: 'error', status: 500, times: 1 })).status, 204)
  assert.deepEqual([(await plain.ask()).status, (await plain.ask()).status], [500, 200])
  assert.equal((await plain.control('/faults', 'POST', { kind: 'unheard_of' })).status, 400)
  assert.equal((await plain.control('/faults', 'DELETE')).status, 204)
  assert.equal((await plain.control('/organizations/1', 'PATCH', { name: 'Renamed' })).status, 204)
  assert.equal((await plain.control('/organizations/2', 'DELETE')).status, 204)
  assert.equal((await plain.control('/organizations/3/merge', 'POST', { into: '4' })).status, 204)
  assert.equal((await plain.control('/organizations/3', 'DELETE')).status, 404)
  assert.equal(plain.vendor.organizations.heirOf(3), '4')
  assert.deepEqual((await plain.list()).items.slice(0, 2), [
    { id: 1, name: 'Renamed' },
    { id: 4, name: 'Customer 4' },
  ])
  const arrived = (await (await plain.control('/requests', 'GET')).json()) as { path: string }[]
  assert.deepEqual(
    arrived.map(({ path }) => path),
    ['/token', '/items', '/items', '/items'],
  )
})
