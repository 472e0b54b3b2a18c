import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { answer, type SimulatedVendor, simulateVendor } from '@crosswalk/sdk/testing'
import { type TestCertificate, unknownCertificate, vendorCertificate } from '../testing/certificates.ts'
import { startProcesses, type TestProcesses } from '../testing/processes.ts'
import { startProxy, type TestProxy } from '../testing/proxy.ts'
import { temporaryWorkspace } from '../testing/temporary-workspace.ts'
import { expiredCertificate, ofOperatorsAuthority, ofUnknownAuthority, operatorsAuthority } from '../testing/vendor-certificates.ts'

// `context.http` from an integration's code to a vendor, with a real worker, gateway and runner: the credentials are never in the runner.

const secret = 'a-key-that-nobody-may-see-4711'

const integration = `
import { BaseIntegration, connectionFailure } from '@crosswalk/sdk'

class Client {
  #http
  #id
  constructor(http, id) { this.#http = http; this.#id = id }
  async users() { return this.#http.get('/organizations/' + encodeURIComponent(this.#id) + '/users') }
  async headers() { return this.#http.get('/headers', { headers: { 'x-mine': 'yes', authorization: 'mine' } }) }
}

export class Desk extends BaseIntegration {
  static integrationName = 'desk'
  static secrets = { desk_key: { label: 'API key', required: true } }
  static config = { desk_url: { label: 'API URL' } }
  static hosts = []
  static credentials = 'named'
  supportsOrgMapping() { return true }
  #http() {
    return this.context.http({ baseUrl: { config: 'desk_url' }, auth: { bearer: { secret: 'desk_key' } }, limits: [{ requests: 10000, perMs: 1000 }] })
  }
  async *listOrganizations() {
    for await (const page of this.#http().pages('/organizations', { items: 'items', next: { page: 'page' }, total: 'total' }))
      yield page.map(({ id, name }) => ({ id: String(id), name }))
  }
  async getClient(mapping) { return new Client(this.#http(), mapping.externalOrgId) }
  async testConnection(mapping) {
    try {
      await (await this.getClient(mapping)).users()
      return { success: true, message: 'Connected' }
    } catch (error) {
      return connectionFailure(error)
    }
  }
}
`

const workflows = `
import { workflow } from '@crosswalk/sdk'
import { z } from 'zod'

export const users = workflow({ name: 'desk_users', description: 'Lists users.' }, async (ctx) => {
  const client = await ctx.getIntegration('desk')
  return { users: await client.users(), headers: await client.headers() }
})

export const faults = workflow(
  { name: 'desk_faults', description: 'Calls what fails.', parameters: z.object({ plain: z.string(), secure: z.string(), misnamed: z.string(), expired: z.string(), stranger: z.string(), trusted: z.string(), six: z.string() }) },
  async (ctx, { plain, secure, misnamed, expired, stranger, trusted, six }) => {
    const told = {}
    const call = async (name, baseUrl, path) => {
      const http = ctx.http({ baseUrl, retry: { maxAttempts: 1 }, timeoutMs: 3000, maxBytes: 1000000 })
      told[name] = await http.get(path).then(() => ['none', ''], (error) => [error.kind ?? error.name, error.message])
    }
    for (const path of ['/html', '/cut', '/too-short', '/endless', '/elsewhere', '/silent', '/loop', '/headers']) await call(path, plain, path)
    await call('certificate', secure, '/')
    await call('of another name', misnamed, '/')
    await call('expired', expired, '/')
    await call('of an unknown authority', stranger, '/')
    await call("of the operator's authority", trusted, '/')
    await call('IPv6', six, '/ok')
    await call('moved', plain, '/moved?to=é')
    await call('file', 'file:///etc/passwd', '/')
    await call('no host', 'https://no-such-host.invalid', '/')
    await call('private', 'http://10.1.2.3', '/')
    await call('proxied', 'https://vendor.test', '/')
    return told
  },
)

export const givenUp = workflow(
  { name: 'desk_given_up', description: 'Gives calls up that wait for their turn.', parameters: z.object({ plain: z.string() }) },
  async (ctx, { plain }) => {
    const http = ctx.http({ baseUrl: plain, limits: [{ parallel: 1 }], retry: { maxAttempts: 1 } })
    const letGo = new AbortController()
    const holding = http.fetch('/silent', { signal: letGo.signal }).catch((error) => error.name)
    const stop = new AbortController()
    const waiting = Array.from({ length: 30 }, () => http.fetch('/ok', { signal: stop.signal }).then(() => 'sent', (error) => error.message))
    const config = await ctx.getConfig('desk_url')
    stop.abort(new Error('not wanted any more'))
    const stopped = await Promise.all(waiting)
    letGo.abort()
    await holding
    const unsent = await http.fetch('/ok', { method: 'CONNECT' }).then(() => 'sent', (error) => error.name)
    return { config, stopped: [...new Set(stopped)], unsent, next: (await http.fetch('/ok')).status }
  },
)

export const own = workflow({ name: 'desk_own', description: 'Calls the vendor itself.' }, async (ctx) => {
  const http = ctx.http({ baseUrl: { config: 'desk_url' }, auth: { header: 'x-api-key', value: { secret: 'desk_key' } } })
  const made = await http.post('/tickets?notify=1', { json: { subject: 'Disk full' } })
  const response = await http.fetch('/text')
  const failure = await http.get('/refused').catch((error) => ({ name: error.name, kind: error.kind, status: error.status }))
  return { made, text: await response.text(), failure }
})
`

