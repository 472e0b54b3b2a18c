import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { givenGateway } from '../../../testing/given-gateway.ts'
import { type OutsideWorld, startOutsideWorld } from '../../../testing/outside-world.ts'
import { startProxy } from '../../../testing/proxy.ts'
import { until } from '../../../testing/until.ts'
import { parseEgressRule } from '../../platform/egress-rules.ts'
import { type OutsideProxies, readProxies } from '../../platform/outside-proxy.ts'
import { Lane } from '../../protocol/lane.ts'
import type { LaneStream } from '../../protocol/lane-stream.ts'
import { answerWindowBytes, type Opening, streamStartBytes, streamWindowBytes } from '../../protocol/network.ts'
import type { Exchange } from '../messages/exchanges.ts'
import { passReader, signPass } from '../messages/passes.ts'
import type { EgressRefusal } from '../messages/refusals.ts'
import { newTicketKey, ofSeries, requestDigest, sealTicket, type Ticket, Tickets } from '../messages/tickets.ts'
import { HeldBytes } from './held-bytes.ts'
import { addressesOf } from './outside.ts'
import { serveRunner } from './runner-connection.ts'
import { Descriptors } from './sockets.ts'

// A runner's end of the wire, in the test's hands: what author code that has taken over its process could send.

const parts = new AsyncDisposableStack()
const [passKey, ticketKey] = [Buffer.alloc(32, 1), newTicketKey()]
const exchanges: Exchange[] = []
const refusals: EgressRefusal[] = []
let outside: OutsideWorld
let wire: Lane

before(async () => {
  outside = parts.use(await startOutsideWorld())
  wire = await openWire('runner-1', new Tickets(ticketKey))
})
beforeEach(() => {
  exchanges.length = 0
  refusals.length = 0
})
after(() => parts.disposeAsync())

async function openWire(runner: string, tickets: Tickets, held = new HeldBytes(), proxies?: OutsideProxies) {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [far] = (await once(server, 'connection')) as [Socket]
  server.close()
  serveRunner({
    runner,
    socket: far,
    rules: {
      allow: [parseEgressRule('127.0.0.0/8') ?? assert.fail()],
      ownPorts: [],
      proxies,
      lookUp: async (host, family) => (host === 'vendor.test' ? [{ address: '93.184.215.14', family: 4 }] : addressesOf(host, family)),
    },
    descriptors: new Descriptors(),
    held,
    hosts: {},
    readPass: passReader(passKey, runner),
    tickets,
    recordsBodies: true,
    onExchange: (exchange) => exchanges.push(exchange),
    onRefused: (refusal) => refusals.push(refusal),
    onCutOff: assert.fail,
    onEnd() {},
  })
  const lane = new Lane(near, {
    ...{ sendWindowBytes: streamWindowBytes, sendStartBytes: streamStartBytes, receiveWindowBytes: answerWindowBytes },
    ...{ maxQueuedBytes: 1_000_000, maxUnreadBytes: 100_000_000 },
    onClose() {},
  })
  parts.defer(() => lane.destroy())
  return lane
}

const ticket = (given: Partial<Ticket> = {}, method = 'GET', path = '/headers'): Ticket => ({
  exchanges: [crypto.randomUUID()],
  executionId: 'execution-1',
  origins: [outside.url],
  request: requestDigest(method, path),
  headers: [['Authorization', 'Bearer hush']],
  query: [],
  expiresAtMs: Date.now() + 60_000,
  ...given,
})

const passOf = (executionId: string) =>
  signPass(passKey, { runner: 'runner-1', executionId, organizationId: 'acme', name: 'sync', integration: null })

type Asked = {
  text?: string
  executionId?: string
  origin?: string
  path?: string
  headers?: string[]
  body?: string
  note?: unknown
  on?: typeof wire
}

