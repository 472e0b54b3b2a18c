import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Context, type HttpOptions, VendorError } from '../index.ts'
import { answer, mockContext, type SimulatedVendor, simulateVendor } from '../testing.ts'

async function given(options: Partial<HttpOptions> = {}) {
  const vendor = await simulateVendor({
    'GET /x': { ok: true },
    'POST /x': { ok: true },
    'PUT /x': { ok: true },
    'POST /oauth/token': ({ body }) =>
      answer(201, { access_token: `t${vendorOf().requests.length}`, expires_in: 3600, asked: body ?? null }),
  })
  function vendorOf(): SimulatedVendor {
    return vendor
  }
  const ctx = mockContext({ secrets: { key: 'k-1', client_secret: 's-1' }, config: { client_id: 'c-1' } })
  const http = ctx.http({ baseUrl: vendor.url, ...options })
  const made = () => vendor.requests.map(({ method, path }) => `${method} ${path}`)
  return { vendor, ctx, http, made, [Symbol.asyncDispose]: () => vendor[Symbol.asyncDispose]() }
}

test('a vendor that asks to wait is waited for, whatever the method', async () => {
  await using it = await given()
  it.vendor.faults.next({ kind: 'status', status: 429, retryAfterSeconds: 7 })
  assert.deepEqual(await it.http.post('/x', { json: 1 }), { ok: true })
  it.vendor.faults.next({ kind: 'status', status: 503, retryAfterSeconds: 3 })
  assert.deepEqual(await it.http.post('/x', { json: 1 }), { ok: true })
  assert.deepEqual(it.ctx.waits, [7_000, 3_000])
  assert.match(it.ctx.logs[0]?.message ?? '', /POST \S+\/x answered 429 Too Many Requests.* It is asked again in 7 s\.$/)
})

test('a vendor that asks to wait for too long is not waited for', async () => {
  await using it = await given()
  it.vendor.faults.hold({ kind: 'status', status: 429, retryAfterSeconds: 3_600 })
  await assert.rejects(
    it.http
      .fetch('/x')
      .then(({ status }) => assert.equal(status, 429))
      .then(() => it.http.pages('/x', { next: { page: 'p' } }).next()),
    (error: unknown) => {
      assert.ok(error instanceof VendorError)
      assert.deepEqual([error.kind, error.retryAfterMs], ['rate_limited', 3_600_000])
      return true
    },
  )
  assert.deepEqual(it.ctx.waits, [])
})

test('what may have been done is not done again: a POST after 500, or after a connection that broke off', async () => {
  await using it = await given()
  for (const fault of [
    { kind: 'status', status: 500 },
    { kind: 'status', status: 503 },
    { kind: 'cut', when: 'before' },
  ] as const) {
    it.vendor.faults.next(fault)
    await assert.rejects(it.http.post('/x', { json: 1 }))
    it.vendor.faults.next(fault)
    assert.deepEqual(await it.http.get('/x'), { ok: true })
    it.vendor.faults.next(fault)
    assert.deepEqual(await it.http.post('/x', { json: 1, retry: { isRepeatable: true } }), { ok: true })
  }
  assert.equal(it.made().filter((made) => made === 'POST /x').length, 9)
  assert.equal(it.made().filter((made) => made === 'GET /x').length, 6)
})

test('three attempts in all, also in a step, and one where the code says so', async () => {
  await using it = await given()
  it.vendor.faults.hold({ kind: 'status', status: 500 })
  await assert.rejects(it.http.get('/x'), (error: unknown) => error instanceof VendorError && error.details.attempts === 3)
  assert.equal(it.vendor.requests.length, 3)
  await assert.rejects(it.ctx.step('once', () => it.http.get('/x', { retry: { maxAttempts: 1 } })))
  assert.equal(it.vendor.requests.length, 4)
  const whole = () => it.http.fetch('/x').then(({ status }) => assert.equal(status, 200))
  await assert.rejects(it.ctx.step('safe to run twice', whole, { maxAttempts: 2 }))
  assert.equal(it.vendor.requests.length, 10)
  it.vendor.faults.clear()
  it.vendor.faults.next({ kind: 'status', status: 404 })
  await assert.rejects(it.http.get('/x'))
  assert.equal(it.vendor.requests.length, 11)
})

