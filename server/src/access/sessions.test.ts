import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { givenDatabase } from '../../testing/given-database.ts'
import { testMasterKey } from '../../testing/test-app.ts'
import { until } from '../../testing/until.ts'
import { inScope, readInScope, sql } from '../platform/database/database.ts'
import { listen } from '../platform/database/notifications.ts'
import { buildApp } from '../processes/app.ts'
import { openKeyring } from '../values/secrets/keyring.ts'
import { sessionCookie } from './session-cookie.ts'
import { browserAuthentication } from './sessions.ts'

const logger = pino({ level: 'silent' })
const key = 'the-administrator-key'

async function givenApi() {
  const db = await givenDatabase()
  const notifications = await listen(db.url, logger)
  const keyring = await openKeyring(db, testMasterKey)
  const build = (adminKey: string, more: { idleMinutes?: number } = {}) =>
    buildApp({
      db,
      notifications,
      keyring,
      logger,
      checksAnswers: true,
      maxEventLoopDelayMs: 0,
      authenticate: browserAuthentication(db, adminKey),
      ...more,
    })
  const app = await build(key)
  const call = async (method: 'GET' | 'POST' | 'DELETE', url: string, headers: Record<string, string> = {}, payload?: object) => {
    const answer = await app.inject({ method, url, headers, ...(payload ? { payload } : {}) })
    return {
      status: answer.statusCode,
      body: answer.body === '' ? null : answer.json(),
      setCookie: String(answer.headers['set-cookie'] ?? ''),
    }
  }
  const signIn = async (body: object = { api_key: key }) => {
    const answer = await call('POST', '/api/session', {}, body)
    return { ...answer, cookie: answer.setCookie.split(';')[0] ?? '' }
  }
  return {
    db,
    build,
    call,
    signIn,
    async [Symbol.asyncDispose]() {
      await app.close()
      await notifications.close()
      await db[Symbol.asyncDispose]()
    },
  }
}

test('the administrator key becomes a session in a cookie that scripts and other sites cannot use', async () => {
  await using api = await givenApi()
  const signedIn = await api.signIn()
  assert.equal(signedIn.status, 201)
  assert.match(signedIn.setCookie, new RegExp(`^${sessionCookie}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800$`))
  assert.equal((await api.call('GET', '/api/session')).status, 401)
  const who = await api.call('GET', '/api/session', { cookie: `other=1; ${signedIn.cookie}` })
  assert.deepEqual([who.status, who.body.actor.name], [200, 'Administrator key'])
  const rows = await readInScope<{ token_digest: Buffer }>(api.db, 'allOrganizations', sql`select token_digest from sessions`)
  assert.deepEqual(
    rows.map((row) => row.token_digest.length),
    [32],
  )
})

test('a key that is wrong, or no key, signs nobody in', async () => {
  await using api = await givenApi()
  const wrong = await api.signIn({ api_key: 'wrong' })
  assert.deepEqual([wrong.status, wrong.body.error, wrong.setCookie], [401, 'sign_in_refused', ''])
  for (const body of [{}, { api_key: key, token: 'x' }, { api_key: key, more: 1 }]) {
    assert.equal((await api.signIn(body)).body.error, 'validation_failed')
  }
})

test('a change by cookie needs the page itself: its origin or its header', async () => {
  await using api = await givenApi()
  const { cookie } = await api.signIn()
  const create = (headers: Record<string, string>) =>
    api.call('POST', '/api/organizations', { cookie, host: 'localhost:7071', ...headers }, { name: 'Acme' })
  assert.deepEqual(
    [(await create({})).body.error, (await create({ origin: 'http://elsewhere:7071' })).body.error],
    ['cross_site_request', 'cross_site_request'],
  )
  assert.equal((await create({ origin: 'null' })).status, 403)
  assert.equal((await create({ origin: 'http://localhost:7071' })).status, 201)
  assert.equal((await create({ 'x-requested-with': 'crosswalk' })).status, 201)
  assert.equal((await api.call('GET', '/api/organizations', { cookie, origin: 'http://elsewhere' })).status, 200)
})