async function ask({
  text,
  executionId = 'execution-1',
  origin = outside.url,
  path = '/headers',
  headers = [],
  body,
  note,
  on = wire,
}: Asked) {
  const pass = passOf(executionId)
  const head = { method: body === undefined ? 'GET' : 'POST', origin, path, headers }
  // Anything may be sent as a note.
  const asked = { kind: 'request', head, pass, ticket: text, note: note as Opening['note'], hasBody: body !== undefined } satisfies Opening
  const stream = on.open(JSON.stringify(asked))
  let answered = ''
  const bytes: Buffer[] = []
  const ended = new Promise<string>((resolve) => {
    stream.handler = { onHead: (said) => (answered = said), onBytes: (piece) => bytes.push(piece), onEnd: resolve }
  })
  if (body !== undefined) stream.send(Buffer.from(body))
  stream.end()
  assert.equal(await ended, '')
  const told = JSON.parse(answered)
  return { told, body: Buffer.concat(bytes).toString(), wire: answered }
}

test('a request of a call that was given up meanwhile is not made, and is no refusal that anybody is told of', async () => {
  const tickets = new Tickets(ticketKey)
  const own = await openWire('runner-1', tickets)
  const [before, asked] = [refusals.length, outside.requests.length]
  const givenUp = ticket()
  tickets.void(givenUp.exchanges, Date.now() + 60_000)
  assert.equal((await ask({ text: sealTicket(ticketKey, givenUp), on: own })).told.failure.details.reason, 'ticket_given_up')
  assert.equal(outside.requests.length, asked)
  assert.equal(refusals.length, before)
})

test('the gateway puts the credentials in, in place of what the code set under the same names, and tells the exchange', async () => {
  const path = '/headers?key=mine&page=2&k%65y=mine'
  const given = ticket({ query: [['key', 'a b']] }, 'GET', path)
  const asked = {
    path,
    headers: ['AUTHORIZATION', 'Bearer mine', 'x-own', 'yes', 'Host', 'evil.example'],
  }
  const { told, body } = await ask({ text: sealTicket(ticketKey, given), ...asked })
  assert.equal(told.ok.status, 201)
  const sent = JSON.parse(body)
  assert.deepEqual([sent.authorization, sent['x-own'], sent.host], ['Bearer hush', 'yes', new URL(outside.url).host])
  assert.equal(outside.requests.at(-1)?.path, '/headers?page=2&key=a%20b')
  const [exchange] = await until('it is told', () => exchanges.length > 0 && exchanges)
  assert.deepEqual([exchange?.exchange, exchange?.runner, exchange?.outcome], [given.exchanges[0], 'runner-1', { status: 201 }])
  assert.equal(exchange?.bodies, undefined)
  assert.equal(exchange?.responseBytes, Buffer.byteLength(body))
})

test('a failed exchange is told with the beginnings of both bodies, where they are recorded', async () => {
  const { told } = await ask({ text: sealTicket(ticketKey, ticket({}, 'POST', '/nowhere')), path: '/nowhere', body: 'x'.repeat(20_000) })
  assert.equal(told.ok.status, 404)
  const [exchange] = await until('it is told', () => exchanges.length > 0 && exchanges)
  assert.deepEqual(
    [exchange?.outcome, exchange?.requestBytes, exchange?.bodies?.request],
    [{ status: 404 }, 20_000, `${'x'.repeat(8_192)}…`],
  )
})

test('a connection that cannot be made is told as a failure of its exchange', async () => {
  const { told } = await ask({ text: sealTicket(ticketKey, ticket({ origins: ['http://127.0.0.1:1'] })), origin: 'http://127.0.0.1:1' })
  assert.equal(told.failure.code, 'ECONNREFUSED')
  const [exchange] = await until('it is told', () => exchanges.length > 0 && exchanges)
  assert.partialDeepStrictEqual(exchange?.outcome, { failure: { code: 'ECONNREFUSED' } })
})

