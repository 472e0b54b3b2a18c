import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { answer, answerText, type SimulatedVendor, simulateVendor } from '@crosswalk/sdk/testing'
import { startProcesses, type TestProcesses } from '../testing/processes.ts'
import { temporaryWorkspace } from '../testing/temporary-workspace.ts'
import { until } from '../testing/until.ts'

// What an execution asked of a vendor, from author code to the API: with a real worker, gateway and runner.

const secret = 'a-key-that-nobody-may-see-4711'

const workflows = `
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

const clientOf = (ctx, more = {}) =>
  ctx.http({ baseUrl: { config: 'desk_url' }, auth: { header: 'x-api-key', value: { secret: 'desk_key' } }, retry: { maxAttempts: 1 }, ...more })

export const calls = workflow({ name: 'calls', description: 'Calls the vendor.' }, async (ctx) => {
  const http = clientOf(ctx)
  await http.get('/users/1?name=Ada')
  await ctx.step('sync', async () => {
    await http.get('/users/2')
    await http.post('/refused/${secret}', { json: { subject: 'Disk full', key: '${secret}' } }).catch(() => {})
  })
  const response = await http.fetch('/users/3')
  await response.text()
})

export const odd = workflow({ name: 'odd', description: 'Is answered with what it did not ask for.' }, async (ctx) => {
  const http = clientOf(ctx)
  const all = async (path) => { for await (const page of http.pages(path, { next: { page: 'page' }, total: 'total', items: 'items' })) await page }
  await http.get('/users/1')
  await http.get('/web-page').catch(() => {})
  await http.get('/users/2', { schema: z.object({ name: z.string() }) }).catch(() => {})
  await all('/shrinking').catch(() => {})
  await http.get('/away').catch(() => {})
  // What the code reads itself, it judges itself.
  await (await http.fetch('/web-page')).text()
})

export const limited = workflow({ name: 'limited', description: 'Calls the vendor within its limit.' }, async (ctx) => {
  const http = clientOf(ctx, { limits: [{ requests: 5, perMs: 5_000 }] })
  await Promise.all(Array.from({ length: 6 }, () => http.get('/users/1')))
})

export const many = workflow({ name: 'many', description: 'Makes one small call after another.' }, async (ctx) => {
  // A credential of its own: the limits of the others hold all that use theirs.
  const auth = { header: 'x-api-key', value: { secret: 'wide_key' } }
  const http = clientOf(ctx, { auth, limits: [{ requests: 100_000, perMs: 60_000 }], retry: {} })
  for (let index = 0; index < 150; index++) await http.get(index === 100 ? '/sometimes' : '/users/5')
})

const tokenOf = (ctx, url, secretKey = 'desk_key') =>
  ctx.http({
    baseUrl: { config: 'desk_url' },
    auth: { oauth2: { grant: 'client_credentials', tokenUrl: url, clientId: 'crosswalk', clientSecret: { secret: secretKey } } },
    retry: { maxAttempts: 1 },
  })

export const withToken = workflow({ name: 'with_token', description: 'Needs a token first.' }, async (ctx) => {
  await ctx.step('sync', () => tokenOf(ctx, '/tokens/acme?mode=strict').get('/users/8'))
})

export const withoutToken = workflow({ name: 'without_token', description: 'Gets no token.' }, async (ctx) => {
  await ctx.step('sync', () => tokenOf(ctx, '/no-tokens/${secret}').get('/users/8').catch(() => {}))
  await ctx.step('nowhere', () => tokenOf(ctx, 'http://127.0.0.1:1/token').get('/users/8').catch(() => {}))
})

export const paused = workflow({ name: 'paused', description: 'Is asked to wait.' }, async (ctx) => {
  const http = clientOf(ctx, { limits: [{ parallel: 1 }] })
  await http.get('/busy').catch(() => {})
  await http.get('/users/4')
})
`

type Exchange = {
  step: string | null
  purpose: string
  method: string
  host: string
  path: string
  attempt: number
  status: number | null
  error: { kind: string; message: string | null } | null
  request_bytes: number
  response_bytes: number
  waited_ms: number
  duration_ms: number
  request_body: string | null
  response_body: string | null
}

let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>
let vendor: SimulatedVendor
let sometimes = 0
let tokens = 0
let refused = 0
let processes: TestProcesses

