import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { appCodeOf, givenBrowser, givenPeople, goodPassword, type TestBrowser, tokenOf } from '../../testing/given-people.ts'
import { createTestApp, testAdminKey } from '../../testing/test-app.ts'
import { inScope, readInScope, sql } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'

const given = await givenPeople()
after(() => given[Symbol.asyncDispose]())
const { asKey } = given
await given.join('First Administrator')

/** Codes work once; the next comes in half a minute. */
const forgetUsedCodes = () => readInScope(given.db, 'allOrganizations', sql`delete from person_used_codes`)

async function setUp(browser: TestBrowser): Promise<{ uri: string; codes: string[] }> {
  const { body } = await browser.call('POST', '/profile/second-factor', { current_password: goodPassword })
  await browser.call('POST', '/profile/second-factor/confirm', { code: await appCodeOf(body.uri) })
  await forgetUsedCodes()
  return { uri: body.uri, codes: body.recovery_codes }
}

test('a second factor is asked for after the password, and its code works once', async () => {
  const { browser, email } = await given.join('Ann')
  const wrong = await browser.call('POST', '/profile/second-factor', { current_password: 'wrong' })
  assert.equal(wrong.body.error, 'wrong_password')
  const { uri } = await setUp(browser)
  const { body: profile } = await browser.call('GET', '/profile')
  assert.equal(profile.has_second_factor, true)

  const other = given.browser()
  const first = await other.call('POST', '/session/password', { email, password: goodPassword })
  assert.deepEqual([first.status, first.body], [202, { second_factor: ['code', 'recovery_code'] }])
  assert.equal((await other.call('GET', '/session')).status, 401)
  const refused = await other.call('POST', '/session/second-factor', { code: '000000' })
  assert.deepEqual([refused.status, refused.body.error], [401, 'code_refused'])
  const code = await appCodeOf(uri)
  assert.equal((await other.call('POST', '/session/second-factor', { code })).status, 201)
  assert.equal((await other.call('GET', '/session')).body.actor.name, 'Ann')

  const thief = given.browser()
  await thief.call('POST', '/session/password', { email, password: goodPassword })
  assert.equal((await thief.call('POST', '/session/second-factor', { code })).body.error, 'code_refused')
  assert.equal((await thief.call('GET', '/session')).status, 401)
})

test('a recovery code signs in once, and new ones end the old ones', async () => {
  const { browser, email } = await given.join('Bea')
  const { codes } = await setUp(browser)
  const signIn = async (recovery_code: string) => {
    const other = given.browser()
    await other.call('POST', '/session/password', { email, password: goodPassword })
    return (await other.call('POST', '/session/second-factor', { recovery_code })).status
  }
  assert.equal(await signIn(codes[0] ?? ''), 201)
  assert.equal(await signIn(codes[0] ?? ''), 401)
  const { body } = await browser.call('POST', '/profile/recovery-codes', { current_password: goodPassword })
  assert.equal(await signIn(codes[1] ?? ''), 401)
  assert.equal(await signIn(body.recovery_codes[0]), 201)
})

test('after five wrong codes one starts again from the password', async () => {
  const { browser, email } = await given.join('Cy')
  const { uri } = await setUp(browser)
  const other = given.browser()
  await other.call('POST', '/session/password', { email, password: goodPassword })
  for (let count = 0; count < 6; count++) await other.call('POST', '/session/second-factor', { code: '000000' })
  const late = await other.call('POST', '/session/second-factor', { code: await appCodeOf(uri) })
  assert.deepEqual([late.status, late.body.error], [401, 'second_factor_expired'])
})

test('an administrator helps who lost their second factor: the link sets a password, and takes the factor and passkeys away', async () => {
  const { browser, id } = await given.join('Dan')
  await setUp(browser)
  await inScope(given.db, 'allOrganizations', (transaction) =>
    transaction.query(sql`
      insert into person_passkeys (id, person_id, public_key, credential_id, counter, device_type, backed_up)
      values (${newId()}, ${id}, 'key', 'credential', 0, 'singleDevice', false)`),
  )
  const { body } = await asKey.call('POST', `/people/${id}/reset`)
  const other = given.browser()
  await other.call('POST', '/session/links/take', { token: tokenOf(body.url), password: 'quite another llama' })
  const { body: profile } = await other.call('GET', '/profile')
  assert.deepEqual([profile.has_second_factor, profile.signs_in_with], [false, ['password']])
})