test('a ticket that is forged, foreign, expired, used or for another host, method, path or query is refused, and nothing is sent', async () => {
  const good = sealTicket(ticketKey, ticket())
  const changed = Buffer.from(good, 'base64url')
  changed[40] = (changed[40] ?? 0) ^ 1
  const asked = outside.requests.length
  const cases: [Asked, string][] = [
    [{ text: sealTicket(newTicketKey(), ticket()) }, 'ticket_invalid'],
    [{ text: changed.toString('base64url') }, 'ticket_invalid'],
    [{ text: 'short' }, 'ticket_invalid'],
    [{ text: good, executionId: 'execution-2' }, 'ticket_of_other_execution'],
    [{ text: sealTicket(ticketKey, ticket({ origins: ['https://api.example.com'] })) }, 'ticket_of_other_host'],
    [{ text: sealTicket(ticketKey, ticket({}, 'GET', '/other')) }, 'ticket_of_other_request'],
    [{ text: good, path: '/headers?all=true' }, 'ticket_of_other_request'],
    [{ text: good, body: 'changed' }, 'ticket_of_other_request'],
    [{ text: sealTicket(ticketKey, ticket({ expiresAtMs: Date.now() - 1 })) }, 'ticket_expired'],
  ]
  for (const [given, reason] of cases) {
    const { told, wire } = await ask(given)
    assert.equal(told.failure.code, 'egress_refused')
    assert.equal(told.failure.details.reason, reason)
    assert.match(told.failure.message, /context\.http/)
    assert.doesNotMatch(wire, /hush/)
  }
  assert.equal(outside.requests.length, asked)
  assert.equal(refusals.length, cases.length)
  assert.equal((await ask({ text: good })).told.ok.status, 201)
  assert.equal((await ask({ text: good })).told.failure.details.reason, 'ticket_used')
})

test('a ticket that was given ahead and is expired or given up is told to be late, which is no refusal', async () => {
  const tickets = new Tickets(ticketKey)
  const own = await openWire('runner-1', tickets)
  const [expired, givenUp, used] = [
    ticket({ isAhead: true, request: null, expiresAtMs: Date.now() - 1 }),
    ticket({ isAhead: true, request: null }),
    ticket({ isAhead: true, request: null }),
  ]
  tickets.void(givenUp.exchanges, Date.now() + 60_000)
  const reasonOf = async (given: Ticket) => (await ask({ text: sealTicket(ticketKey, given), on: own })).told.failure?.details.reason
  assert.deepEqual([await reasonOf(expired), await reasonOf(givenUp), await reasonOf(used)], ['ticket_late', 'ticket_late', undefined])
  assert.deepEqual(refusals, [])
  assert.equal(await reasonOf(used), 'ticket_used')
  assert.equal(refusals.length, 1)
})

test('each ticket of a series is for one GET', async () => {
  const series = ticket({ isAhead: true, request: null, exchanges: [crypto.randomUUID(), crypto.randomUUID()] })
  const text = sealTicket(ticketKey, series)
  const posted = await ask({ text: ofSeries(text, 0), body: 'x' })
  assert.equal(posted.told.failure.details.reason, 'ticket_of_other_request')
  const reasons: unknown[] = []
  for (const shown of [ofSeries(text, 1), ofSeries(text, 0), ofSeries(text, 1), text, ofSeries(text, 2), `${text}.-1`, `${text}.x`])
    reasons.push((await ask({ text: shown })).told.failure?.details.reason)
  assert.deepEqual(reasons, [undefined, undefined, 'ticket_used', 'ticket_used', 'ticket_invalid', 'ticket_invalid', 'ticket_invalid'])
  await until('both are told', () => exchanges.length === 2)
  assert.deepEqual(exchanges.map(({ exchange }) => exchange).sort(), [...series.exchanges].sort())
})

