import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Gateway } from '../src/gateway/gateway.ts'
import type { Refused } from '../src/gateway/messages/messages.ts'
import { bytesHead, creditFrame, frameHeadBytes, frameKinds, textFrame } from '../src/protocol/lane-frames.ts'
import { networkDescriptors } from '../src/protocol/network.ts'
import { givenGateway } from '../testing/given-gateway.ts'
import { givenRunners } from '../testing/given-runner.ts'
import { type OutsideWorld, startOutsideWorld } from '../testing/outside-world.ts'
import { until } from '../testing/until.ts'

// Where author code may not connect to, and what it may not do to the gateway: real runners, a real gateway.

const parts = new AsyncDisposableStack()
const refused: Refused[] = []
let gateway: Gateway
let runners: Awaited<ReturnType<typeof givenRunners>>
let outside: OutsideWorld
let platform: OutsideWorld

before(async () => {
  outside = parts.use(await startOutsideWorld())
  platform = parts.use(await startOutsideWorld())
  gateway = givenGateway({
    allow: [`127.0.0.1:${outside.port}`, '127.0.0.4/32'],
    ownPorts: [platform.port],
    onRefused: (report) => refused.push(report),
  })
  runners = parts.use(await givenRunners({ gateway }))
})
after(() => parts.disposeAsync())

test('a refusal says where, why and what to do', async () => {
  const told = await runners.run('failing', { url: 'http://10.1.2.3/customers?token=1' })
  assert.match(
    told.message,
    /^GET http:\/\/10\.1\.2\.3\/customers could not be reached: Author code may not connect to 10\.1\.2\.3:80: it is a private address\. If it is meant, the operator adds 10\.1\.2\.3 to CROSSWALK_EGRESS_ALLOW/,
  )
  const { code, details } = await runners.run('fetched', { url: 'http://10.1.2.3/' }).catch((error) => error)
  assert.equal(code, 'egress_refused')
  assert.partialDeepStrictEqual(details, { host: '10.1.2.3', port: 80, address: '10.1.2.3', reason: 'address_not_public' })
  const report = await until('it is reported', () => refused.find(({ host }) => host === '10.1.2.3'))
  assert.deepEqual([report.port, report.times, report.name, report.organizationId], [80, 1, 'failing', null])
})

test('what is not of the internet is refused in every spelling, by fetch, by sockets and by look-ups', async () => {
  const { port } = platform
  const hosts = [
    ...['127.0.0.1', '127.1', '2130706433', '0x7f.1', '0177.0.0.1', '0.0.0.0', 'localhost', 'localhost.', 'LOCALHOST'],
    ...[
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[64:ff9b::10.0.0.1]',
      '[64:ff9b:1::a00:1]',
    ],
    ...['[2002:7f00:1::]', '[2002:a00:1::1]', '[2001:0:7f00:1::1]', '[fe80::1]', '[fd00:ec2::254]', '[fec0::1]', '[ff02::1]', '[100::1]'],
    ...['10.0.0.1', '172.16.0.1', '192.168.0.1', '169.254.169.254', '100.64.0.1', '168.63.129.16', '192.0.2.1', '198.18.0.1', '224.0.0.1'],
    ...['240.0.0.1', '255.255.255.255'],
  ]
  for (const host of hosts) {
    const told = await runners.run('failing', { url: `http://${host}:${port}/hello` })
    assert.equal(told.cause, 'egress_refused', `${host}: ${JSON.stringify(told)}`)
    const bare = host.replace(/[[\]]/g, '')
    const socket = await runners.run('connected', { host: bare, port })
    assert.deepEqual(socket.events.includes('egress_refused'), true, `${bare}: ${socket.events}`)
  }
  assert.deepEqual(platform.requests, [])
  await assert.rejects(runners.run('looked_up', { host: 'localhost' }), { code: 'egress_refused' })
})

test('what the operator lists is allowed, as far as it is listed', async () => {
  assert.equal((await runners.run('fetched', { url: `${outside.url}/hello` })).text, 'hello')
  const mapped = await runners.run('fetched', { url: `http://[::ffff:127.0.0.1]:${outside.port}/hello` })
  assert.equal(mapped.text, 'hello')
  assert.equal((await runners.run('failing', { url: platform.url })).cause, 'egress_refused', 'another port of the same address')
})

test('ports of the platform itself need to be listed with their number', async () => {
  const own = await startOutsideWorld('127.0.0.4')
  parts.use(own)
  assert.equal((await runners.run('fetched', { url: `${own.url}/hello` })).text, 'hello')
  const told = await runners.run('failing', { url: `http://127.0.0.4:${platform.port}/` })
  assert.match(told.message, /the platform itself listens there/)
})

test('a port on which the platform listens only later is refused from then on, to runners that were there before', async () => {
  await using late = await startOutsideWorld('127.0.0.4')
  const isRefused = async () => {
    const { events } = await runners.run('connected', { host: '127.0.0.4', port: late.port })
    return events.includes('egress_refused')
  }
  assert.equal(await isRefused(), false)
  gateway.protect(late.port)
  await until('its gateway knows it', isRefused)
})

test('a redirect to where it may not go is refused', async () => {
  const to = encodeURIComponent(`${platform.url}/hello`)
  const told = await runners.run('failing', { url: `${outside.url}/redirect?to=${to}` })
  assert.equal(told.cause, 'egress_refused')
  assert.deepEqual(platform.requests, [])
})

test('socket files, listening and datagrams are refused', async () => {
  const told = await runners.run('refusals')
  for (const name of ['unix', 'unix http', 'tls unix']) assert.equal(told[name].code, 'egress_refused', name)
  for (const name of ['listen', 'listen unix', 'udp']) assert.equal(told[name].code, 'ERR_ACCESS_DENIED', name)
})

