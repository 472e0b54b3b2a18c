import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { givenPeople } from '../../testing/given-people.ts'
import { testAdminKey } from '../../testing/test-app.ts'
import { until } from '../../testing/until.ts'
import { readInScope, type Sql, sql } from '../platform/database/database.ts'
import { installationAuthentication } from './authentication.ts'
import { startDevice } from './device-sign-ins.ts'

const given = await givenPeople({
  authenticateWith: (dependencies) =>
    installationAuthentication({ ...dependencies, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: false }).authenticate,
})
after(() => given[Symbol.asyncDispose]())
const ada = await given.join('Ada', [{ role: 'viewer', reach: { all: true } }])
const program = given.browser()
const run = (statement: Sql) => readInScope<Record<string, unknown>>(given.db, 'allOrganizations', statement)

const start = async (name = 'laptop') => (await program.call('POST', '/device', { client_name: name })).body
const ask = async (code: string) => {
  const { status, body } = await program.call('POST', '/device/token', { device_code: code })
  return status === 200 ? body : body.error
}
/** As if the interval had passed. */
const wait = () => run(sql`update device_sign_ins set last_asked_at = last_asked_at - interval '2 minutes'`)

test('a command line gets a key with the permissions of who confirms it, once', async () => {
  const started = await start()
  assert.match(started.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
  assert.equal(await ask(started.device_code), 'authorization_pending')
  const seen = await ada.browser.call('GET', `/device/${started.user_code.toLowerCase()}`)
  assert.deepEqual([seen.body.client_name, seen.body.address], ['laptop', '127.0.0.1'])
  assert.equal((await ada.browser.call('POST', `/device/${started.user_code}/approve`)).status, 204)
  const { key } = await ask(started.device_code)
  const me = await given.browser({ authorization: `Bearer ${key}` }).call('GET', '/me')
  assert.deepEqual([me.body.principal.name, me.body.grants], ['Command line: laptop', [{ role: 'viewer', reach: { all: true } }]])
  assert.equal(await ask(started.device_code), 'expired_token')
  const kept = await run(sql`select * from api_keys where id = ${me.body.principal.id}`)
  assert.equal(JSON.stringify(kept).includes(key.slice(12)), false)

  const { body: listed } = await ada.browser.call('GET', '/devices')
  assert.deepEqual(
    listed.devices.map(({ id, name, address }: Record<string, string>) => [id, name, address]),
    [[me.body.principal.id, 'Command line: laptop', '127.0.0.1']],
  )
  assert.equal((await given.asKey.call('DELETE', `/devices/${me.body.principal.id}`)).body.error, 'key_not_found')
  assert.equal((await ada.browser.call('DELETE', `/devices/${me.body.principal.id}`)).status, 204)
  const asProgram = given.browser({ authorization: `Bearer ${key}` })
  await until('the key has ended', async () => (await asProgram.call('GET', '/me')).body.error === 'key_revoked')
  const events = await run(sql`select action from audit_events where actor_id = ${ada.id} order by id`)
  assert.deepEqual(
    events.map(({ action }) => action).filter((action) => /device|api_key/.test(String(action))),
    ['api_key.created', 'device.approved', 'api_key.revoked'],
  )
})

test('what the administrator key lets in lives for half a day, and what a person lets in for three months', async () => {
  const hours = async (browser: typeof program) => {
    const { user_code: code } = await start('server')
    assert.equal((await browser.call('POST', `/device/${code}/approve`)).status, 204)
    const [row] = await run(
      sql`select extract(epoch from expires_at - now())::float8 / 3600 as hours from api_keys order by id desc limit 1`,
    )
    return Math.round(Number(row?.hours))
  }
  assert.deepEqual([await hours(given.asKey), await hours(ada.browser)], [12, 90 * 24])
})

test('who asks too often is told to slow down, and longer each time', async () => {
  const { device_code: code } = await start()
  assert.equal(await ask(code), 'authorization_pending')
  const { body } = await program.call('POST', '/device/token', { device_code: code })
  assert.deepEqual([body.error, body.details.interval], ['slow_down', 10])
  await wait()
  assert.equal(await ask(code), 'authorization_pending')
})

test('what is refused in the browser, or takes too long, gets no key', async () => {
  const denied = await start()
  assert.equal((await ada.browser.call('POST', `/device/${denied.user_code}/deny`)).status, 204)
  assert.equal((await ada.browser.call('POST', `/device/${denied.user_code}/approve`)).body.error, 'device_code_not_found')
  assert.equal(await ask(denied.device_code), 'access_denied')
  const late = await start()
  await run(sql`update device_sign_ins set expires_at = now() - interval '1 second'`)
  assert.equal((await ada.browser.call('POST', `/device/${late.user_code}/approve`)).body.error, 'device_code_not_found')
  assert.equal(await ask(late.device_code), 'expired_token')
})

test('a key lets no other command line in, and a page of elsewhere neither', async () => {
  const { user_code: code, device_code: deviceCode } = await start()
  await ada.browser.call('POST', `/device/${code}/approve`)
  const { key } = await ask(deviceCode)
  const next = await start()
  const byKey = await given.browser({ authorization: `Bearer ${key}` }).call('POST', `/device/${next.user_code}/approve`)
  assert.deepEqual([byKey.status, byKey.body.error], [403, 'device_needs_person'])
  const elsewhere = await ada.browser.call('POST', `/device/${next.user_code}/approve`, undefined, { origin: 'https://evil.example' })
  assert.deepEqual([elsewhere.status, elsewhere.body.error], [403, 'cross_site_request'])
  await given.asKey.call('POST', `/people/${ada.id}/deactivate`)
  const asProgram = given.browser({ authorization: `Bearer ${key}` })
  await until('the key has ended', async () => (await asProgram.call('GET', '/me')).status === 401)
})

test('one address has only so many waiting', async () => {
  await run(sql`delete from device_sign_ins`)
  for (let index = 0; index < 20; index++) await start()
  const { status, body } = await program.call('POST', '/device', { client_name: 'one too many' })
  assert.deepEqual([status, body.error], [429, 'too_many_attempts'])
  const ofNetwork = (index: number) => startDevice(given.db, { clientName: 'x', address: `2001:db8:1:2::${index}` })
  for (let index = 0; index < 20; index++) await ofNetwork(index)
  await assert.rejects(ofNetwork(20), /Too many/)
  await startDevice(given.db, { clientName: 'x', address: '2001:db8:1:3::1' })
})