test('signing out ends the session, and both are audited', async () => {
  await using api = await givenApi()
  const { cookie } = await api.signIn()
  const out = await api.call('DELETE', '/api/session', { cookie, 'x-requested-with': 'crosswalk' })
  assert.deepEqual([out.status, /Max-Age=0/.test(out.setCookie)], [204, true])
  assert.equal((await api.call('GET', '/api/session', { cookie })).status, 401)
  assert.equal((await api.call('DELETE', '/api/session', { cookie, 'x-requested-with': 'crosswalk' })).status, 204)
  const audit = await api.call('GET', '/api/audit', { authorization: `Bearer ${key}` })
  assert.deepEqual(
    audit.body.events.map((event: { action: string }) => event.action),
    ['session.deleted', 'session.created'],
  )
})

test('a sign-in link works once', async () => {
  await using api = await givenApi()
  const made = await api.call('POST', '/api/session/tokens', { authorization: `Bearer ${key}` })
  assert.equal(made.status, 201)
  assert.equal((await api.call('POST', '/api/session/tokens')).status, 401)
  const answers = await Promise.all([api.signIn({ token: made.body.token }), api.signIn({ token: made.body.token })])
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 401])
  const { cookie } = answers.find(({ status }) => status === 201) ?? { cookie: '' }
  assert.equal((await api.call('GET', '/api/session', { cookie })).status, 200)
})

test('a session ends when its time is over, and with the key that it was opened with', async () => {
  await using api = await givenApi()
  const { cookie } = await api.signIn()
  const otherKey = await api.build('another-key')
  assert.equal((await otherKey.inject({ url: '/api/session', headers: { cookie } })).statusCode, 401)
  await otherKey.close()
  await readInScope(api.db, 'allOrganizations', sql`update sessions set expires_at = now()`)
  assert.equal((await api.call('GET', '/api/session', { cookie })).status, 401)
})

test('half an hour after the key was given, its session makes nothing that outlasts it, and the key itself still does', async () => {
  await using given = await givenApi()
  const { call, signIn, db } = given
  const { cookie } = await signIn()
  const page = { cookie, 'x-requested-with': 'crosswalk' }
  assert.equal((await call('POST', '/api/session/tokens', page)).status, 201)
  await inScope(db, 'allOrganizations', (transaction) =>
    transaction.query(sql`update sessions set created_at = now() - interval '31 minutes'`),
  )
  const draft = { name: 'kept', grants: [{ role: 'viewer', reach: { all: true } }], expires_in_days: 30 }
  for (const [url, body] of [
    ['/api/session/tokens', undefined],
    ['/api/keys', draft],
  ] as const) {
    const refused = await call('POST', url, page, body)
    assert.deepEqual([refused.status, refused.body.error], [403, 'proof_required'], url)
  }
  assert.equal((await call('GET', '/api/organizations', page)).status, 200)
  assert.equal((await call('POST', '/api/session/tokens', { authorization: `Bearer ${key}` })).status, 201)
  const again = await signIn()
  assert.equal((await call('POST', '/api/session/tokens', { ...page, cookie: again.cookie })).status, 201)
})

test('a session that nobody uses ends, and a use keeps it', async () => {
  await using api = await givenApi()
  const { cookie } = await api.signIn()
  const usedBefore = (minutes: number) =>
    readInScope(api.db, 'allOrganizations', sql`update sessions set last_used_at = now() - make_interval(mins => ${minutes})`)
  await usedBefore(12 * 60 - 1)
  assert.equal((await api.call('GET', '/api/session', { cookie })).status, 200)
  const [used] = await readInScope<{ is_new: boolean }>(
    api.db,
    'allOrganizations',
    sql`select last_used_at > now() - interval '1 minute' as is_new from sessions`,
  )
  assert.equal(used?.is_new, true)
  await usedBefore(12 * 60 + 1)
  assert.equal((await api.call('GET', '/api/session', { cookie })).status, 401)
})

