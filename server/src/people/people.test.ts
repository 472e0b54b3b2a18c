import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { countBlocked } from '../../testing/blocked-connections.ts'
import { givenOrganization } from '../../testing/given-installation.ts'
import { givenPeople, goodPassword, tokenOf } from '../../testing/given-people.ts'
import { testAdminKey, testMasterKey } from '../../testing/test-app.ts'
import { until } from '../../testing/until.ts'
import { installationAuthentication } from '../access/authentication.ts'
import { hasForAllWithin } from '../access/callers.ts'
import { administratorRole } from '../access/grants.ts'
import { principalOf } from '../access/principal.ts'
import { systemActing } from '../audit/audit.ts'
import { inScope, readInScope, sql } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import { openKeyring } from '../values/secrets/keyring.ts'
import { readPlatformSecret } from '../values/secrets/platform-secrets.ts'
import { rotateMasterKey } from '../values/secrets/rotation.ts'
import { deactivatePersonWithin, removePersonWithin } from './people.ts'

const given = await givenPeople()
after(() => given[Symbol.asyncDispose]())
const { asKey } = given
await given.join('First Administrator')

test('an invited person chooses a password with their link, once, and is signed in', async () => {
  const ann = await given.invite('Ann', [{ role: 'viewer', reach: { all: true } }])
  const browser = given.browser()
  const look = await browser.call('POST', '/session/links/look', { token: ann.token })
  assert.deepEqual([look.body.kind, look.body.email], ['invitation', ann.email])
  const taken = await browser.call('POST', '/session/links/take', { token: ann.token, password: goodPassword, name: 'Ann Example' })
  assert.equal(taken.status, 201)
  const { body: who } = await browser.call('GET', '/session')
  assert.deepEqual(who.actor, { type: 'person', id: ann.id, name: 'Ann Example' })
  const again = await browser.call('POST', '/session/links/take', { token: ann.token, password: goodPassword })
  assert.deepEqual([again.status, again.body.error], [410, 'person_link_used'])
})

test('a person signs in with address and password, in any case of the address, and out again', async () => {
  const { email } = await given.join('Bea')
  const browser = given.browser()
  const wrong = await browser.call('POST', '/session/password', { email, password: `${goodPassword}!` })
  assert.deepEqual([wrong.status, wrong.body.error], [401, 'sign_in_failed'])
  const nobody = await browser.call('POST', '/session/password', { email: 'nobody@msp.example', password: goodPassword })
  assert.deepEqual([nobody.status, nobody.body.message], [401, wrong.body.message])
  const right = await browser.call('POST', '/session/password', { email: email.toUpperCase(), password: goodPassword })
  assert.equal(right.status, 201)
  assert.equal((await browser.call('GET', '/organizations')).status, 200)
  assert.equal((await browser.call('DELETE', '/session')).status, 204)
  assert.deepEqual([(await browser.call('GET', '/session')).status, [...browser.cookies.keys()]], [401, ['crosswalk_known']])
})

test('who signs in again in the same browser leaves no session behind', async () => {
  const { email, browser } = await given.join('Abe')
  const before = given.browser()
  for (const [name, value] of browser.cookies) before.cookies.set(name, value)
  assert.equal((await browser.call('POST', '/session/password', { email, password: goodPassword })).status, 201)
  assert.deepEqual([(await before.call('GET', '/session')).status, (await browser.call('GET', '/session')).status], [401, 200])
})