before(async () => {
  vendor = await simulateVendor({
    'GET /users/:id': { id: 1 },
    'GET /web-page': answerText(200, '<html>Sign in</html>'),
    'GET /shrinking': ({ query }) => ({ items: [{ id: query.get('page') }], total: query.get('page') === '1' ? 5 : 4 }),
    'GET /away': answer(302, {}, { location: 'https://elsewhere.example/' }),
    'POST /tokens/acme': () => ({ access_token: `a-token-that-nobody-may-see-${++tokens}`, expires_in: 3_600 }),
    'POST /no-tokens/:key': () =>
      ++refused === 1 ? answer(503) : answer(401, { error: 'invalid_client', error_description: `${secret} is old` }),
    'POST /refused/:key': answer(422, { message: 'No room' }),
    'GET /sometimes': () => (++sometimes === 1 ? answer(429, {}, { 'retry-after': '1' }) : { id: 2 }),
    'GET /busy': answer(429, {}, { 'retry-after': '3' }),
  })
  workspace = await temporaryWorkspace({ 'workflows/calls.ts': workflows })
  processes = await startProcesses(workspace.path)
  await processes.startWorker({ CROSSWALK_RECORD_BODIES: 'failures' })
  await processes.call('POST', '/secrets', { key: 'desk_key', value: secret, scope: 'global' })
  await processes.call('POST', '/secrets', { key: 'wide_key', value: 'another key', scope: 'global' })
  await processes.call('PUT', '/config/desk_url', { value: vendor.url, scope: 'global' })
})
after(async () => {
  await processes?.[Symbol.asyncDispose]()
  await vendor?.stop()
  await workspace?.[Symbol.asyncDispose]()
})

const run = async (workflow: string) => {
  const id = await processes.execute(workflow)
  const { status, error } = await processes.ended(id)
  assert.equal(status, 'success', JSON.stringify(error))
  return id
}
const exchangesOf = async (id: string, query = '') =>
  (await processes.call<{ exchanges: Exchange[]; next_cursor: string | null }>('GET', `/executions/${id}/exchanges${query}`)).body

test('each exchange is told under its step, without query and secrets, and is found by host and status', async () => {
  const id = await run('calls')
  const { exchanges } = await until('all are written', async () => {
    const found = await exchangesOf(id)
    return found.exchanges.length === 4 && found
  })
  assert.deepEqual(
    exchanges.map(({ step, method, path, status, error }) => [step, method, path, status, error?.kind ?? null]),
    [
      ['GET /users/1', 'GET', '/users/1', 200, null],
      ['sync', 'GET', '/users/2', 200, null],
      ['sync', 'POST', '/refused/[secret]', 422, 'invalid_request'],
      [null, 'GET', '/users/3', 200, null],
    ],
  )
  assert.ok(exchanges.every(({ host, duration_ms }) => host === new URL(vendor.url).host && duration_ms >= 0))
  assert.equal(exchanges[0]?.request_body, null)
  assert.equal(exchanges[2]?.request_body, '{"subject":"Disk full","key":"[secret]"}')
  assert.match(exchanges[2]?.response_body ?? '', /No room/)
  assert.ok(!JSON.stringify(exchanges).includes(secret))
  const count = async (query: string) => (await exchangesOf(id, query)).exchanges?.length
  assert.deepEqual(
    await Promise.all([
      ...[count('?status=2xx'), count('?status=422'), count('?status=failed'), count('?host=other.example'), count('?integration=desk')],
    ]),
    [3, 1, 1, 0, 0],
  )
  const first = await exchangesOf(id, '?limit=3')
  assert.deepEqual([first.exchanges.length, (await exchangesOf(id, `?cursor=${first.next_cursor}`)).exchanges.length], [3, 1])
})

test('a call that failed by what was answered is found among what failed, whatever the status was', async () => {
  const id = await run('odd')
  await until('all are written', async () => (await exchangesOf(id)).exchanges.length === 7)
  const failed = await until('all that failed is told', async () => {
    const found = (await exchangesOf(id, '?status=failed')).exchanges
    return found.length === 4 && found
  })
  assert.deepEqual(
    failed.map(({ path, status, error }) => [path, status, error]),
    [
      ['/web-page', 200, { kind: 'invalid_response', message: null }],
      ['/users/2', 200, { kind: 'invalid_response', message: null }],
      ['/shrinking', 200, { kind: 'incomplete', message: null }],
      ['/away', 302, { kind: 'invalid_response', message: null }],
    ],
  )
  assert.match(failed[0]?.response_body ?? '', /Sign in/)
})

test('calls wait for the budget, and the time that they waited is told', async () => {
  const id = await run('limited')
  const waits = await until('all are written', async () => {
    const { exchanges } = await exchangesOf(id)
    return exchanges.length === 6 && exchanges.map(({ waited_ms }) => waited_ms).sort((a, b) => a - b)
  })
  // All but one ask in the first half of the window, also on a machine that is busy.
  assert.ok((waits[4] ?? 0) < 2_500 && (waits[5] ?? 0) > 2_500, String(waits))
})