/** Bytes that no simulated vendor sends. */
const faults: Record<string, (response: ServerResponse) => void> = {
  '/html': (response) => response.setHeader('content-type', 'text/html').end('<html><title>Sign in</title>'),
  '/cut': (response) => response.write('{"items":[', () => response.socket?.resetAndDestroy()),
  '/too-short': (response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"id":1}')
    response.socket?.end()
  },
  '/endless': (response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    }
    response.on('drain', more)
    more()
  },
  '/loop': (response) => response.writeHead(302, { location: '/loop' }).end(),
  '/moved?to=%C3%A9': (response) => response.writeHead(302, { location: '/ok' }).end(),
  '/headers': (response) => {
    const { socket } = response
    socket?.write(`HTTP/1.1 200 OK\r\n${`x-filler: ${'x'.repeat(8_000)}\r\n`.repeat(1_250)}\r\n`, () => socket.end())
  },
  '/elsewhere': (response) => response.writeHead(302, { location: 'https://other.example/' }).end(),
  '/silent': () => {},
  '/ok': (response) => response.end('{}'),
}

let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>
let vendor: SimulatedVendor
let processes: TestProcesses
let proxy: TestProxy
let total = 4
const plain = createServer((request, response) => faults[request.url ?? '']?.(response))
const six = createServer((_request, response) => response.end('{}'))
const answerTo = (certificate: TestCertificate) => createSecureServer(certificate, (_request, response) => response.end('{}'))
const [secure, vendorSecure] = [answerTo(unknownCertificate), answerTo(vendorCertificate)]
const [expired, stranger, trusted] = [answerTo(expiredCertificate), answerTo(ofUnknownAuthority), answerTo(ofOperatorsAuthority)]
const secureServers = [secure, vendorSecure, expired, stranger, trusted]
const portOf = (server: Server) => (server.address() as AddressInfo).port // it listens on a port

before(async () => {
  const items = Array.from({ length: 4 }, (_, index) => ({ id: index + 1, name: `Customer ${index + 1}` }))
  vendor = await simulateVendor(
    {
      'GET /organizations': ({ query }) => ({ total, items: items.slice(2 * (Number(query.get('page')) - 1)).slice(0, 2) }),
      'GET /organizations/:id/users': [{ id: 1, name: 'Ada' }],
      'GET /headers': ({ headers }) => ({ mine: headers['x-mine'] ?? null, ticket: headers['crosswalk-ticket'] ?? null }),
      'POST /tickets': ({ body }) => answer(201, { id: 1, asked: body ?? null }),
      'GET /text': 'plain',
      'GET /refused': answer(403, { message: 'Not for you' }),
    },
    {
      guard: ({ headers }) =>
        headers.authorization === `Bearer ${secret}` || headers['x-api-key'] === secret
          ? undefined
          : answer(401, { message: 'Unknown key' }),
    },
  )
  await Promise.all([plain, ...secureServers].map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))))
  await new Promise<void>((resolve) => six.listen(0, '::1', resolve))
  workspace = await temporaryWorkspace({ 'integrations/desk.ts': integration, 'workflows/desk.ts': workflows })
  processes = await startProcesses(workspace.path)
  const authority = join(workspace.path, 'authority.pem')
  await writeFile(authority, `${vendorCertificate.cert}\n${operatorsAuthority}`)
  proxy = await startProxy(undefined, { secure: portOf(vendorSecure), plain: portOf(plain) })
  await processes.startWorker({
    CROSSWALK_EGRESS_ALLOW: '127.0.0.1,::1',
    HTTPS_PROXY: proxy.url,
    NO_PROXY: 'invalid',
    NODE_EXTRA_CA_CERTS: authority,
  })
  await processes.call('POST', '/secrets', { key: 'desk_key', value: secret, scope: 'global' })
  await processes.call('PUT', '/config/desk_url', { value: vendor.url, scope: 'global' })
  await processes.map('desk', '7')
})
after(async () => {
  plain.closeAllConnections()
  plain.close()
  six.close()
  for (const server of secureServers) {
    server.closeAllConnections()
    server.close()
  }
  await proxy[Symbol.asyncDispose]()
  await processes[Symbol.asyncDispose]()
  await vendor.stop()
  await workspace[Symbol.asyncDispose]()
})

