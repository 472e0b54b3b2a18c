import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { connect as connectPlainly } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { connect } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { testCertificate, unknownCertificate } from '../../../testing/certificates.ts'
import { temporaryDirectory } from '../../../testing/temporary-directory.ts'
import { createTestApp, type TestApp, testAdminKey, testLogger } from '../../../testing/test-app.ts'
import { until } from '../../../testing/until.ts'
import { browserAuthentication } from '../../access/sessions.ts'
import { buildApp } from '../../processes/app.ts'
import { requireSafeListening } from '../../processes/safe-listening.ts'
import { signInToken } from '../../processes/sign-in-token.ts'
import { StartError } from '../start-error.ts'
import { type Certificate, namedUrl, readCertificate } from './certificate.ts'
import { renewCertificate } from './secure-serving.ts'

const certificateOf = ({ cert, key }: { cert: string; key: string }): Certificate => ({ cert: Buffer.from(cert), key: Buffer.from(key) })
const first = certificateOf(testCertificate)
const second = certificateOf(unknownCertificate)
const fingerprintOf = ({ cert }: Certificate) => new X509Certificate(cert).fingerprint256

let api: TestApp
let app: FastifyInstance
let url: string
let port: number

before(async () => {
  api = await createTestApp()
  const { db, notifications, keyring } = api
  const authenticate = browserAuthentication(db, testAdminKey)
  app = await buildApp({ db, notifications, keyring, authenticate, logger: testLogger, certificate: first, maxEventLoopDelayMs: 0 })
  url = await app.listen({ host: '127.0.0.1', port: 0 })
  port = Number(new URL(url).port)
})
after(async () => {
  await app.close()
  await api[Symbol.asyncDispose]()
})

async function ask(agent: Agent, path: string, options: { method?: string; body?: object; headers?: Record<string, string> } = {}) {
  const { method = 'GET', body, headers } = options
  const asked = request(`${url}${path}`, {
    agent,
    method,
    ca: testCertificate.cert,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
  })
  asked.end(body ? JSON.stringify(body) : undefined)
  const [answer] = await once(asked, 'response')
  answer.resume()
  await once(answer, 'end')
  return { status: answer.statusCode, headers: answer.headers, isReused: asked.reusedSocket }
}

async function servedFingerprint(): Promise<string | undefined> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const fingerprint = socket.getPeerX509Certificate()?.fingerprint256
  socket.destroy()
  return fingerprint
}

test('over TLS a session’s cookie is secure and of this host, and the browser is told to stay with TLS', async () => {
  using agent = Object.assign(new Agent(), { [Symbol.dispose]: () => agent.destroy() })
  assert.match(url, /^https:/)
  const answer = await ask(agent, '/api/session', {
    method: 'POST',
    body: { api_key: testAdminKey },
    // A word of the client's own changes nothing.
    headers: { 'x-requested-with': 'crosswalk', 'x-forwarded-proto': 'http' },
  })
  assert.match(String(answer.headers['set-cookie']), /^__Host-crosswalk_session=.*; HttpOnly; SameSite=Strict; .*; Secure$/)
  assert.equal(answer.headers['strict-transport-security'], 'max-age=31536000')
})

test('a link to sign in is made over TLS for a certificate of any name, and only where it is the own one', async () => {
  assert.match((await signInToken(url, testAdminKey, first)) ?? '', /^\S{20,}$/)
  assert.equal(await signInToken(url, testAdminKey, second), undefined)
})

test('plain HTTP on a port with TLS is closed without an answer', async () => {
  const socket = connectPlainly(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n')
  let text = ''
  socket.on('data', (part) => {
    text += part.toString('latin1')
  })
  await once(socket, 'close')
  assert.doesNotMatch(text, /HTTP/)
})

test('a renewed certificate is served within moments, half a renewal changes nothing, and open connections stay', async () => {
  await using place = await temporaryDirectory()
  const files = { certificateFile: join(place.path, 'cert.pem'), keyFile: join(place.path, 'key.pem') }
  const write = async ({ cert, key }: Partial<Certificate>) => {
    if (cert) await writeFile(files.certificateFile, cert)
    if (key) await writeFile(files.keyFile, key)
  }
  await write(first)
  const lines: string[] = []
  const logger = pino({}, { write: (line) => void lines.push(line) })
  const renewal = renewCertificate({ server: app.server, files, certificate: await readCertificate(files), logger, lookEveryMs: 10 })
  using agent = Object.assign(new Agent({ keepAlive: true, maxSockets: 1 }), { [Symbol.dispose]: () => agent.destroy() })
  try {
    assert.equal((await ask(agent, '/healthz')).status, 200)
    await write({ cert: second.cert })
    await until('half a renewal is told', () => lines.some((line) => line.includes('certificate not renewed')))
    assert.equal(await servedFingerprint(), fingerprintOf(first))
    await write({ key: second.key })
    await until('the new one is served', async () => (await servedFingerprint()) === fingerprintOf(second))
    const { status, isReused } = await ask(agent, '/healthz')
    assert.deepEqual([status, isReused], [200, true])
    assert.doesNotMatch(lines.join(''), /PRIVATE KEY/)
  } finally {
    renewal.close()
  }
})

test('a version of TLS before 1.2 is refused, after a renewal too', async () => {
  const offered = (version: 'TLSv1.1' | 'TLSv1.2') =>
    new Promise<string>((resolve) => {
      const limits = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }
      const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...limits })
      socket.once('secureConnect', () => resolve(socket.getProtocol() ?? ''))
      socket.once('error', ({ message }) => resolve(message))
      socket.once('close', () => resolve('closed'))
      socket.once('secureConnect', () => socket.destroy())
    })
  assert.match(await offered('TLSv1.1'), /alert protocol version/)
  assert.equal(await offered('TLSv1.2'), 'TLSv1.2')
})

test('a certificate and a key that are no pair are refused with what to do', async () => {
  await using place = await temporaryDirectory()
  const files = { certificateFile: join(place.path, 'cert.pem'), keyFile: join(place.path, 'key.pem') }
  await writeFile(files.certificateFile, first.cert)
  await writeFile(files.keyFile, second.key)
  await assert.rejects(
    readCertificate(files),
    (error) => error instanceof StartError && error.code === 'certificate_not_usable' && /do not go together/.test(error.message),
  )
})

test('the address that people are told has the name that the certificate is for', () => {
  assert.equal(namedUrl('https://127.0.0.1:7071', first, ['crosswalk.example.com', 'localhost']), 'https://localhost:7071')
  assert.equal(namedUrl('https://127.0.0.1:7071', first, ['crosswalk.example.com']), 'https://127.0.0.1:7071')
})

test('beyond this machine it listens with TLS, behind a proxy, or where the risk is taken', () => {
  const open = { host: '0.0.0.0', tls: null, trustedProxies: [], allowsPlainHttp: false }
  for (const host of ['0.0.0.0', '::', '192.168.1.5', 'crosswalk.example.com'])
    assert.throws(
      () => requireSafeListening({ ...open, host }),
      (error) => error instanceof StartError && error.code === 'plain_http_refused',
      host,
    )
  for (const host of ['127.0.0.1', '127.0.0.2', '::1', 'localhost']) requireSafeListening({ ...open, host })
  requireSafeListening({ ...open, allowsPlainHttp: true })
  requireSafeListening({ ...open, trustedProxies: ['10.0.0.5'] })
  requireSafeListening({ ...open, tls: { certificateFile: '/cert.pem', keyFile: '/key.pem' } })
})
