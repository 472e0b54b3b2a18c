import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, simulateVendor } from '../testing.ts'

test('routes answer JSON, computed answers, parameters and statuses', async () => {
  await using vendor = await simulateVendor({
    'GET /organizations': { organizations: [] },
    'GET /organizations/:id': ({ params, query }) => ({ id: params.id ?? '', full: query.get('full') }),
    'POST /organizations': ({ body }) => answer(201, body, { location: '/organizations/1' }),
    'DELETE /organizations/:id': () => undefined,
    'GET /broken': () => {
      throw new Error('mistake in the test')
    },
  })
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(vendor.url + path, init)
    return [response.status, await response.text()]
  }
  assert.deepEqual(await ask('/organizations'), [200, '{"organizations":[]}'])
  assert.deepEqual(await ask('/organizations/a%2Fb?full=1'), [200, '{"id":"a/b","full":"1"}'])
  assert.deepEqual(await ask('/organizations', { method: 'POST', body: '{"a":1}' }), [201, '{"a":1}'])
  assert.deepEqual(await ask('/organizations/1', { method: 'DELETE' }), [204, ''])
  assert.equal((await ask('/organizations', { method: 'PUT' }))[0], 405)
  assert.equal((await ask('/nowhere'))[0], 404)
  assert.deepEqual(await ask('/broken'), [500, '{"error":"mistake in the test"}'])
  assert.deepEqual(
    vendor.requests.slice(0, 3).map(({ method, path, body }) => [method, path, body]),
    [
      ['GET', '/organizations', undefined],
      ['GET', '/organizations/a%2Fb', undefined],
      ['POST', '/organizations', { a: 1 }],
    ],
  )
})

test('faults come in order, for as many requests as told, and then the vendor works again', async () => {
  await using vendor = await simulateVendor({ 'GET /': 'ok' })
  vendor.faults.next({ kind: 'status', status: 429, retryAfterSeconds: 3 })
  vendor.faults.next({ kind: 'status', status: 500 }, 2)
  const responses = [await fetch(vendor.url), await fetch(vendor.url), await fetch(vendor.url), await fetch(vendor.url)]
  assert.deepEqual(
    responses.map(({ status }) => status),
    [429, 500, 500, 200],
  )
  assert.equal(responses[0]?.headers.get('retry-after'), '3')
})

test('a held fault stays for the requests it is for until it is cleared', async () => {
  await using vendor = await simulateVendor({ 'GET /a': 1, 'GET /b': 2 })
  vendor.faults.hold({ kind: 'status', status: 503 }, ({ path }) => path === '/a')
  const statuses = async () => [(await fetch(`${vendor.url}/a`)).status, (await fetch(`${vendor.url}/b`)).status]
  assert.deepEqual(await statuses(), [503, 200])
  assert.deepEqual(await statuses(), [503, 200])
  vendor.faults.clear()
  assert.deepEqual(await statuses(), [200, 200])
})

test('a connection is cut before the answer or in the middle of it', async () => {
  await using vendor = await simulateVendor({ 'GET /': { text: 'x'.repeat(1_000) } })
  vendor.faults.next({ kind: 'cut', when: 'before' })
  await assert.rejects(fetch(vendor.url), /could not be reached: the connection was broken off/)
  vendor.faults.next({ kind: 'cut', when: 'midway' })
  const response = await fetch(vendor.url)
  assert.equal(response.status, 200)
  await assert.rejects(response.json())
})

test('a delayed answer can be abandoned, and stopping does not wait for it', async () => {
  const vendor = await simulateVendor({ 'GET /': 'late' })
  vendor.faults.hold({ kind: 'delay', ms: 3_600_000 })
  await assert.rejects(fetch(vendor.url, { signal: AbortSignal.timeout(20) }), { name: 'TimeoutError' })
  const hanging = assert.rejects(fetch(vendor.url))
  await vendor.stop()
  await vendor.stop()
  await hanging
})

test('what is delayed is answered as soon as the faults are cleared', async () => {
  await using vendor = await simulateVendor({ 'GET /': 'late' })
  const arrived = Promise.withResolvers<boolean>()
  vendor.faults.hold({ kind: 'delay', ms: 3_600_000 }, () => {
    arrived.resolve(true)
    return true
  })
  const answered = fetch(vendor.url)
  await arrived.promise
  vendor.faults.clear()
  assert.equal((await answered).status, 200)
})

test('the guard stands before the routes, and control routes before everything', async () => {
  await using vendor = await simulateVendor(
    { 'GET /': 'inside' },
    { guard: ({ headers }) => (headers['x-key'] === 'k' ? undefined : answer(401)), control: { 'GET /_control': 'steer' } },
  )
  assert.equal((await fetch(vendor.url)).status, 401)
  assert.equal((await fetch(vendor.url, { headers: { 'x-key': 'k' } })).status, 200)
  vendor.faults.hold({ kind: 'status', status: 503 })
  assert.equal((await fetch(`${vendor.url}/_control`)).status, 200)
  assert.equal(vendor.requests.length, 2)
})

test('a bad route and a taken port are refused', async () => {
  await assert.rejects(simulateVendor({ 'get users': 1 }), /'METHOD \/path'/)
  await using vendor = await simulateVendor({})
  await assert.rejects(simulateVendor({}, { port: Number(new URL(vendor.url).port) }), { code: 'EADDRINUSE' })
})