test('the first administrator is made with the administrator key, once', async () => {
  await using alone = await givenPeople()
  const first = { name: 'First', email: 'first@msp.example', password: goodPassword }
  const browser = alone.browser()
  assert.equal((await browser.call('POST', '/session/first-administrator', first)).status, 401)
  assert.equal((await browser.call('GET', '/session/ways')).body.has_people, false)
  const weak = await alone.asKey.call('POST', '/session/first-administrator', { ...first, password: 'crosswalk first' })
  assert.equal(weak.body.error, 'password_too_weak')
  assert.equal((await alone.asKey.call('POST', '/session/first-administrator', first)).status, 201)
  for (const [name, value] of alone.asKey.cookies) browser.cookies.set(name, value)
  const again = await browser.call('POST', '/session/first-administrator', { ...first, email: 'second@msp.example' })
  assert.deepEqual([again.status, again.body.error], [409, 'first_administrator_exists'])
  assert.equal((await browser.call('GET', '/session/ways')).body.has_people, true)
})

test('behind TLS the cookie of a person is one that no other host can set', async () => {
  const { email } = await given.join('Cleo')
  const browser = given.browser({ 'x-forwarded-proto': 'https', origin: 'https://localhost:7071' })
  await browser.call('POST', '/session/password', { email, password: goodPassword })
  assert.deepEqual([...browser.cookies.keys()], ['__Host-crosswalk_person', '__Host-crosswalk_known'])
  assert.equal((await browser.call('GET', '/session')).status, 200)
  const plain = given.browser()
  for (const [name, value] of browser.cookies) plain.cookies.set(name.replace('__Host-', ''), value.replace(/.$/, 'x'))
  assert.equal((await plain.call('GET', '/session')).status, 401)
})

test('a person has what was granted, for the organizations of the grant, and the audit names them', async () => {
  const acme = await givenOrganization(given.db, 'Acme')
  await givenOrganization(given.db, 'Globex')
  const { browser, id } = await given.join('Dan', [{ role: 'engineer', reach: { organizations: [acme.id] } }])
  const { body } = await browser.call('GET', '/organizations')
  assert.deepEqual(
    body.organizations.map((one: { name: string }) => one.name),
    ['Acme'],
  )
  assert.equal((await browser.call('PATCH', `/organizations/${acme.id}`, { domains: ['acme.example'] })).status, 200)
  const { body: audit } = await asKey.call('GET', `/audit?org_id=${acme.id}&action=organization.updated`)
  assert.deepEqual(audit.events[0].actor, { type: 'person', id, name: 'Dan' })
  const people = await browser.call('GET', '/people')
  assert.deepEqual([people.status, people.body.error], [403, 'forbidden'])
})

test('a change in the session of a person needs the page itself', async () => {
  const { browser } = await given.join('Eve')
  const create = (headers: Record<string, string>) => browser.call('POST', '/organizations', { name: 'Elsewhere' }, headers)
  assert.equal((await create({ origin: 'http://elsewhere.example' })).body.error, 'cross_site_request')
  assert.equal((await create({})).status, 201)
  const signing = await given
    .browser()
    .call('POST', '/session/password', { email: 'a@b.example', password: 'x' }, { origin: 'http://b.example' })
  assert.equal(signing.body.error, 'cross_site_request')
})

test('who is deactivated is out at once, everywhere, and back with what they had', async () => {
  const { browser, id, email } = await given.join('Finn')
  const other = given.browser()
  await other.call('POST', '/session/password', { email, password: goodPassword })
  assert.equal((await asKey.call('POST', `/people/${id}/deactivate`)).body.state, 'deactivated')
  assert.deepEqual([(await browser.call('GET', '/session')).status, (await other.call('GET', '/session')).status], [401, 401])
  assert.equal((await other.call('POST', '/session/password', { email, password: goodPassword })).body.error, 'sign_in_failed')
  assert.equal((await asKey.call('POST', `/people/${id}/reset`)).body.error, 'person_deactivated')
  await asKey.call('POST', `/people/${id}/activate`)
  assert.equal((await other.call('POST', '/session/password', { email, password: goodPassword })).status, 201)
})