test('an exchange is told with its method, its path without query, and what the runner says of attempt and step', async () => {
  await ask({ text: sealTicket(ticketKey, ticket({ request: null })), path: '/headers?secret=1', note: [3, 'step-1'] })
  await ask({ text: sealTicket(ticketKey, ticket({ request: null })), path: `/${'x'.repeat(9_000)}`, note: [1e9, {}] })
  await until('both are told', () => exchanges.length === 2)
  assert.deepEqual(
    exchanges.map(({ method, path, attempt, stepKey }) => [method, path, attempt, stepKey]),
    [
      ['GET', '/headers', 3, 'step-1'],
      ['GET', '/', 1, null],
    ],
  )
})

test('a ticket is of no use to another runner, whose passes are its own', async () => {
  const other = await openWire('runner-2', new Tickets(ticketKey))
  const { told } = await ask({ text: sealTicket(ticketKey, ticket()), on: other })
  assert.equal(told.failure.details.reason, 'ticket_of_other_execution')
})

test('credentials do not go to the internet in the clear', async () => {
  const origin = 'http://vendor.test'
  const { told } = await ask({ text: sealTicket(ticketKey, ticket({ origins: [origin] })), origin })
  assert.equal(told.failure.details.reason, 'credentials_in_plain_text')
})

test('where there are no credentials nothing has to be kept from others on the way', async () => {
  await using proxy = await startProxy(undefined, { secure: outside.port, plain: outside.port })
  const proxies = readProxies({ HTTP_PROXY: proxy.url })
  assert.ok(!('problem' in proxies))
  const on = await openWire('runner-1', new Tickets(ticketKey), new HeldBytes(), proxies)
  const origin = 'http://vendor.test'
  const askWith = async (given: Partial<Ticket>) =>
    (await ask({ text: sealTicket(ticketKey, ticket({ origins: [origin], ...given })), origin, on })).told
  assert.equal((await askWith({ headers: [] })).ok?.status, 201)
  assert.equal((await askWith({ headers: [], query: [['key', 'hush']] })).failure?.details.reason, 'credentials_in_plain_text')
  assert.equal((await askWith({})).failure?.details.reason, 'credentials_in_plain_text')
  assert.deepEqual(proxy.asked, ['GET http://vendor.test/headers'])
  proxy.refusal = 407
  const { failure } = await askWith({ headers: [] })
  assert.equal(failure?.code, 'proxy_failed')
  assert.match(failure?.message, /^the proxy 127\.0\.0\.1:\d+ answered 407 where it was to ask vendor\.test:80$/)
})

test('a redirect to another host takes no credentials along: its answer is given as it is', async () => {
  const { told, body } = await ask({
    text: sealTicket(ticketKey, ticket({}, 'GET', '/redirect?to=http://other.example')),
    path: '/redirect?to=http://other.example',
  })
  assert.deepEqual([told.ok.status, body], [302, ''])
})

test('the worker makes requests of its own through its gateway, by the same rules for addresses', async () => {
  const gateway = givenGateway({ allow: ['127.0.0.0/8'] })
  parts.defer(() => gateway.close())
  const request = { method: 'POST', headers: {}, body: 'grant', owner: 'tokens', timeoutMs: 5_000, maxBytes: 1_000 }
  const { status, body } = await gateway.fetch({ ...request, url: `${outside.url}/echo` })
  assert.deepEqual([status, body], [200, 'grant'])
  assert.equal((await gateway.fetch({ ...request, url: `${outside.url}/redirect?to=/echo`, method: 'GET', body: null })).status, 302)
  await assert.rejects(gateway.fetch({ ...request, url: `${outside.url}/big?bytes=2000` }), { code: 'response_too_long' })
  await assert.rejects(gateway.fetch({ ...request, url: 'https://10.1.2.3/token' }), { code: 'egress_refused' })
  const declared = { integration: 'halo', hosts: ['api.example.com'] }
  const undeclared = { code: 'egress_refused', message: /halo may not connect to evil\.example/ }
  await assert.rejects(gateway.fetch({ ...request, url: 'https://evil.example/token', declared }), undeclared)
  await assert.rejects(gateway.fetch({ ...request, url: `${outside.url}/silent`, timeoutMs: 200 }), { name: 'TimeoutError' })
  const lost = assert.rejects(gateway.fetch({ ...request, url: `${outside.url}/silent` }), { code: 'gateway_lost' })
  await until('it is under way', () => outside.requests.filter(({ path }) => path === '/silent').length === 2)
  process.kill(gateway.pid ?? assert.fail(), 'SIGKILL')
  await lost
  assert.equal((await gateway.fetch({ ...request, url: `${outside.url}/echo` })).status, 200)
})