test('a 429 of one call has the next one wait', async () => {
  const id = await run('paused')
  const exchanges = await until('both are written', async () => {
    const found = (await exchangesOf(id)).exchanges
    return found.length === 2 && found
  })
  assert.deepEqual(
    exchanges.map(({ status }) => status),
    [429, 200],
  )
  assert.ok((exchanges[1]?.waited_ms ?? 0) > 500, JSON.stringify(exchanges))
  type Vendor = { host: string; limits: object[]; paused: object | null; down: object | null }
  const { body } = await processes.call<{ vendors: Vendor[] }>('GET', '/vendors')
  assert.equal(body.vendors.length, 1, 'the same credential at the same host has one budget')
  assert.partialDeepStrictEqual(body.vendors[0], { host: new URL(vendor.url).host, limits: [{ parallel: 1 }], paused: null, down: null })
  const metrics = await processes.metrics()
  assert.match(metrics, /crosswalk_vendor_requests_total\{integration="",host="127\.0\.0\.1:\d+",outcome="429"\} 1/)
  assert.match(metrics, /crosswalk_vendor_wait_seconds_total\{.*\} [1-9]/)
  assert.match(metrics, /crosswalk_vendor_paused\{.*\} 0/)
})

test('of many small calls each is a line of its own, also where the vendor asks for a pause amid them', async () => {
  const id = await run('many')
  const exchanges = await until('all are told', async () => {
    const told = (await exchangesOf(id, '?limit=200')).exchanges
    return told.length >= 151 && told
  })
  const sum = (status: number) => exchanges.filter((exchange) => exchange.status === status).length
  assert.deepEqual([sum(200), sum(429)], [150, 1])
  assert.equal(vendor.requests.filter(({ path }) => path === '/users/5').length, 149)
})

test('a request for a token is a line under the step that needed it, without anything that was sent or answered', async () => {
  const ids = await Promise.all(Array.from({ length: 4 }, () => run('with_token')))
  const { exchanges, of } = await until('all are written', async () => {
    const of = await Promise.all(ids.map(async (id) => (await exchangesOf(id)).exchanges))
    return of.flat().length === 5 && { exchanges: of.flat(), of }
  })
  assert.equal(tokens, 1)
  // The one that renewed has the line, and no other that waited for it.
  const [renewed] = of.filter(({ length }) => length === 2)
  assert.deepEqual(
    renewed?.map(({ step, purpose, method, path, attempt, status, error }) => [step, purpose, method, path, attempt, status, error]),
    [
      ['sync', 'token', 'POST', '/tokens/acme', 1, 200, null],
      ['sync', 'call', 'GET', '/users/8', 1, 200, null],
    ],
  )
  const [line] = exchanges.filter(({ purpose }) => purpose === 'token')
  assert.partialDeepStrictEqual(line, { host: new URL(vendor.url).host, waited_ms: 0, request_body: null, response_body: null })
  assert.ok((line?.request_bytes ?? 0) > 50 && (line?.response_bytes ?? 0) > 50 && (line?.duration_ms ?? -1) >= 0, JSON.stringify(line))
  assert.doesNotMatch(JSON.stringify(exchanges), /nobody-may-see/)
})

test('a token that cannot be had is found among what failed, each attempt of its own, and not in the figures of requests', async () => {
  const id = await run('without_token')
  const exchanges = await until('all are written', async () => {
    const found = (await exchangesOf(id, '?status=failed')).exchanges
    return found.length === 5 && found
  })
  assert.deepEqual(
    exchanges.map(({ step, purpose, path, attempt, status, error }) => [step, purpose, path, attempt, status, error?.kind]),
    [
      ['sync', 'token', '/no-tokens/[secret]', 1, 503, 'unavailable'],
      ['sync', 'token', '/no-tokens/[secret]', 2, 401, 'credentials'],
      ['nowhere', 'token', '/token', 1, null, 'unavailable'],
      ['nowhere', 'token', '/token', 2, null, 'unavailable'],
      ['nowhere', 'token', '/token', 3, null, 'unavailable'],
    ],
  )
  assert.deepEqual(
    exchanges.map(({ request_body, response_body }) => request_body ?? response_body),
    [null, null, null, null, null],
  )
  assert.match(exchanges[2]?.error?.message ?? '', /ECONNREFUSED/)
  // What a vendor says in its refusal is of the answer.
  assert.equal(exchanges[1]?.error?.message, null)
  assert.doesNotMatch(JSON.stringify(exchanges), /nobody-may-see|is old/)
  assert.deepEqual((await exchangesOf(id, '?status=401')).exchanges.length, 1)
  const metrics = await processes.metrics()
  assert.doesNotMatch(metrics, /crosswalk_vendor_requests_total\{.*outcome="401"/)
  assert.doesNotMatch(metrics, /crosswalk_vendor_requests_total\{.*host="127.0.0.1:1"/)
  assert.match(metrics, /crosswalk_token_renewals_total\{integration="",host="127\.0\.0\.1:\d+",outcome="credentials"\} 1/)
})