test('a link for a new password ends the sessions and the old password', async () => {
  const { browser, id, email } = await given.join('Gus')
  const first = await asKey.call('POST', `/people/${id}/reset`)
  const second = await asKey.call('POST', `/people/${id}/reset`)
  assert.deepEqual([second.body.kind, second.body.is_mailed], ['reset', false])
  assert.equal((await browser.call('POST', '/session/links/look', { token: tokenOf(first.body.url) })).status, 410)
  const token = tokenOf(second.body.url)
  const weak = await browser.call('POST', '/session/links/take', { token, password: '123456789abc' })
  assert.deepEqual([weak.status, weak.body.error], [422, 'password_too_weak'])
  const fresh = given.browser()
  assert.equal((await fresh.call('POST', '/session/links/take', { token, password: 'quite another llama' })).status, 201)
  assert.equal((await browser.call('GET', '/session')).status, 401)
  assert.equal((await browser.call('POST', '/session/password', { email, password: goodPassword })).status, 401)
})

test('nobody gives more than they have, and nobody resets someone who has more', async () => {
  await asKey.call('POST', '/roles', {
    name: 'people_keeper',
    description: 'Keeps people',
    permissions: ['canManagePeople', 'canViewAudit'],
  })
  const { browser } = await given.join('Hal', [{ role: 'people_keeper', reach: { all: true } }])
  const draft = (role: string) => ({ name: 'New', email: `${role}@msp.example`, grants: [{ role, reach: { all: true } }] })
  assert.equal((await browser.call('POST', '/people', draft('administrator'))).status, 403)
  assert.equal((await browser.call('POST', '/people', draft('people_keeper'))).status, 201)
  const { id } = await given.join('Ida')
  assert.equal((await browser.call('POST', `/people/${id}/reset`)).status, 403)
  assert.equal((await browser.call('DELETE', `/people/${id}`)).status, 403)
  assert.equal((await browser.call('PATCH', `/people/${id}`, { email: 'mine@msp.example' })).status, 403)
})

test('the last administrator stays', async () => {
  await using alone = await givenPeople()
  const { id, browser } = await alone.join('Only')
  for (const refused of [
    await browser.call('DELETE', `/people/${id}`),
    await alone.asKey.call('POST', `/people/${id}/deactivate`),
    await browser.call('PATCH', `/people/${id}`, { grants: [{ role: 'viewer', reach: { all: true } }] }),
  ])
    assert.deepEqual([refused.status, refused.body.error], [409, 'last_administrator'])
  const other = await alone.join('Other')
  const answers = await Promise.all([browser.call('DELETE', `/people/${other.id}`), other.browser.call('DELETE', `/people/${id}`)])
  assert.equal(answers.filter(({ status }) => status === 204).length, 1)
  assert.equal((await alone.asKey.call('GET', '/people')).body.total, 1)
})

test('an administrator who was invited and has not come yet is none of those of whom one stays', async () => {
  await using alone = await givenPeople()
  const { id, browser } = await alone.join('Only')
  const other = await alone.invite('Not here yet')
  const leave = () => browser.call('PATCH', `/people/${id}`, { grants: [{ role: 'viewer', reach: { all: true } }] })
  for (const refused of [await leave(), await alone.asKey.call('DELETE', `/people/${id}`)])
    assert.deepEqual([refused.status, refused.body.error], [409, 'last_administrator'])
  const taken = await alone.browser().call('POST', '/session/links/take', { token: other.token, password: goodPassword })
  assert.equal(taken.status, 201)
  assert.equal((await leave()).status, 200)
})

test('people are listed by name, page by page, and found by name or address; an address is of one person', async () => {
  await using alone = await givenPeople()
  for (const name of ['Cy', 'Abe', 'Bo']) await alone.invite(name)
  const first = (await alone.asKey.call('GET', '/people?limit=2')).body
  const next = (await alone.asKey.call('GET', `/people?limit=2&cursor=${first.next_cursor}`)).body
  const names = [...first.people, ...next.people].map((person: { name: string }) => person.name)
  assert.deepEqual([names, first.total, next.next_cursor], [['Abe', 'Bo', 'Cy'], 3, null])
  assert.equal((await alone.asKey.call('GET', '/people?search=bo%40msp')).body.people[0].state, 'invited')
  const taken = await alone.asKey.call('POST', '/people', { name: 'Bo', email: 'BO@msp.example', grants: [] })
  assert.deepEqual([taken.status, taken.body.error], [409, 'person_exists'])
  assert.equal((await alone.asKey.call('PATCH', `/people/${first.people[0].id}`, { email: 'bo@msp.example' })).body.error, 'person_exists')
})