test('an origin that is none is refused, and not remembered', async () => {
  const pass = passOf('execution-1')
  const head = { method: 'GET', origin: `http://${'a'.repeat(200_000)}.test`, path: '/', headers: [] }
  const stream = wire.open(JSON.stringify({ kind: 'request', head, pass, hasBody: false } satisfies Opening))
  assert.equal(await new Promise((resolve) => (stream.handler = { onHead: assert.fail, onClose: resolve })), false)
})

test('a runner has so much of paths and headers under way, also of what it gave up', async () => {
  const held = new Set<Socket>()
  const silent = createServer((socket) => void held.add(socket.on('error', () => {})))
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  parts.defer(() => void silent.close())
  const origin = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const pass = passOf('execution-1')
  const head = { method: 'GET', origin, path: '/', headers: ['x-long', 'a'.repeat(10_000)] }
  const asked = { kind: 'request', head, pass, hasBody: false } satisfies Opening
  const under: LaneStream[] = []
  const refused: string[] = []
  for (let index = 0; index < 500; index++) {
    const stream = wire.open(JSON.stringify(asked))
    stream.handler = { onHead: (said) => void refused.push(said) }
    stream.end()
    under.push(stream)
    if (index % 50 === 0) await setImmediate()
  }
  await until('the last are refused', () => refused.length > 50)
  assert.equal(JSON.parse(refused[0] ?? '').failure.code, 'EMFILE')
  assert.ok(refused.length < 150, 'and no others')
  // Those that wait for a connection are kept until it is their turn, the one that still wants them.
  for (const stream of under) stream.cancel()
  const freeing = setInterval(() => {
    for (const socket of held) socket.destroy()
  }, 10)
  try {
    await until('there is room again', async () => (await ask({ headers: ['x-long', 'a'.repeat(10_000)] })).told.ok !== undefined)
  } finally {
    clearInterval(freeing)
  }
})

test('connections that hold more than there is room for fail with a code that libraries know, and another runner is answered', async () => {
  const sockets = new Set<Socket>()
  const stuck = createServer({ pauseOnConnect: true }, (socket) => sockets.add(socket.on('error', () => {}))).listen(0, '127.0.0.1')
  parts.defer(() => {
    for (const socket of sockets) socket.destroy()
    stuck.close()
  })
  await once(stuck, 'listening')
  const { port } = stuck.address() as AddressInfo
  const held = new HeldBytes(1024 * 1024)
  const [greedy, other] = [
    await openWire('runner-1', new Tickets(ticketKey), held),
    await openWire('runner-1', new Tickets(ticketKey), held),
  ]
  const failures: string[] = []
  const head = { host: '127.0.0.1', port, family: 0 }
  const opening: Opening = { kind: 'tunnel', head, pass: passOf('execution-1'), hasBody: true }
  for (let count = 0; count < 400; count++) {
    const stream = greedy.open(JSON.stringify(opening))
    const note = (told: string) => void (told.includes('ENOBUFS') && failures.push(told))
    stream.handler = { onHead: note, onEnd: note }
    stream.send(Buffer.alloc(256 * 1024))
  }
  await until('some are given up', () => failures.length > 0)
  assert.match(failures[0] ?? '', /"code":"ENOBUFS".*"syscall":"write"/)
  assert.equal((await ask({ on: other, text: sealTicket(ticketKey, ticket()) })).told.ok.status, 201)
})
