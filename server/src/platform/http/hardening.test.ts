import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { givenSubmitted } from '../../../testing/given-executions.ts'
import { createTestApp, type TestApp, testAdminKey } from '../../../testing/test-app.ts'
import { until } from '../../../testing/until.ts'
import { browserAuthentication } from '../../access/sessions.ts'
import { buildApp } from '../../processes/app.ts'
import { addressList, isIn, sourceOf } from './addresses.ts'
import { encodeCursor } from './paging.ts'

const log: { level: number; msg: string; [field: string]: unknown }[] = []
const authorization = `Bearer ${testAdminKey}`
let api: TestApp
let app: FastifyInstance
let base: string
let executionId: string

before(async () => {
  api = await createTestApp()
  const { db, notifications, keyring } = api
  app = await buildApp({
    ...{
      db,
      notifications,
      keyring,
      logger: pino({ level: 'warn' }, { write: (line) => void log.push(JSON.parse(line)) }),
      checksAnswers: true,
    },
    authenticate: browserAuthentication(db, testAdminKey),
    hosts: ['0.0.0.0', 'crosswalk.example.com'],
    trustedProxies: ['10.0.0.5'],
    sourceLimits: { maxConnections: 6, maxStreams: 2, maxWrongKeys: 20 },
    maxArrivalMs: 400,
    maxEventLoopDelayMs: 0,
  })
  base = await app.listen({ host: '127.0.0.1', port: 0 })
  executionId = await givenSubmitted(db, null, 'any')
})
after(async () => {
  await app.close()
  await api[Symbol.asyncDispose]()
})

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers: { authorization, ...headers } })

async function signedInCookie(): Promise<string> {
  const signedIn = await app.inject({ method: 'POST', url: '/api/session', payload: { api_key: testAdminKey } })
  return String(signedIn.headers['set-cookie']).split(';')[0] ?? ''
}