test('the sessions of a person are listed for them, ended one by one, and end when nobody uses them', async () => {
  const { browser, email, id } = await given.join('Jo')
  const other = given.browser({ 'user-agent': 'Another browser' })
  await other.call('POST', '/session/password', { email, password: goodPassword })
  const { sessions } = (await browser.call('GET', '/sessions')).body
  assert.deepEqual(
    sessions.map((session: { is_current: boolean; browser: string }) => [session.is_current, session.browser]),
    [
      [false, 'Another browser'],
      [true, 'lightMyRequest'],
    ],
  )
  const { browser: stranger } = await given.join('Kim')
  assert.equal((await stranger.call('DELETE', `/sessions/${sessions[0].id}`)).status, 404)
  assert.equal((await browser.call('DELETE', `/sessions/${sessions[0].id}`)).status, 204)
  assert.equal((await other.call('GET', '/session')).status, 401)
  await readInScope(
    given.db,
    'allOrganizations',
    sql`update person_sessions set last_used_at = now() - interval '13 hours' where person_id = ${id}`,
  )
  assert.equal((await browser.call('GET', '/session')).status, 401)
})

test('too many wrong passwords of an account have it wait, also where they come at once and from several addresses', async () => {
  const { email } = await given.join('Lea')
  const browser = given.browser()
  const known = given.browser()
  const signIn = (password = goodPassword) => known.call('POST', '/session/password', { email, password })
  assert.equal((await signIn()).status, 201)
  const tries = await Promise.all(
    Array.from({ length: 14 }, () => browser.call('POST', '/session/password', { email, password: 'not the password' })),
  )
  const count = (status: number) => tries.filter((one) => one.status === status).length
  assert.deepEqual([count(401), count(429)], [10, 4])
  const right = await browser.call('POST', '/session/password', { email, password: goodPassword })
  assert.deepEqual([right.status, right.body.error], [429, 'too_many_attempts'])
  // A stranger who does that keeps nobody out of their own browser, which has as many tries, and for this account alone.
  assert.equal((await signIn()).status, 201)
  for (let count = 0; count < 10; count++) assert.equal((await signIn('not the password')).status, 401)
  assert.equal((await signIn()).status, 429)
  const stolen = given.browser()
  for (const [name, value] of known.cookies) stolen.cookies.set(name, value)
  const { email: other } = await given.join('Lee')
  const tried = await Promise.all(
    Array.from({ length: 11 }, () => stolen.call('POST', '/session/password', { email: other, password: 'x' })),
  )
  assert.equal(tried.filter(({ status }) => status === 429).length, 1)
  stolen.cookies.clear()
  const alone = await stolen.call('POST', '/session/password', { email: other, password: goodPassword })
  assert.equal(alone.status, 429, 'both were counted as one')
  await readInScope(given.db, 'allOrganizations', sql`update sign_in_attempts set since = since - interval '16 minutes'`)
  assert.equal((await browser.call('POST', '/session/password', { email, password: goodPassword })).status, 201)
})

test('who changes their password proves that they know it, and their other browsers are out', async () => {
  const { browser, email } = await given.join('Max')
  const other = given.browser()
  await other.call('POST', '/session/password', { email, password: goodPassword })
  const password = 'eleven green zebras dance'
  const wrong = await browser.call('POST', '/profile/password', { current_password: 'wrong', password })
  assert.deepEqual([wrong.status, wrong.body.error], [403, 'wrong_password'])
  assert.equal((await browser.call('POST', '/profile/password', { current_password: goodPassword, password })).status, 204)
  assert.deepEqual([(await browser.call('GET', '/session')).status, (await other.call('GET', '/session')).status], [200, 401])
  assert.equal((await asKey.call('GET', '/profile')).body.error, 'not_a_person')
})

