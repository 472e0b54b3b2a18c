import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Gateway } from '../src/gateway/gateway.ts'
import { testCertificate, unknownCertificate } from '../testing/certificates.ts'
import { givenGateway } from '../testing/given-gateway.ts'
import { givenRunners } from '../testing/given-runner.ts'
import { numbered, type OutsideWorld, startOutsideWorld, startUpgradingServer } from '../testing/outside-world.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'
import { until } from '../testing/until.ts'

// Author code in real runners, through a real gateway, to real servers.

const parts = new AsyncDisposableStack()
let gateway: Gateway
let runners: Awaited<ReturnType<typeof givenRunners>>
let outside: OutsideWorld
let secure: OutsideWorld
let mail: { port: number }

before(async () => {
  const directory = parts.use(await temporaryDirectory())
  const file = join(directory.path, 'authorities.pem')
  await writeFile(file, testCertificate.cert)
  // The gateway's Node reads it at its start.
  process.env.NODE_EXTRA_CA_CERTS = file
  gateway = givenGateway({ certificates: [testCertificate.cert] })
  runners = parts.use(await givenRunners({ gateway }))
  outside = parts.use(await startOutsideWorld())
  secure = parts.use(await startOutsideWorld('127.0.0.1', testCertificate))
  mail = parts.use(await startUpgradingServer(testCertificate))
})
after(() => parts.disposeAsync())

const lastOf = (world: OutsideWorld) => world.requests.at(-1)

test('fetch sends and receives what it does without a gateway', async () => {
  const init = { method: 'PUT', headers: { authorization: 'Bearer secret', 'x-own': 'yes' }, body: 'body' }
  const answer = await runners.run('fetched', { url: `${outside.url}/headers`, init })
  assert.equal(answer.status, 201)
  assert.equal(answer.headers['x-latin'], 'caf\xe9')
  assert.deepEqual(answer.cookies, ['a=1', 'b=2'])
  const sent = JSON.parse(answer.text)
  assert.deepEqual([sent['x-own'], sent['content-length'], sent.authorization], ['yes', '4', 'Bearer secret'])
  assert.deepEqual(
    Object.keys(sent).filter((name) => name.startsWith('crosswalk')),
    [],
  )
  assert.equal((await runners.run('fetched', { url: `${outside.url}/gzip` })).text, 'packed')
  assert.equal((await runners.run('fetched', { url: `${outside.url}/br` })).text, 'packed')
  const head = await runners.run('fetched', { url: `${outside.url}/hello`, init: { method: 'HEAD' } })
  assert.deepEqual([head.status, head.text], [200, ''])
})

test('an answer without bytes ends', async () => {
  for (const method of ['GET', 'POST', 'DELETE', 'GET', 'GET']) {
    const { status, text } = await runners.run('fetched', { url: `${outside.url}/empty`, init: { method } })
    assert.deepEqual([status, text], [200, ''])
  }
})

test('a body of many pieces goes out while its answer comes in', async () => {
  assert.deepEqual(await runners.run('echoed', { url: `${outside.url}/echo` }), { bytes: 20_000_000, isSame: true })
})

test('fetch follows redirects, and takes no credentials to another host', async () => {
  const init = { headers: { authorization: 'Bearer secret', cookie: 'session=1' } }
  await using other = await startOutsideWorld()
  const same = await runners.run('fetched', { url: `${outside.url}/redirect?to=/headers`, init })
  assert.equal(JSON.parse(same.text).authorization, 'Bearer secret')
  const crossed = await runners.run('fetched', { url: `${outside.url}/redirect?to=${other.url}/hello`, init })
  assert.deepEqual([crossed.text, crossed.redirected, crossed.url], ['hello', true, `${other.url}/hello`])
  assert.deepEqual([lastOf(other)?.headers.authorization, lastOf(other)?.headers.cookie], [undefined, undefined])
})

test('connections that are kept for later are bounded, also where each is to another origin', async () => {
  await using everywhere = await startOutsideWorld('0.0.0.0')
  let peak = 0
  const looking = setInterval(async () => {
    peak = Math.max(peak, await everywhere.connections())
  }, 20)
  try {
    assert.equal(await runners.run('many_origins', { port: everywhere.port }), 600)
    assert.ok((await everywhere.connections()) > 0)
  } finally {
    clearInterval(looking)
  }
  assert.ok(peak <= 256, `${peak} connections`)
})

test('an abort ends the request at the vendor, before and during its answer', async () => {
  const before = await runners.run('aborted', { url: `${outside.url}/silent`, when: 'soon' })
  assert.equal(before.name, 'AbortError')
  const late = await runners.run('aborted', { url: `${outside.url}/silent`, when: 'late' })
  assert.equal(late.name, 'TimeoutError')
  const during = await runners.run('aborted', { url: `${outside.url}/slow`, when: 'body' })
  assert.equal(during.name, 'AbortError')
  await using own = await startOutsideWorld()
  await runners.run('aborted', { url: `${own.url}/slow`, when: 'body' })
  await until('the connection is closed', async () => (await own.connections()) === 0)
})