test('making a sign-in link ends no session that the installation still lets be idle', async () => {
  await using api = await givenApi()
  await api.signIn()
  await readInScope(api.db, 'allOrganizations', sql`update sessions set last_used_at = now() - interval '13 hours'`)
  const patient = await api.build(key, { idleMinutes: 24 * 60 })
  const made = await patient.inject({ method: 'POST', url: '/api/session/tokens', headers: { authorization: `Bearer ${key}` } })
  assert.equal(made.statusCode, 201)
  await patient.close()
  assert.equal((await readInScope(api.db, 'allOrganizations', sql`select id from sessions`)).length, 1)
})

test('sessions are listed with where they are, and one is ended from elsewhere, which is audited', async () => {
  await using api = await givenApi()
  const authorization = `Bearer ${key}`
  const [mine, other] = [await api.signIn(), await api.signIn()]
  const { sessions } = (await api.call('GET', '/api/sessions', { cookie: mine.cookie })).body
  assert.deepEqual(
    sessions.map((session: { is_current: boolean }) => session.is_current),
    sessions[0].is_current ? [true, false] : [false, true],
  )
  assert.match(JSON.stringify(sessions[0]), /"address":"127\.0\.0\.1","browser":"lightMyRequest"/)
  const { id } = sessions.find((session: { is_current: boolean }) => !session.is_current)
  assert.equal((await api.call('DELETE', `/api/sessions/${id}`)).status, 401)
  assert.equal((await api.call('DELETE', `/api/sessions/${id}`, { authorization })).status, 204)
  assert.equal((await api.call('GET', '/api/session', { cookie: other.cookie })).status, 401)
  assert.equal((await api.call('GET', '/api/session', { cookie: mine.cookie })).status, 200)
  const again = await api.call('DELETE', `/api/sessions/${id}`, { authorization })
  assert.deepEqual([again.status, again.body.error], [404, 'session_not_found'])
  const { events } = (await api.call('GET', '/api/audit?action=session.revoked', { authorization })).body
  assert.deepEqual(
    events.map((event: { target: { id: string } }) => event.target.id),
    [id],
  )
})

test('behind TLS the cookie is one that no other host can set, and no other is taken', async () => {
  await using api = await givenApi()
  const secure = { 'x-forwarded-proto': 'https' }
  const signedIn = await api.call('POST', '/api/session', secure, { api_key: key })
  assert.match(signedIn.setCookie, /^__Host-crosswalk_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800; Secure$/)
  const cookie = signedIn.setCookie.split(';')[0] ?? ''
  assert.equal((await api.call('GET', '/api/session', { ...secure, cookie })).status, 200)
  assert.equal((await api.call('GET', '/api/session', { ...secure, cookie: cookie.replace('__Host-', '') })).status, 401)
})

test('after too many wrong keys an address waits; who used the right one from there before does not', async () => {
  await using api = await givenApi()
  const authorization = `Bearer ${key}`
  assert.equal((await api.call('GET', '/api/session', { authorization })).status, 200)
  for (let count = 0; count < 10; count++) {
    assert.equal((await api.signIn({ api_key: `wrong ${count}` })).status, 401)
    assert.equal((await api.call('GET', '/api/session', { authorization: `Bearer wrong-${count}` })).status, 401)
  }
  const link = await api.call('POST', '/api/session/tokens', { authorization })
  for (const refused of [
    await api.signIn({ api_key: 'wrong' }),
    await api.signIn({ api_key: key }),
    await api.signIn({ token: link.body.token }),
    await api.call('GET', '/api/session', { authorization: 'Bearer wrong' }),
  ])
    assert.deepEqual([refused.status, refused.body.error], [429, 'too_many_attempts'])
  assert.equal((await api.call('GET', '/api/session', { authorization })).status, 200)
  const actions = async () => {
    const { events } = (await api.call('GET', '/api/audit?action=session', { authorization })).body
    return events.map((event: { action: string }) => event.action).sort()
  }
  await until('both are recorded', async () => (await actions()).length === 2)
  assert.deepEqual(await actions(), ['session.limited', 'session.refused'])
})