test('sessions of people outlast a rotation of the master key', async () => {
  await using alone = await givenPeople()
  const { browser } = await alone.join('Ned')
  const secret = (await readPlatformSecret(alone, 'people'))?.reveal()
  const newKey = Buffer.alloc(32, 9).toString('base64')
  await rotateMasterKey(alone.db, testMasterKey, newKey)
  const keyring = await openKeyring(alone.db, newKey)
  const kept = await readPlatformSecret({ db: alone.db, keyring }, 'people')
  assert.equal(kept?.reveal(), secret)
  assert.equal((await browser.call('GET', '/session')).status, 200)
})

test('the value of another one’s key that a person rotated ends with them, and the key stays for its maker', async () => {
  await using it = await givenPeople({
    authenticateWith: (api) =>
      installationAuthentication({ ...api, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: false }).authenticate,
  })
  const { browser: maker } = await it.join('Maker')
  const { id: leaverId, browser: leaver } = await it.join('Leaver')
  const grants = [{ role: 'viewer', reach: { all: true } }]
  const made = (await maker.call('POST', '/keys', { name: 'reports', grants })).body
  const rotated = await leaver.call('POST', `/keys/${made.id}/rotate`, { overlap_minutes: 60 })
  assert.equal(rotated.status, 200, JSON.stringify(rotated.body))
  const ask = async (key: string) => (await it.browser({ authorization: `Bearer ${key}` }).call('GET', '/me')).body.error
  assert.deepEqual([await ask(rotated.body.key), await ask(made.key)], [undefined, undefined])
  await it.asKey.call('POST', `/people/${leaverId}/deactivate`)
  await until('every process has been told', async () => (await ask(rotated.body.key)) !== undefined)
  assert.deepEqual(
    [await ask(rotated.body.key), await ask(made.key)],
    ['key_value_ended', undefined],
    'the maker alone has seen the one before',
  )
  const again = await maker.call('POST', `/keys/${made.id}/rotate`, { overlap_minutes: 0 })
  assert.deepEqual([again.body.value_ended_at, await ask(again.body.key)], [null, undefined])
})

test('a demoted administrator has nothing more by a key that they rotated, nor by what it made or became', async () => {
  await using it = await givenPeople({
    authenticateWith: (api) =>
      installationAuthentication({ ...api, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: false }).authenticate,
  })
  const { browser: ada } = await it.join('Ada')
  const { id: bobId, browser: bob } = await it.join('Bob')
  const grants = [{ role: 'administrator', reach: { all: true } }]
  const withKey = (key: string) => it.browser({ authorization: `Bearer ${key}` })
  const make = async (as: typeof ada, name: string) =>
    (await as.call('POST', '/keys', { name, grants })).body as { id: string; key: string }
  const rotate = async (as: typeof ada, { id }: { id: string }) =>
    (await as.call('POST', `/keys/${id}/rotate`, { overlap_minutes: 0 })).body as { id: string; key: string }
  const ofAda = await rotate(bob, await make(ada, 'Of Ada'))
  const madeByIt = await make(withKey(ofAda.key), 'Made by it')
  const itself = await rotate(bob, await make(ada, 'Rotates itself'))
  const rotatedItself = await rotate(withKey(itself.key), itself)
  const ofInstallation = await rotate(bob, await make(it.asKey, 'Of the installation'))
  const untouched = await make(ada, 'Untouched')
  const mayManage = async ({ key }: { key: string }) => (await withKey(key).call('GET', '/people')).status === 200
  const all = [ofAda, madeByIt, rotatedItself, ofInstallation, untouched]
  assert.deepEqual(await Promise.all(all.map(mayManage)), [true, true, true, true, true])
  const demoted = await it.asKey.call('PATCH', `/people/${bobId}`, { grants: [{ role: 'technician', reach: { all: true } }] })
  assert.equal(demoted.status, 200, JSON.stringify(demoted.body))
  await until('every process has been told', async () => !(await mayManage(ofAda)))
  assert.deepEqual(await Promise.all(all.map(mayManage)), [false, false, false, false, true])
  // They are as they were once somebody with as much has rotated them, and Bob knows none of them any more.
  const again = await Promise.all([ofAda, rotatedItself, madeByIt].map((key) => rotate(ada, key)))
  assert.deepEqual(await Promise.all(again.map(mayManage)), [true, true, true])
})