test('who removes their second factor proves that they know the password', async () => {
  const { browser } = await given.join('Eve')
  await setUp(browser)
  assert.equal((await browser.call('POST', '/profile/second-factor/remove', { current_password: 'wrong' })).status, 403)
  assert.equal(
    (await browser.call('POST', '/profile/second-factor', { current_password: goodPassword })).body.error,
    'second_factor_exists',
  )
  assert.equal((await browser.call('POST', '/profile/second-factor/remove', { current_password: goodPassword })).status, 204)
  assert.equal((await browser.call('GET', '/profile')).body.has_second_factor, false)
  const { body } = await asKey.call('GET', '/audit?action=second_factor')
  assert.deepEqual(
    body.events.slice(0, 2).map((event: { action: string }) => event.action),
    ['second_factor.removed', 'second_factor.set'],
  )
})

test('a new installation asks its administrators for a second factor before anything else', async () => {
  await using fresh = await createTestApp()
  const ask = () => readInScope<{ second_factor: string }>(fresh.db, 'allOrganizations', sql`select second_factor from sign_in_settings`)
  assert.equal((await ask())[0]?.second_factor, 'administrators')
  const browser = givenBrowser(fresh.app)
  const first = { email: 'ada@msp.example', name: 'Ada', password: goodPassword }
  const asKey = givenBrowser(fresh.app, { authorization: `Bearer ${testAdminKey}` })
  await asKey.call('POST', '/session/first-administrator', first)
  await browser.call('POST', '/session/password', { email: first.email, password: goodPassword })
  const refused = await browser.call('GET', '/people')
  assert.equal(refused.status, 403)
  assert.match(refused.body.message, /^Your account needs a second factor before .* Set one up in your profile/)
  assert.equal((await browser.call('GET', '/profile')).body.needs_second_factor, true)
  await setUp(browser)
  assert.equal((await browser.call('GET', '/people')).status, 200)
})

test('what would outlast a stolen session takes another proof after half an hour, with the second factor', async () => {
  const { browser } = await given.join('Fay')
  const { uri, codes } = await setUp(browser)
  const invitation = { name: 'Gil', email: 'gil@msp.example', grants: [] }
  const age = () => readInScope(given.db, 'allOrganizations', sql`update person_sessions set proved_at = now() - interval '31 minutes'`)
  const sensitive = [
    ['POST', '/keys', { name: 'k', grants: [{ role: 'viewer', reach: { all: true } }] }],
    ['POST', '/people', invitation],
    ['POST', '/profile/password', { current_password: goodPassword, password: 'quite another llama' }],
    ['POST', '/profile/second-factor/remove', { current_password: goodPassword }],
    ['PUT', '/sign-in-settings', { second_factor: 'optional', single_sign_on: null }],
    ['POST', '/scim/v2/Users', { userName: 'gil@msp.example' }],
    ['PATCH', `/scim/v2/Groups/${newId()}`, { Operations: [] }],
  ] as const
  await age()
  for (const [method, path, body] of sensitive) {
    const { status, body: refused } = await browser.call(method, path, body)
    assert.deepEqual([status, refused.error], [403, 'proof_required'], path)
  }
  assert.equal((await browser.call('GET', '/people')).status, 200)

  const prove = (proof: object) => browser.call('POST', '/session/proof', { current_password: goodPassword, ...proof })
  assert.equal((await prove({ current_password: 'wrong', code: await appCodeOf(uri) })).body.error, 'wrong_password')
  assert.equal((await prove({})).body.error, 'validation_failed')
  assert.equal((await prove({ code: '000000' })).body.error, 'code_refused')
  assert.equal((await browser.call('POST', '/people', invitation)).body.error, 'proof_required')
  const code = await appCodeOf(uri)
  assert.equal((await prove({ code })).status, 204)
  assert.equal((await browser.call('POST', '/people', invitation)).status, 201)
  await age()
  assert.equal((await prove({ code })).body.error, 'code_refused', 'a code works once')
  assert.equal((await prove({ recovery_code: codes[0] })).status, 204)
  assert.equal((await browser.call('POST', '/keys', sensitive[0][2])).status, 201)
  const { body: audit } = await asKey.call('GET', '/audit?action=session.proved')
  assert.equal(audit.events.length, 2)
})

test('neither secrets nor passwords are kept readable', async () => {
  const rows = await readInScope<{ text: string }>(
    given.db,
    'allOrganizations',
    sql`select secret || backup_codes as text from person_two_factors union all select password from person_accounts`,
  )
  assert.ok(rows.length > 4)
  for (const { text } of rows) assert.ok(!text.includes('otpauth') && !text.includes(goodPassword))
})