async function opened(): Promise<Socket> {
  const socket = connect(Number(new URL(base).port), '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

async function allOf(socket: Socket): Promise<string> {
  let text = ''
  for await (const part of socket) text += part
  return text
}

const actionsOf = async (noun: string) =>
  (await get(`/api/audit?action=${noun}`))
    .json()
    .events.map((event: { action: string; target: { id: string } }) => [event.action, event.target.id])

test('a cursor of another list, or of nothing, is refused with a sentence, on every list', async () => {
  const { paths } = (await get('/api/openapi.json')).json()
  const lists = Object.entries<{ get?: { parameters?: { name: string }[] } }>(paths)
    .filter(([, { get: operation }]) => operation?.parameters?.some(({ name }) => name === 'cursor'))
    .map(([path]) => path.replace('/executions/{id}', `/executions/${executionId}`))
  assert.ok(lists.includes('/api/executions') && lists.includes(`/api/executions/${executionId}/logs`))
  const cursors = [
    'x',
    '%00',
    encodeCursor([]),
    encodeCursor(['a\0b']),
    encodeCursor(['x', 'y', 'z']),
    encodeCursor([1e300]),
    encodeCursor([-1]),
    encodeCursor([null]),
  ]
  for (const path of lists.filter((path) => !path.includes('{'))) {
    for (const cursor of cursors) {
      const answer = await get(`${path}?cursor=${cursor}`)
      assert.equal(answer.statusCode, 400, `${path}?cursor=${cursor}: ${answer.body}`)
      assert.match(answer.json().message, /\. |\.$/)
    }
  }
})

test('NUL in any filter or path, and a time that is none, are refused and never reach the database', async () => {
  const { paths } = (await get('/api/openapi.json')).json()
  for (const [path, { get: operation }] of Object.entries<{ get?: { parameters?: { name: string; in: string }[] } }>(paths)) {
    if (!operation) continue
    const filled = path.replaceAll(/\{\w+\}/g, '00000000-0000-4000-8000-000000000000')
    for (const { name, in: place } of operation.parameters ?? []) {
      if (place === 'header') continue
      const url = place === 'path' ? path.replace(`{${name}}`, 'a%00b').replaceAll(/\{\w+\}/g, '1') : `${filled}?${name}=a%00b`
      const answer = await get(url)
      assert.ok([400, 404].includes(answer.statusCode), `${url}: ${answer.statusCode} ${answer.body}`)
    }
  }
  const named = await get('/api/audit?search=a%00b')
  assert.deepEqual([named.statusCode, named.json().message], [400, "'search' must not contain the character NUL (%00). Leave it out."])
  for (const list of ['audit', 'executions'])
    assert.equal((await get(`/api/${list}?since=2026-01-01T00:00:00%2B14:00`)).statusCode, 200, `an offset of ${list}`)
  for (const url of ['/api/audit?since=0000-01-01T00:00:00Z', '/api/executions?since=0000-01-01T00:00:00Z'])
    assert.equal((await get(url)).statusCode, 400, url)
  for (const url of ['/%00', '/api/%00', '/assets/%00.js', '/api/audit?%00=1'])
    assert.ok((await get(url)).statusCode < 500 || url === '/%00', url)
})

test('a Last-Event-ID that is no line is refused', async () => {
  for (const id of ['x', '-1', '1e3', '99999999999999999999', '2147483647', '1; drop']) {
    const answer = await get(`/api/executions/${executionId}/logs`, { accept: 'text/event-stream', 'last-event-id': id })
    assert.deepEqual([answer.statusCode, answer.json().error], [400, 'validation_failed'], id)
    assert.match(answer.json().message, /^The header Last-Event-ID must be the id of an event/)
  }
})

test('a request that arrives too slowly is cut, and one that is no HTTP is answered in the usual form', async () => {
  const slow = await opened()
  slow.write(`POST /api/session HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"api_key":`)
  assert.match(await allOf(slow), /^HTTP\/1\.1 408 .*"error":"request_timeout"/s)
  const none = await opened()
  none.write('this is no request\r\n\r\n')
  assert.match(await allOf(none), /^HTTP\/1\.1 400 .*"error":"malformed_request"/s)
  const large = await opened()
  large.write(`GET / HTTP/1.1\r\nhost: localhost\r\nx-much: ${'x'.repeat(20_000)}\r\n\r\n`)
  assert.match(await allOf(large), /^HTTP\/1\.1 431 .*"error":"headers_too_large"/s)
})

test('an address has so many connections and no more, which is audited', async () => {
  await until(
    'the connections of before are gone',
    async () => (await new Promise<number>((resolve) => app.server.getConnections((_error, count) => resolve(count)))) === 0,
  )
  const sockets = await Promise.all(Array.from({ length: 6 }, opened))
  const refused = await opened()
  assert.match(await allOf(refused), /^HTTP\/1\.1 503 .*"error":"too_many_connections"/s)
  for (const socket of sockets) socket.destroy()
  await until(
    'there is a place again',
    async () => (await fetch(`${base}/healthz`, { headers: { connection: 'close' } }).catch(() => undefined))?.status === 200,
  )
  await until('it is recorded', async () => (await actionsOf('connection')).length === 1)
  assert.deepEqual(await actionsOf('connection'), [['connection.refused', '127.0.0.1']])
})

test('an address follows so many logs at once; a stream ends with the right to read it', async () => {
  const cookie = await signedInCookie()
  const follow = (signal: AbortSignal) =>
    fetch(`${base}/api/executions/${executionId}/logs`, { headers: { cookie, accept: 'text/event-stream' }, signal })
  const gone = new AbortController()
  const first = await follow(gone.signal)
  const second = await follow(AbortSignal.timeout(20_000))
  const third = await follow(AbortSignal.timeout(20_000))
  assert.deepEqual([first.status, second.status, third.status], [200, 200, 429])
  assert.equal(((await third.json()) as { error: string }).error, 'too_many_streams')
  await until('it is recorded', async () => (await actionsOf('stream')).length === 1)
  gone.abort()
  await until('its place is free again', async () => {
    const again = await follow(AbortSignal.timeout(200)).catch(() => undefined)
    await again?.body?.cancel()
    return again?.status === 200
  })
  const [session] = (await get('/api/sessions')).json().sessions
  await app.inject({ method: 'DELETE', url: `/api/sessions/${session.id}`, headers: { authorization } })
  assert.match(await second.text(), /event: refused\ndata: \{"error":"unauthenticated"/)
})

test('a name that is not ours is refused, as that of a page that has it lead here', async () => {
  const statusOf = async (host: string, url = '/api/organizations') => (await get(url, { host })).statusCode
  for (const host of [
    'evil.example',
    'evil.example:7071',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'crosswalk.example.com.evil.example',
  ])
    assert.equal(await statusOf(host), 421, host)
  for (const host of [
    'localhost',
    'localhost:7071',
    'a.localhost',
    '127.0.0.1:1',
    '127.9.9.9',
    '[::1]:7071',
    '10.1.2.3',
    'Crosswalk.Example.com',
    'crosswalk.example.com.',
  ])
    assert.equal(await statusOf(host), 200, host)
  assert.equal((await get('/api/organizations', { host: 'evil.example' })).json().error, 'host_not_allowed')
  assert.deepEqual(
    [await statusOf('evil.example', '/'), await statusOf('pod-7', '/healthz'), await statusOf('evil.example', '/metrics')],
    [421, 200, 421],
  )
})

test('the figures and the description are open to this machine, and to others with a key', async () => {
  for (const url of ['/metrics', '/api/openapi.json', '/api/docs/']) {
    const statusFrom = async (remoteAddress: string, headers: Record<string, string> = {}) =>
      (await app.inject({ url, remoteAddress, headers })).statusCode
    assert.equal(await statusFrom('127.0.0.1'), 200, url)
    assert.equal(await statusFrom('::ffff:127.0.0.1'), 200, url)
    assert.equal(await statusFrom('192.0.2.7'), 401, url)
    assert.equal(await statusFrom('192.0.2.7', { authorization }), 200, url)
    for (const name of ['x-forwarded-for', 'x-forwarded-proto', 'x-real-ip', 'cf-connecting-ip'])
      assert.equal(await statusFrom('127.0.0.1', { [name]: '192.0.2.7' }), 401, `${url} ${name}`)
    assert.equal(await statusFrom('127.0.0.1', { host: 'crosswalk.example.com' }), 401, url)
  }
})

test('that TLS was in front is taken from a named proxy and from this machine, and from nobody else', async () => {
  const cookieFrom = async (remoteAddress: string) => {
    const headers = { 'x-forwarded-proto': 'https' }
    const answer = await app.inject({ method: 'POST', url: '/api/session', remoteAddress, headers, payload: { api_key: testAdminKey } })
    const [name, ...attributes] = String(answer.headers['set-cookie']).split(/=|; /)
    return [answer.statusCode, name, attributes.includes('Secure')]
  }
  for (const proxy of ['10.0.0.5', '127.0.0.1', '::1'])
    assert.deepEqual(await cookieFrom(proxy), [201, '__Host-crosswalk_session', true], proxy)
  for (const other of ['192.0.2.7', '10.0.0.6']) assert.deepEqual(await cookieFrom(other), [201, 'crosswalk_session', false], other)
})

test('what was not allowed is in the log with who asked for what, from where', async () => {
  const headers = { cookie: await signedInCookie(), origin: 'http://elsewhere.example' }
  const answer = await app.inject({ method: 'POST', url: '/api/organizations?a=%0Ab', remoteAddress: '192.0.2.9', headers })
  assert.deepEqual([answer.statusCode, answer.json().error], [403, 'cross_site_request'])
  const line = log.find(({ requestId }) => requestId === answer.json().request_id)
  assert.partialDeepStrictEqual(line, { address: '192.0.2.9', method: 'POST', route: '/api/organizations', code: 'cross_site_request' })
})

test('each key that is wrong is in the log with the address that it came from, which only a named proxy may say', async () => {
  for (const [remoteAddress, forwarded] of [
    ['10.0.0.5', '192.0.2.20'],
    ['10.0.0.5', '203.0.113.1, 192.0.2.20'],
    ['198.51.100.4', '192.0.2.20'],
  ] as const) {
    const headers = { authorization: 'Bearer wrong', 'x-forwarded-for': forwarded }
    assert.equal((await app.inject({ url: '/api/organizations', remoteAddress, headers })).statusCode, 401)
  }
  const addresses = log.filter(({ action }) => action === 'session.refused').map(({ address }) => address)
  assert.deepEqual(addresses, ['192.0.2.20', '192.0.2.20', '198.51.100.4'])
})

test('no answer of the API is kept by anyone on the way', async () => {
  for (const url of ['/api/organizations', '/api/nothing', '/api/openapi.json', '/metrics', '/healthz', '/api/session/%'])
    assert.equal((await get(url)).headers['cache-control'], 'no-store', url)
  assert.equal((await app.inject('/api/organizations')).headers['cache-control'], 'no-store')
})

test('no answer of the API is a page to a browser: it loads nothing, stands in no frame, and is what it says', async () => {
  for (const url of ['/api/organizations', '/api/nothing', '/metrics', '/healthz', '/api/audit?limit=0']) {
    const { headers } = await get(url)
    const policy = "default-src 'none';object-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'"
    assert.deepEqual(
      [headers['content-security-policy'], headers['x-content-type-options'], headers['referrer-policy']],
      [policy, 'nosniff', 'no-referrer'],
      url,
    )
    assert.match(String(headers['content-type']), /; charset=utf-8/)
    assert.equal(headers['access-control-allow-origin'], undefined)
  }
  const docs = await get('/api/docs/')
  assert.match(String(docs.headers['content-security-policy']), /object-src 'none'; base-uri 'none'; frame-ancestors 'none'/)
})

test('an address is counted as its IPv4 form, or the network of its IPv6 one; proxies are given as either', () => {
  assert.deepEqual(['192.0.2.7', '::ffff:192.0.2.7', '2001:DB8:0:1::5', '2001:db8:0:1:ffff::', '::1'].map(sourceOf), [
    '192.0.2.7',
    '192.0.2.7',
    '2001:db8:0:1::/64',
    '2001:db8:0:1::/64',
    '0:0:0:0::/64',
  ])
  const list = addressList(['10.0.0.0/8', 'fd00::/8', '192.0.2.1'])
  assert.ok(list)
  assert.deepEqual(
    ['10.9.9.9', '::ffff:10.0.0.1', 'fd12::1', '192.0.2.1', '192.0.2.2', '::1'].map((address) => isIn(list, address)),
    [true, true, true, true, false, false],
  )
  for (const wrong of ['x', '10.0.0.0/33', '10.0.0.0/8/8', '']) assert.equal(addressList([wrong]), undefined, wrong)
})