test('a token is got once, put in, and another is got where the vendor does not take it any more', async () => {
  const auth = {
    oauth2: {
      grant: 'client_credentials',
      tokenUrl: '/oauth/token',
      clientId: { config: 'client_id' },
      clientSecret: { secret: 'client_secret' },
      scope: 'all',
    },
  } as const
  await using it = await given({ auth })
  await Promise.all([it.http.get('/x'), it.http.get('/x')])
  it.vendor.faults.next({ kind: 'status', status: 401 })
  assert.deepEqual(await it.http.post('/x', { json: 1 }), { ok: true })
  assert.deepEqual(it.made(), ['POST /oauth/token', 'GET /x', 'GET /x', 'POST /x', 'POST /oauth/token', 'POST /x'])
  assert.equal(it.vendor.requests[0]?.body, 'grant_type=client_credentials&client_id=c-1&client_secret=s-1&scope=all')
  assert.equal(it.vendor.requests[1]?.headers.authorization, 'Bearer t1')
  assert.equal(it.vendor.requests[5]?.headers.authorization, 'Bearer t5')
  it.vendor.faults.hold({ kind: 'status', status: 401 }, ({ path }) => path === '/x')
  await assert.rejects(it.http.get('/x'), (error: unknown) => error instanceof VendorError && error.kind === 'credentials')
  assert.equal(it.made().length, 9, 'one more token, and no third attempt')
})

test('a stream is sent once: after a 401 it fails, and the call after it has another token', async () => {
  const auth = {
    oauth2: { grant: 'client_credentials', tokenUrl: '/oauth/token', clientId: 'c', clientSecret: { secret: 'client_secret' } },
  } as const
  await using it = await given({ auth })
  const upload = () => it.http.post('/x', { body: new Blob(['many bytes']).stream() })
  it.vendor.faults.next({ kind: 'status', status: 401 }, 1, ({ path }) => path === '/x')
  await assert.rejects(upload(), (error: unknown) => error instanceof VendorError && error.kind === 'credentials')
  assert.deepEqual(await upload(), { ok: true })
  assert.deepEqual(it.made(), ['POST /oauth/token', 'POST /x', 'POST /oauth/token', 'POST /x'])
})

test('a token endpoint that refuses is of the kind credentials, and one that is down is unavailable', async () => {
  const auth = {
    oauth2: { grant: 'client_credentials', tokenUrl: '/oauth/token', clientId: 'c', clientSecret: { secret: 'client_secret' } },
  } as const
  await using it = await given({ auth })
  for (const [status, kind] of [
    [400, 'credentials'],
    [401, 'credentials'],
    [503, 'unavailable'],
    [429, 'rate_limited'],
  ] as const) {
    it.vendor.faults.next({ kind: 'status', status, body: { error: 'invalid_client', error_description: 'Unknown client' } })
    await assert.rejects(it.http.fetch('/x'), (error: unknown) => {
      assert.ok(error instanceof VendorError)
      assert.equal(error.kind, kind)
      assert.match(error.message, /POST \S+\/oauth\/token gave no token: it answered \d+.*Unknown client/)
      return true
    })
  }
})

test('each way to authenticate puts its credentials in, in place of what the code set', async () => {
  const secret = { secret: 'key' } as const
  for (const [auth, name, value] of [
    [{ header: 'x-api-key', value: secret }, 'x-api-key', 'k-1'],
    [{ header: 'authorization', value: secret, prefix: 'Token ' }, 'authorization', 'Token k-1'],
    [{ headers: { 'x-user': { config: 'client_id' }, 'x-api-key': secret } }, 'x-user', 'c-1'],
    [{ bearer: secret }, 'authorization', 'Bearer k-1'],
    [{ basic: { username: { config: 'client_id' }, password: secret } }, 'authorization', `Basic ${btoa('c-1:k-1')}`],
  ] as const) {
    await using it = await given({ auth, headers: { Authorization: 'mine', 'X-Api-Key': 'mine' } })
    await it.http.get('/x')
    assert.equal(it.vendor.requests[0]?.headers[name], value)
  }
  await using it = await given({ auth: { query: 'key', value: secret } })
  await it.http.get('/x?key=mine')
  assert.deepEqual(it.vendor.requests[0]?.query.getAll('key'), ['k-1'])
  await using none = await given({ auth: { bearer: { secret: 'missing' } } })
  await assert.rejects(none.http.get('/x'), { code: 'secret_not_found' })
})

