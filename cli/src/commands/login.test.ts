import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { callCli } from '../testing/call-cli.ts'
import { errorBody, type StubServer, startStubServer } from '../testing/stub-server.ts'

const id = '0191d2a4-7c3e-7d1f-8a55-0b7f5f3c2e10'
let folder: string
let server: StubServer
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosswalk-login-'))
  server = await startStubServer()
  server.on('GET /api/me', { body: { principal: { type: 'api_key', id, name: 'Command line: laptop' }, grants: [], permissions: [] } })
})
after(async () => {
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const call = (args: string[], env: NodeJS.ProcessEnv = {}) => callCli(args, { env: { XDG_CONFIG_HOME: folder, ...env } })
const file = () => join(folder, 'crosswalk', 'credentials.json')

test('login shows a code, waits for its confirmation, and keeps the key for its user alone', async () => {
  const started = { device_code: 'd', user_code: 'BCDF-GHJK', verification_path: '/device', expires_in: 600, interval: 0 }
  server.on('POST /api/device', { status: 201, body: started })
  let asked = 0
  const refusals = ['authorization_pending', 'slow_down']
  server.on('POST /api/device/token', () => {
    const refusal = refusals[asked++]
    const body =
      refusal === undefined ? { key: 'cwk_secret', token_type: 'Bearer' } : { ...errorBody(refusal, 'Wait.'), details: { interval: 0 } }
    return refusal === undefined ? { body } : { status: 400, body }
  })
  const { code, out, err } = await call(['login', '--url', `${server.url}/`])
  assert.deepEqual([code, asked], [0, 3], err)
  assert.equal(out, `Open ${server.url}/device in a browser, and confirm the code BCDF-GHJK\n`)
  assert.doesNotMatch(out + err, /cwk_secret/)
  assert.equal(server.requests.at(-1)?.headers.authorization, 'Bearer cwk_secret')
  if (process.platform !== 'win32') assert.equal((await stat(file())).mode & 0o777, 0o600)
})

test('what login got is used for its installation, and for no other', async () => {
  assert.match((await call(['me'], { CROSSWALK_URL: server.url })).out, /Command line: laptop/)
  assert.match((await call(['me'])).out, /Command line: laptop/)
  await using other = await startStubServer()
  const refused = await call(['me'], { CROSSWALK_URL: other.url })
  assert.deepEqual([refused.code, other.requests.length], [1, 0])
  assert.match(refused.err, /crosswalk login/)
  await call(['me'], { CROSSWALK_URL: server.url, CROSSWALK_API_KEY: 'named' })
  assert.equal(server.requests.at(-1)?.headers.authorization, 'Bearer named')
})

test('no key goes to another machine without TLS, unless that is said', async () => {
  const refused = await call(['login', '--url', 'http://crosswalk.invalid'])
  assert.equal(refused.code, 2)
  assert.match(refused.err, /http:\/\/crosswalk\.invalid has no TLS.*--allow-http/)
  assert.equal((await call(['login'], { CROSSWALK_URL: 'http://127.0.0.1.crosswalk.invalid' })).code, 2)
  const said = await call(['login', '--url', 'http://crosswalk.invalid', '--allow-http'])
  assert.match(said.err, /server_unreachable/)
})

test('logout ends the key and forgets it', async () => {
  server.on(`DELETE /api/devices/${id}`, { status: 204 })
  assert.match((await call(['logout'])).err, /Signed out/)
  assert.equal(server.requests.at(-1)?.method, 'DELETE')
  assert.deepEqual(JSON.parse(await readFile(file(), 'utf8')), { current: null, keys: {} })
  assert.equal((await call(['logout'])).code, 2)
})

test('a refusal in the browser, and a file that somebody changed, are told', async () => {
  server.on('POST /api/device/token', { status: 400, body: errorBody('access_denied', 'The sign-in was refused in the browser.') })
  const refused = await call(['login', '--url', server.url])
  assert.deepEqual([refused.code, /refused in the browser/.test(refused.err)], [1, true])
  await writeFile(file(), '{"keys":')
  assert.match((await call(['me'], { CROSSWALK_URL: server.url })).err, /is not what crosswalk login wrote/)
})