test('an answer that breaks off, a refused connection and an unknown host say so with the codes of Node', async () => {
  const broken = await runners.run('failing', { url: `${outside.url}/broken` }).catch((error) => error)
  assert.equal(broken, null, 'its head came')
  await assert.rejects(runners.run('fetched', { url: `${outside.url}/broken` }), { code: 'UND_ERR_SOCKET' })
  await using gone = await startOutsideWorld()
  const { url } = gone
  await gone[Symbol.asyncDispose]()
  const refused = await runners.run('failing', { url })
  assert.equal(refused.cause, 'ECONNREFUSED')
  assert.match(refused.message, /could not be reached: the connection was refused/)
  const client = await runners.run('failing_client', { url })
  assert.equal(client.code, 'ECONNREFUSED')
  const unknown = await runners.run('failing', { url: 'http://no-such-host.invalid/' })
  assert.match(unknown.cause, /^(ENOTFOUND|EAI_AGAIN)$/)
})

test('libraries on node:http and node:https work, with agents that keep connections', async () => {
  for (const world of [outside, secure]) {
    const [first, second] = await runners.run('clients', { url: `${world.url}/echo` })
    assert.deepEqual([first.status, second.status, second.text], [200, 200, 'hello'])
    const [one, two] = world.requests.slice(-2)
    assert.equal(one?.port, two?.port, 'both came over one connection')
  }
})

test('HTTPS trusts what Node and the operator trust, in fetch and in node:https', async () => {
  assert.equal((await runners.run('fetched', { url: `${secure.url}/hello` })).text, 'hello')
  await using distrusted = await startOutsideWorld('127.0.0.1', unknownCertificate)
  assert.equal((await runners.run('failing', { url: distrusted.url })).cause, 'DEPTH_ZERO_SELF_SIGNED_CERT')
  assert.equal((await runners.run('failing_client', { url: distrusted.url })).code, 'DEPTH_ZERO_SELF_SIGNED_CERT')
})

test('a connection is upgraded to TLS in the middle, as mail libraries do', async () => {
  const mailed = await runners.run('upgraded', { host: '127.0.0.1', port: mail.port })
  assert.deepEqual(mailed, {
    greeting: '220 ready for mail',
    ready: '220 go ahead',
    answer: '250 heard EHLO client',
    authorized: true,
    protocol: 'TLSv1.3',
    remote: '127.0.0.1',
  })
})

test('a socket has the events and counts of Node', async () => {
  const socket = await runners.run('connected', { host: '127.0.0.1', port: mail.port })
  assert.equal(socket.isSocket, true)
  assert.deepEqual(socket.events.slice(0, 2), ['connect', 'ready'])
  assert.deepEqual(socket.events.slice(-2), ['end', 'close'])
  assert.deepEqual([socket.read >= 20, socket.written], [true, 3])
})

test('HTTP/2 and WebSocket work', async () => {
  const server = createServer((_request, response) => response.end('over h2'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const text = await runners.run('http2_client', { url: `http://127.0.0.1:${port}` }).finally(() => server.close())
  assert.equal(text, 'over h2')
  assert.equal(await runners.run('web_socket', { url: outside.url.replace('http', 'ws') }), 'over the wire')
})

test('a request whose headers are too large is refused by a code that libraries know, and the next is made', async () => {
  const init = { headers: { 'x-large': 'x'.repeat(300_000) } }
  await assert.rejects(runners.run('fetched', { url: `${outside.url}/hello`, init }), { code: 'UND_ERR_HEADERS_OVERFLOW' })
  assert.equal((await runners.run('fetched', { url: `${outside.url}/hello` })).text, 'hello')
})

test('sixty-four streams at once all arrive', async () => {
  const lengths = await runners.run('parallel', { url: `${outside.url}/big?bytes=500000` })
  assert.deepEqual(lengths, Array(64).fill(500_000))
})

test('answers that come at once, and are read fast or slowly, have their own bytes', async () => {
  const [bytes, count] = [3_000_000, 12]
  const digests = await runners.run('mixed', { url: `${outside.url}/numbered?bytes=${bytes}`, count })
  const digestOf = (from: number) => createHash('sha256').update(numbered(bytes, from)).digest('hex')
  assert.deepEqual(
    digests,
    Array.from({ length: count }, (_, index) => digestOf(index * 1_000_000)),
  )
})

test('a large answer passes in bounded memory', async () => {
  const { bytes, grownMb } = await runners.run('downloaded', { url: `${outside.url}/big?bytes=200000000` })
  assert.equal(bytes, 200_000_000)
  assert.ok(grownMb < 80, `the runner grew by ${grownMb} MB`)
  if (process.platform !== 'linux') return
  const status = await readFile(`/proc/${gateway.pid}/status`, 'utf8')
  const peakMb = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1_024
  assert.ok(peakMb < 200, `the gateway took ${peakMb} MB`)
})