test('the keys that a person made end with them', async () => {
  const { browser, id } = await given.join('Ola')
  const { body } = await browser.call('POST', '/keys', { name: 'reports', grants: [{ role: 'viewer', reach: { all: true } }] })
  await asKey.call('DELETE', `/people/${id}`)
  const { body: keys } = await asKey.call('GET', '/keys?include_revoked=true')
  assert.equal(keys.keys.find((key: { id: string }) => key.id === body.id).state, 'revoked')
})

test('what a person set or started has nothing while they are deactivated', async () => {
  const { id } = await given.join('Quin')
  const mayRun = () =>
    inScope(given.db, 'allOrganizations', (transaction) =>
      hasForAllWithin(transaction, { type: 'person', id, name: 'Quin' }, 'canManageSchedules', { workflow: 'nightly' }),
    )
  assert.equal(await mayRun(), true)
  const { body } = await asKey.call('POST', `/people/${id}/deactivate`)
  assert.deepEqual([body.grants[0].role, await mayRun()], ['administrator', false])
  await asKey.call('POST', `/people/${id}/activate`)
  assert.equal(await mayRun(), true)
})

test('a log that a person follows ends with them', async () => {
  const { browser, id } = await given.join('Pia')
  const acme = await givenOrganization(given.db, 'Followed')
  const executionId = newId()
  await readInScope(
    given.db,
    'allOrganizations',
    sql`
    insert into executions (id, organization_id, kind, name, status, timeout_ms, caller, started_at)
    values (${executionId}, ${acme.id}, 'workflow', 'long', 'running', 60000, '{"type":"system","id":"x","name":"x"}', now())`,
  )
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const headers = { cookie, host: 'localhost:7071', accept: 'text/event-stream' }
  const following = given.app.inject({ url: `/api/executions/${executionId}/logs`, headers })
  await asKey.call('POST', `/people/${id}/deactivate`)
  assert.match((await following).body, /event: refused\ndata: .*unauthenticated|^\{"error":"unauthenticated"/)
})

for (const leaving of ['deactivated', 'deleted'] as const) {
  test(`a request that finds its session before its person is ${leaving}, and what they may after it, has no session`, async () => {
    const { browser, id } = await given.join(leaving === 'deleted' ? 'Rex' : 'Sue')
    const held = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    const goneWithin = inScope(given.db, 'allOrganizations', async (transaction) => {
      // What they may is looked up in it; whose session it is, is not.
      await transaction.query(sql`lock table suspended_principals in access exclusive mode`)
      held.resolve()
      await asked.promise
      const identity = { actor: systemActing.actor, grants: [{ role: administratorRole, reach: { all: true as const } }] }
      const changing = { principal: await principalOf(async () => [], identity, 'canManagePeople'), acting: systemActing }
      await (leaving === 'deleted' ? removePersonWithin : deactivatePersonWithin)(transaction, changing, id)
    })
    await held.promise
    const answer = browser.call('GET', '/executions')
    await until('the request waits for what its person may', async () => (await countBlocked(given.db)) > 0)
    asked.resolve()
    await goneWithin
    assert.deepEqual([(await answer).status, (await answer).body.error], [401, 'unauthenticated'])
  })
}