test('a client of an integration calls its vendor with the credentials that it names, and its code never has them', async () => {
  const execution = await processes.ended(await processes.execute('desk_users'))
  assert.equal(execution.error, null)
  assert.deepEqual(execution.result, { users: [{ id: 1, name: 'Ada' }], headers: { mine: 'yes', ticket: null } })
  assert.deepEqual(
    execution.steps.map(({ name }) => name),
    ['desk.users', 'desk.headers'],
  )
})

test("a workflow's own JSON calls are steps, and a failure has its kind", async () => {
  const execution = await processes.ended(await processes.execute('desk_own'))
  assert.equal(execution.error, null)
  assert.deepEqual(execution.result, {
    made: { id: 1, asked: { subject: 'Disk full' } },
    text: '"plain"',
    failure: { name: 'VendorError', kind: 'permission', status: 403 },
  })
  assert.deepEqual(
    execution.steps.map(({ name, status }) => [name, status]),
    [
      ['POST /tickets', 'success'],
      ['GET /refused', 'failed'],
    ],
  )
})

test('what goes wrong behind the gateway has its kind too, and is told with its reason', async () => {
  const execution = await processes.ended(
    await processes.execute('desk_faults', {
      plain: `http://127.0.0.1:${portOf(plain)}`,
      secure: `https://127.0.0.1:${portOf(secure)}`,
      misnamed: `https://127.0.0.1:${portOf(vendorSecure)}`,
      expired: `https://127.0.0.1:${portOf(expired)}`,
      stranger: `https://127.0.0.1:${portOf(stranger)}`,
      trusted: `https://127.0.0.1:${portOf(trusted)}`,
      six: `http://[::1]:${portOf(six)}`,
    }),
  )
  assert.equal(execution.error, null)
  const told = execution.result as Record<string, [kind: string, message: string]>
  const kinds = Object.fromEntries(Object.entries(told).map(([name, [kind]]) => [name, kind]))
  assert.deepEqual(kinds, {
    '/html': 'invalid_response',
    '/cut': 'unavailable',
    '/too-short': kinds['/too-short'],
    '/endless': 'invalid_response',
    '/elsewhere': 'invalid_response',
    '/silent': 'timeout',
    '/loop': 'invalid_response',
    '/headers': 'invalid_response',
    certificate: 'unavailable',
    'of another name': 'unavailable',
    expired: 'unavailable',
    'of an unknown authority': 'unavailable',
    "of the operator's authority": 'none',
    IPv6: 'none',
    moved: 'none',
    file: 'invalid_request',
    'no host': 'unavailable',
    private: 'egress_refused',
    proxied: 'none',
  })
  assert.match(String(told['/too-short']), /unavailable|invalid_response/)
  assert.match(String(told.certificate), /its certificate is self-signed/)
  assert.match(String(told['/loop']), /more than five times/)
  assert.match(String(told['of another name']), /its certificate is for another host/)
  assert.match(String(told.expired), /its certificate has expired \(CERT_HAS_EXPIRED\)/)
  assert.match(String(told['of an unknown authority']), /its certificate is not from an authority that is known here/)
  assert.match(String(told.file), /https?:/)
  assert.match(String(told['no host']), /no host has that name|could not be looked up/)
  assert.match(String(told.private), /may not connect to 10\.1\.2\.3/)
})