test('an integration that declares hosts is held to them', async () => {
  const test = (url: string) =>
    runners.run(
      '',
      {},
      {
        kind: 'connection_test',
        name: 'declaring',
        input: { mapping: { id: null, external_org_id: '1', external_org_name: 'One', mapping_data: { url } } },
      },
    )
  const { code, details } = await test('https://elsewhere.example/').catch((error) => error)
  assert.equal(code, 'egress_refused')
  assert.partialDeepStrictEqual(details, {
    integration_name: 'declaring',
    host: 'elsewhere.example',
    port: 443,
    reason: 'host_not_declared',
  })
  for (const host of ['declared.example', 'api.declared.example', 'DECLARED.example.'])
    await assert.rejects(test(`https://${host}/`), ({ code }: { code: string }) => code !== 'egress_refused', host)
  await assert.rejects(test('https://undeclared.example/'), { code: 'egress_refused' })
  assert.deepEqual((await test(`${outside.url}/hello`)).message, 'hello', 'what the operator lists is allowed to all')
})

test('the call that is under way when the gateway ends fails, and the next one works', async () => {
  const { ended } = runners.start('twice', { url: outside.url })
  await until('the call is under way', () => outside.requests.some(({ path }) => path === '/silent'))
  const { pid } = gateway
  process.kill(Number(pid), 'SIGKILL')
  const told = await ended
  assert.ok('outcome' in told && told.outcome.ok, JSON.stringify(told))
  assert.partialDeepStrictEqual(told.outcome.value, { first: { cause: 'gateway_lost' }, second: 'hello' })
  assert.notEqual(gateway.pid, pid)
  await assert.rejects(
    async () => {
      const held = runners.start('held', { url: `${outside.url}/slow` })
      await until('its answer begins', () => held.lines.length > 0)
      process.kill(Number(gateway.pid), 'SIGKILL')
      const end = await held.ended
      if ('outcome' in end && !end.outcome.ok) throw Object.assign(new Error(), end.outcome.error)
    },
    { code: 'gateway_lost' },
  )
})

test('a runner that has outlived as many gateways as it has lanes is followed by another', async () => {
  const mortal = givenGateway()
  await using lost = await givenRunners({ gateway: mortal })
  const silent = () => outside.requests.filter(({ path }) => path === '/silent').length
  let runner: unknown
  for (const lane of networkDescriptors.keys()) {
    const before = silent()
    const call = lost.start('twice', { url: outside.url })
    await until('the call is under way', () => silent() > before)
    runner ??= (await call.session).runner
    assert.equal((await call.session).runner, runner)
    process.kill(Number(mortal.pid), 'SIGKILL')
    const told = await call.ended
    assert.ok('outcome' in told)
    const isLast = lane === networkDescriptors.length - 1
    if (isLast) assert.equal(told.outcome.ok ? null : told.outcome.error.code, 'gateway_lost')
    else assert.partialDeepStrictEqual(told.outcome, { ok: true, value: { first: { cause: 'gateway_lost' }, second: 'hello' } })
  }
  assert.equal((await lost.run('fetched', { url: `${outside.url}/hello` })).text, 'hello')
})

test('the connections of a runner end with it', async () => {
  await using own = await startOutsideWorld()
  const others = givenGateway()
  await using lost = await givenRunners({ gateway: others })
  const { session, lines } = lost.start('held', { url: `${own.url}/slow` })
  await until('its answer begins', () => lines.length > 0)
  assert.equal(await own.connections(), 1)
  ;(await session).runner.kill('crashed')
  await until('its connection is closed', async () => (await own.connections()) === 0)
})

test('whatever a runner writes to the gateway, only its own connection ends', async () => {
  const asked = JSON.stringify({ kind: 'tunnel', head: { host: '127.0.0.1', port: 1, family: 0 }, hasBody: true })
  const open = textFrame(frameKinds.open, 5_000, asked)
  const piece = (bytes: number) => Buffer.concat([bytesHead(5_000, bytes), Buffer.alloc(bytes)])
  const attacks: Record<string, [Buffer, number]> = {
    garbage: [randomBytes(4_096), 200],
    'a flood of cancels': [Buffer.concat(Array(100).fill(textFrame(frameKinds.cancel, 1))), 2_000],
    'a stream twice': [open, 2],
    'half a head': [Buffer.alloc(3), 1],
    'a frame of four gigabytes': [Buffer.alloc(frameHeadBytes, 0xff), 1],
    'more bytes than it may': [Buffer.concat([open, piece(60_000), piece(60_000), piece(60_000)]), 1],
    'more credit than it took': [Buffer.concat([open, creditFrame(5_000, 2 ** 32 - 1)]), 1],
    'an answer in place of a question': [Buffer.concat([open, textFrame(frameKinds.head, 5_000, '{}')]), 1],
    'bytes of a stream that is none': [Buffer.concat([bytesHead(9_000, 1), Buffer.alloc(1)]), 1],
  }
  for (const [name, [bytes, times]] of Object.entries(attacks)) {
    await using attacker = await givenRunners({ gateway: shared(gateway) })
    const told = await attacker.run('hostile', { hex: bytes.toString('hex'), times, url: `${outside.url}/hello` })
    assert.notEqual(told.after, 200, name)
    assert.equal((await runners.run('fetched', { url: `${outside.url}/hello` })).text, 'hello', `others after ${name}`)
  }
})

/** One gateway for several pools: none of them closes it. */
function shared(of: Gateway): Gateway {
  return new Proxy(of, {
    get: (target, name) => {
      if (name === 'close') return async () => {}
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