test("a token of the vendor's own shape, and a tenant in the token URL", async () => {
  const vendor = await simulateVendor({
    'POST /:tenant/token': ({ params, query, body }) => ({
      data: { token: `for ${params.tenant}` },
      body: body ?? null,
      tenant: query.get('tenant'),
    }),
    'GET /x': ({ headers }) => ({ key: headers['x-token'] ?? null }),
  })
  await using _vendor = vendor
  const ctx = mockContext({ secrets: { key: 'k-1' }, config: {} })
  const token = {
    url: '/{tenant}/token',
    tenant: 'acme ltd',
    json: { user: 'me', password: { secret: 'key' } },
    query: { tenant: 'acme', empty: { config: 'not_set', default: '' } },
    answer: { token: 'data.token' },
    use: { header: 'x-token', prefix: 'T ' },
  } as const
  const http = ctx.http({ baseUrl: vendor.url, auth: { token } })
  assert.deepEqual(await http.get('/x'), { key: 'T for acme ltd' })
  assert.deepEqual(vendor.requests[0]?.body, { user: 'me', password: 'k-1' })
  assert.equal(vendor.requests[0]?.query.toString(), 'tenant=acme')
  const upwards = ctx.http({ baseUrl: vendor.url, auth: { token: { ...token, tenant: '..' } } })
  await assert.rejects(upwards.get('/x'), (error: unknown) => error instanceof VendorError && error.kind === 'invalid_request')
})

test('in a workflow a JSON call outside of a step is one: a crash does not repeat it', async () => {
  await using it = await given()
  const run = async (ctx: Pick<Context, 'http'>) => {
    const http = ctx.http({ baseUrl: it.vendor.url })
    await http.post('/x?token=1', { json: { subject: 'Disk full' }, idempotencyKey: true })
    return await http.get('/x')
  }
  assert.deepEqual(await it.ctx.replayAfterCrash(run, { step: 2 }), { ok: true })
  assert.deepEqual(it.made(), ['POST /x', 'GET /x', 'GET /x'])
  assert.deepEqual(
    it.ctx.steps.map(({ name, args }) => [name, args]),
    [
      ['POST /x', [{ subject: 'Disk full' }]],
      ['GET /x', []],
      ['GET /x', []],
    ],
  )
})

test('the key of a step is sent, the same after a crash that left it unrecorded', async () => {
  await using it = await given()
  await it.ctx.replayAfterCrash((ctx) => ctx.http({ baseUrl: it.vendor.url }).post('/x', { idempotencyKey: true }), { step: 1 })
  const keys = it.vendor.requests.map(({ headers }) => String(headers['idempotency-key']))
  assert.match(keys[0] ?? '', /^[0-9a-f]{32}$/)
  assert.deepEqual(keys, [keys[0], keys[0]])
})

test('limits are kept, by waits that a test sees', async () => {
  const waits: number[] = []
  const vendor = await simulateVendor({ 'GET /x': { ok: true } })
  await using _vendor = vendor
  const ctx = mockContext({ wait: async (ms) => void waits.push(ms) })
  const http = ctx.http({ baseUrl: vendor.url, limits: [{ requests: 2, perMs: 60_000 }, { parallel: 1 }] })
  await Promise.all(Array.from({ length: 5 }, () => http.fetch('/x')))
  // One that began some milliseconds after another waits for these too.
  assert.equal(waits.filter((ms) => ms > 50_000).length, 2, String(waits))
  assert.deepEqual(ctx.waits, [])
})

test('a wait for a limit or before another attempt ends when the call is aborted, and leaves its turn to the next', async () => {
  const waits: (() => void)[] = []
  const asked = Promise.withResolvers<void>()
  let isDown = false
  await using vendor = await simulateVendor({
    'GET /x': () => (isDown ? answer(503, {}) : { ok: true }),
    'GET /silent': () => asked.promise.then(() => ({ ok: true })),
  })
  const ctx = mockContext({ wait: () => new Promise((resolve) => waits.push(resolve)) })
  const one = ctx.http({ baseUrl: vendor.url, limits: [{ requests: 1, perMs: 60_000 }] })
  await one.fetch('/x')
  const stop = new AbortController()
  const stopped = assert.rejects(one.fetch('/x', { signal: stop.signal }), /not wanted/)
  const next = one.fetch('/x')
  stop.abort(new Error('not wanted'))
  await stopped
  for (const wait of waits) wait()
  assert.equal((await next).status, 200)

  const single = ctx.http({ baseUrl: vendor.url, limits: [{ parallel: 1 }] })
  const holding = single.fetch('/silent')
  const giveUp = new AbortController()
  const given = assert.rejects(single.fetch('/x', { signal: giveUp.signal }), /not wanted/)
  const behind = single.fetch('/x')
  giveUp.abort(new Error('not wanted'))
  await given
  asked.resolve()
  assert.deepEqual([(await holding).status, (await behind).status], [200, 200])

  isDown = true
  const retrying = new AbortController()
  const before = waits.length
  const failed = assert.rejects(single.get('/x', { signal: retrying.signal }), /not wanted/)
  while (waits.length === before) await new Promise((resolve) => setImmediate(resolve))
  retrying.abort(new Error('not wanted'))
  await failed
})