test('calls that wait for their turn hold nothing else back, and those that are given up or never sent leave it to the next', async () => {
  const startedAt = performance.now()
  const execution = await processes.ended(await processes.execute('desk_given_up', { plain: `http://127.0.0.1:${portOf(plain)}` }))
  assert.equal(execution.error, null)
  assert.deepEqual(execution.result, { config: vendor.url, stopped: ['not wanted any more'], unsent: 'TypeError', next: 200 })
  assert.ok(performance.now() - startedAt < 15_000, 'a place that nobody uses is not kept until its ticket expires')
})

test('a discovery whose list is not whole fails with its kind, and marks nobody gone', async () => {
  type Listing = { external_organizations: { id: string }[]; error?: string; message: string; details: Record<string, unknown> }
  const first = await processes.call<Listing>('GET', '/integrations/desk/discover')
  assert.equal(first.status, 200, JSON.stringify(first.body))
  total = 6
  const second = await processes.call<Listing>('GET', '/integrations/desk/discover?refresh=true')
  assert.equal(second.status, 502, JSON.stringify(second.body))
  assert.match(JSON.stringify(second.body), /said that there are 6 items and gave 4.*gave only a part of a list: try again/)
  total = 4
  const gone = await processes.call<Listing>('GET', '/integrations/desk/external-organizations?gone=true')
  assert.deepEqual(gone.body.external_organizations, [])
  const kept = await processes.call<Listing>('GET', '/integrations/desk/external-organizations')
  assert.equal(kept.body.external_organizations.length, 4)
})

test('an address that was typed wrong in config is told with the key of its value', async () => {
  const toldFor = async (value: string, orgId?: string) => {
    const scope = orgId === undefined ? { scope: 'global' } : { scope: 'organization', org_id: orgId }
    await processes.call('PUT', '/config/desk_url', { value, ...scope })
    const { error } = await processes.ended(await processes.execute('desk_own'))
    await processes.call('PUT', '/config/desk_url', { value: vendor.url, ...scope })
    return error?.message
  }
  const wrong = 'The options of context.http are not valid: baseUrl: '
  assert.equal(
    await toldFor('the address'),
    `${wrong}the config value 'desk_url' is no URL. Write one such as https://api.example.com. Set it with: crosswalk config set desk_url.`,
  )
  assert.equal(
    await toldFor('ftp://vendor.example', processes.organizationId),
    `${wrong}the organization's config value 'desk_url' is no URL of https: or http:. Set it with: crosswalk config set desk_url --org <organization>.`,
  )
})

test('a connection test that the vendor asks to wait was not made, and one without the permission says so', async () => {
  type Tested = { success: boolean; message: string; details: Record<string, unknown> }
  const testIt = async () =>
    (
      await processes.call<Tested>('POST', '/integrations/desk/test', {
        org_id: processes.organizationId,
        external_org_id: '7',
        external_org_name: 'Acme',
      })
    ).body
  vendor.faults.next({ kind: 'status', status: 403, body: { message: 'Not your organization' } })
  const refused = await testIt()
  assert.match(refused.message, /^API error: 403 Forbidden: Not your organization/)
  assert.equal(refused.details.kind, 'permission')
  assert.match(String(refused.details.guidance), /credentials are right, and may not read this organization/)
  vendor.faults.next({ kind: 'status', status: 429, retryAfterSeconds: 0 })
  assert.equal((await testIt()).success, true)
  // Last, since all who use these credentials wait for it.
  vendor.faults.next({ kind: 'status', status: 429, retryAfterSeconds: 500 })
  const busy = await testIt()
  assert.deepEqual([busy.success, busy.details.not_tested, busy.details.kind], [false, 'vendor_busy', 'rate_limited'], JSON.stringify(busy))
})

test('a key that the vendor does not take leads to the credentials', async () => {
  await processes.call('POST', '/secrets', { key: 'desk_key', value: 'another', scope: 'global' })
  const execution = await processes.ended(await processes.execute('desk_users'))
  assert.equal(execution.error?.details.kind, 'credentials')
  assert.match(String(execution.error?.details.guidance), /did not accept the credentials: check the secret 'API key' \(desk_key\)/)
})

test('the secret is nowhere in what executions leave behind', async () => {
  const tables = await processes.rows<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  )
  for (const { name } of tables) {
    const found = await processes.rows(`select 1 from "${name}" t where t::text like $1 limit 1`, [`%${secret}%`])
    assert.deepEqual(found, [], name)
  }
})
