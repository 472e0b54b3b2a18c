import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type TestCertificate, testCertificate, unknownCertificate, vendorCertificate } from '../../../testing/certificates.ts'
import { givenGateway } from '../../../testing/given-gateway.ts'
import { type OutsideWorld, startOutsideWorld } from '../../../testing/outside-world.ts'
import { startProxy, type TestProxy } from '../../../testing/proxy.ts'
import { temporaryDirectory } from '../../../testing/temporary-directory.ts'
import type { Gateway } from '../gateway.ts'

const parts = new AsyncDisposableStack()
let proxy: TestProxy
let gateway: Gateway
let plain: OutsideWorld
let secure: OutsideWorld

before(async () => {
  const directory = parts.use(await temporaryDirectory())
  const file = join(directory.path, 'authorities.pem')
  await writeFile(file, `${vendorCertificate.cert}\n${testCertificate.cert}`)
  plain = parts.use(await startOutsideWorld())
  secure = parts.use(await startOutsideWorld('127.0.0.1', vendorCertificate))
  const authorization = `Basic ${Buffer.from('me:hush').toString('base64')}`
  proxy = parts.use(await startProxy(authorization, { secure: secure.port, plain: plain.port }))
  const url = proxy.url.replace('//', '//me:hush@')
  // The gateway reads them at its start.
  Object.assign(process.env, { HTTPS_PROXY: url, HTTP_PROXY: url, NO_PROXY: 'direct.test', NODE_EXTRA_CA_CERTS: file })
  gateway = givenGateway({ allow: ['127.0.0.0/8', 'plain.test'] })
  parts.defer(() => gateway.close())
})
after(() => parts.disposeAsync())

const ask = (url: string) =>
  gateway.fetch({ method: 'GET', url, headers: {}, body: null, owner: 'acme', timeoutMs: 5_000, maxBytes: 1_000 })

test('requests go through the proxy of the operator: over https: in a connection of their own, over http: as its requests', async () => {
  assert.equal((await ask('https://vendor.test/hello')).body, 'hello')
  assert.equal((await ask('http://plain.test/hello')).body, 'hello')
  assert.equal((await ask(`${plain.url}/hello`)).body, 'hello', 'this machine is reached directly')
  assert.deepEqual(proxy.asked, ['CONNECT vendor.test:443', 'GET http://plain.test/hello'])
  assert.equal(plain.requests[0]?.headers['proxy-authorization'], undefined)
})

test('what can be judged without looking a name up is judged, and the proxy is not asked', async () => {
  proxy.asked.length = 0
  for (const host of ['10.1.2.3', '0x0a.1', '[fd00::1]', 'psa', 'metadata.google.internal', 'printer.local'])
    await assert.rejects(ask(`https://${host}/`), { code: 'egress_refused' }, host)
  await assert.rejects(ask('http://vendor.test/'), /over http:, where others can read them/)
  await assert.rejects(ask('https://direct.test/'), { code: /ENOTFOUND|EAI_AGAIN/ })
  assert.deepEqual(proxy.asked, [])
})

test('a proxy that does not connect is told as such', async () => {
  proxy.refusal = 403
  await assert.rejects(ask('https://vendor.test/'), {
    code: 'proxy_failed',
    message: /^the proxy 127\.0\.0\.1:\d+ answered 403 where it was/,
  })
})

test('a proxy may speak TLS itself, with a certificate that is trusted', async () => {
  const askThrough = async (certificate: TestCertificate) => {
    await using own = await startProxy(undefined, { secure: secure.port, plain: plain.port }, certificate)
    process.env.HTTPS_PROXY = own.url
    const through = givenGateway({ allow: [] })
    await using stack = new AsyncDisposableStack()
    stack.defer(() => through.close())
    const request = { method: 'GET', url: 'https://vendor.test/hello', headers: {}, body: null, owner: 'acme' }
    const { body } = await through.fetch({ ...request, timeoutMs: 5_000, maxBytes: 1_000 })
    return [body, own.asked]
  }
  assert.deepEqual(await askThrough(testCertificate), ['hello', ['CONNECT vendor.test:443']])
  await assert.rejects(askThrough(unknownCertificate), { code: 'proxy_failed', message: /made no secure connection: self-signed/ })
})
