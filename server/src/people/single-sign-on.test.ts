import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { givenOidcProvider, type OidcPerson, oidcClient } from '../../testing/given-oidc-provider.ts'
import { givenPeople, goodPassword, type TestBrowser } from '../../testing/given-people.ts'
import { readInScope, sql } from '../platform/database/database.ts'

const redirectUri = 'http://localhost:7071/api/session/single-sign-on/callback'
const accounts: Record<string, OidcPerson> = {
  ann: { email: 'ann@msp.example', name: 'Ann', groups: ['crosswalk-admins'] },
  bea: { email: 'Bea@MSP.example', name: 'Bea', groups: ['techs', 'others'] },
  cy: { email: 'cy@msp.example', name: 'Cy', groups: [] },
  dan: { email: 'dan@msp.example', name: 'Dan', groups: ['techs'], email_verified: false },
  kim: { email: 'kim@msp.example', name: 'Kim', groups: ['techs'] },
  lou: { email: 'lou@msp.example', name: 'Lou', groups: ['techs'] },
  joe: { email: 'ceo@msp.example', name: 'Joe\n\u2028Doe', groups: ['techs'], email_verified: false },
  eve: { email: 'eve@msp.example', name: 'Eve', groups: ['techs'] },
}
const provider = await givenOidcProvider(accounts, [redirectUri])
const given = await givenPeople()
after(async () => {
  await given[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
})
const { asKey } = given
const all = { all: true }

const settings = {
  name: 'Example ID',
  issuer: provider.issuer,
  client_id: oidcClient.id,
  groups_claim: 'groups',
  group_grants: [
    { group: 'crosswalk-admins', grants: [{ role: 'administrator', reach: all }] },
    { group: 'techs', grants: [{ role: 'technician', reach: all }] },
  ],
  creates_people: true,
}
const set = (more: object = {}, second_factor = 'optional') =>
  asKey.call('PUT', '/sign-in-settings', { second_factor, single_sign_on: { ...settings, ...more } })
await set({ client_secret: oidcClient.secret })

/** What a browser does at the provider: follow, type, and come back. Returns where it is sent in the end. */
async function signInAt(browser: TestBrowser, account: string): Promise<string> {
  const { body } = await browser.call('POST', '/session/single-sign-on', { next: '/organizations' })
  const cookies = new Map<string, string>()
  let url: string = body.url
  let form: URLSearchParams | undefined
  for (;;) {
    if (url.startsWith(redirectUri)) return finishAt(browser, url)
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { method: 'POST', body: form } : {}),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', ...value] = (line.split(';')[0] ?? '').split('=')
      cookies.set(name, value.join('='))
    }
    const text = await answer.text()
    const action = /action="([^"]+)"/.exec(text)?.[1]
    const prompt = /name="prompt" value="(\w+)"/.exec(text)?.[1]
    form = undefined
    const next = answer.headers.get('location') ?? action
    assert.ok(next, text.slice(0, 500))
    url = new URL(next, url).href
    if (action && prompt) form = new URLSearchParams({ prompt, ...(prompt === 'login' ? { login: account, password: 'any' } : {}) })
  }
}

async function finishAt(browser: TestBrowser, url: string): Promise<string> {
  const { location } = await browser.visit(url)
  return location ?? ''
}

test('who has no account gets one at the first sign-in, with what their groups give', async () => {
  const browser = given.browser()
  assert.deepEqual((await browser.call('GET', '/session/ways')).body.single_sign_on, { name: 'Example ID' })
  assert.equal(await signInAt(browser, 'ann'), '/organizations')
  const { body } = await browser.call('GET', '/profile')
  assert.deepEqual([body.name, body.email, body.signs_in_with], ['Ann', 'ann@msp.example', ['single_sign_on']])
  assert.deepEqual(body.grants, [{ role: 'administrator', reach: { all: true } }])
  const { body: audit } = await asKey.call('GET', '/audit?action=person.created&limit=1')
  assert.deepEqual([audit.events[0].actor.name, audit.events[0].target.name], ['Single sign-on', 'Ann'])
  const again = given.browser()
  await signInAt(again, 'ann')
  assert.equal((await again.call('GET', '/profile')).body.id, body.id)
})

test('who was invited is known by their verified address, and keeps what they were granted', async () => {
  const { id } = await given.invite('Bea', [{ role: 'viewer', reach: all }])
  const browser = given.browser()
  await signInAt(browser, 'bea')
  const { body } = await browser.call('GET', '/profile')
  assert.deepEqual([body.id, body.grants[0].role, body.state], [id, 'viewer', 'active'])
})

test('groups decide at each sign-in where that is set', async () => {
  await set({ manages_grants: true })
  const browser = given.browser()
  await signInAt(browser, 'bea')
  assert.deepEqual((await browser.call('GET', '/profile')).body.grants, [{ role: 'technician', reach: { all: true } }])
  await set()
})

test('who has no role here gets no account', async () => {
  const browser = given.browser()
  assert.equal(await signInAt(browser, 'cy'), '/sign-in?problem=single_sign_on_no_role')
  assert.equal((await browser.call('GET', '/session')).status, 401)
  assert.equal((await asKey.call('GET', '/people?search=cy%40')).body.total, 0)
})

test('groups that the provider says by SCIM decide at a sign-in like those that it says then', async () => {
  await set({ manages_grants: true })
  const { body: user } = await asKey.call('POST', '/scim/v2/Users', { userName: 'cy@msp.example', displayName: 'Cy' })
  await asKey.call('POST', '/scim/v2/Groups', { displayName: 'techs', members: [{ value: user.id }] })
  const browser = given.browser()
  assert.equal(await signInAt(browser, 'cy'), '/organizations')
  assert.deepEqual((await browser.call('GET', '/profile')).body.grants, [{ role: 'technician', reach: all }])
  await asKey.call('DELETE', `/scim/v2/Users/${user.id}`)
  await set()
})

test('an address that the provider has not verified is not taken for that of somebody here', async () => {
  await given.invite('Dan')
  const browser = given.browser()
  assert.equal(await signInAt(browser, 'dan'), '/sign-in?problem=single_sign_on_not_invited')
  await set({ trusts_addresses: true })
  assert.equal(await signInAt(browser, 'dan'), '/organizations')
  await set()
})

test('nobody gets an account by an address that the provider has not verified: it may be another’s', async () => {
  const browser = given.browser()
  assert.equal(await signInAt(browser, 'joe'), '/sign-in?problem=single_sign_on_unverified')
  assert.equal((await asKey.call('GET', '/people?search=ceo%40')).body.total, 0)
  await set({ trusts_addresses: true })
  assert.equal(await signInAt(browser, 'joe'), '/organizations')
  assert.equal((await browser.call('GET', '/profile')).body.name, 'Joe Doe')
  await set()
})

test('a group whose role was deleted gives nothing, and keeps nobody out', async () => {
  await asKey.call('POST', '/roles', { name: 'helper', description: 'Helps', permissions: ['canViewCatalogue'] })
  await set({ default_grants: [{ role: 'helper', reach: all }] })
  await asKey.call('DELETE', '/roles/helper')
  const browser = given.browser()
  assert.equal(await signInAt(browser, 'lou'), '/organizations')
  assert.deepEqual((await browser.call('GET', '/profile')).body.grants, [{ role: 'technician', reach: { all: true } }])
  await set()
})

test('who is known by the same name at another provider is somebody else', async () => {
  await using other = await givenOidcProvider({ ann: { email: 'mallory@msp.example', name: 'Mallory', groups: ['techs'] } }, [redirectUri])
  await set({ issuer: other.issuer })
  const browser = given.browser()
  assert.equal(await signInAt(browser, 'ann'), '/organizations')
  const { body } = await browser.call('GET', '/profile')
  assert.deepEqual([body.name, body.grants[0].role], ['Mallory', 'technician'])
  await set()
})

test('whom an administrator has taken everything from gets nothing again by their groups', async () => {
  const browser = given.browser()
  const { id } = await given.invite('Kim', [])
  assert.equal(await signInAt(browser, 'kim'), '/organizations', 'groups decide at the first time')
  await asKey.call('PATCH', `/people/${id}`, { grants: [] })
  assert.equal(await signInAt(browser, 'kim'), '/sign-in?problem=single_sign_on_no_role')
  assert.equal((await browser.call('GET', '/session')).status, 401)
})

test('where accounts are not made, who was not invited stays out; so does who is deactivated', async () => {
  await set({ creates_people: false })
  const browser = given.browser()
  assert.equal(await signInAt(browser, 'eve'), '/sign-in?problem=single_sign_on_not_invited')
  const { id } = await given.invite('Eve')
  assert.equal(await signInAt(browser, 'eve'), '/organizations')
  await asKey.call('POST', `/people/${id}/deactivate`)
  assert.match(await signInAt(browser, 'eve'), /problem=single_sign_on_refused/)
  assert.equal((await browser.call('GET', '/session')).status, 401)
  await set()
})

test('what did not begin in this browser does not sign it in', async () => {
  const begun = given.browser()
  const { body } = await begun.call('POST', '/session/single-sign-on', {})
  const state = new URL(body.url).searchParams.get('state') ?? ''
  const other = given.browser()
  for (const url of [`${redirectUri}?code=x&state=${state}`, `${redirectUri}?code=x&state=y`, redirectUri])
    assert.match(await finishAt(other, url), /^\/sign-in\?problem=single_sign_on_refused/)
  const answer = await begun.call('POST', '/session/single-sign-on', { next: '//elsewhere.example' })
  assert.equal(answer.body.error, 'validation_failed')
})

test('an address has the provider asked only so often, unless somebody signs in', async () => {
  const begun = given.browser()
  assert.equal((await begun.call('POST', '/session/single-sign-on', {})).status, 200)
  await readInScope(given.db, 'allOrganizations', sql`update sign_in_attempts set failures = 200`)
  const more = await begun.call('POST', '/session/single-sign-on', {})
  assert.deepEqual([more.status, more.body.error], [429, 'too_many_attempts'])
  assert.equal(await finishAt(begun, `${redirectUri}?code=x&state=y`), '/sign-in?problem=too_many_attempts')
  await readInScope(given.db, 'allOrganizations', sql`update sign_in_attempts set failures = 198`)
  assert.equal(await signInAt(given.browser(), 'ann'), '/organizations')
  assert.equal((await begun.call('POST', '/session/single-sign-on', {})).status, 200)
})

test('by single sign-on alone: passwords are refused, and the administrator key still opens', async () => {
  const { email } = await given.join('Fay')
  await set({ is_only: true })
  const browser = given.browser()
  const refused = await browser.call('POST', '/session/password', { email, password: goodPassword })
  assert.deepEqual([refused.status, refused.body.error], [403, 'only_single_sign_on'])
  assert.equal(await signInAt(browser, 'ann'), '/organizations')
  assert.equal((await asKey.call('GET', '/people')).status, 200)
  await set()
})

test('the connection is tested before it is set', async () => {
  const tested = async (more: object) =>
    (await asKey.call('POST', '/sign-in-settings/test', { issuer: provider.issuer, client_id: oidcClient.id, ...more })).body
  assert.deepEqual([(await tested({})).success, (await tested({ client_secret: oidcClient.secret })).success], [true, true])
  assert.match((await tested({ client_secret: 'wrong' })).message, /refuses the client \(invalid_client\)/)
  assert.match((await tested({ issuer: `${provider.issuer}/elsewhere` })).message, /answered 404/)
  assert.match((await tested({ issuer: 'http://127.0.0.1:1' })).message, /does not answer/)
})

test('the secret of the client is kept sealed and shown to nobody; settings take an administrator of everything', async () => {
  const shown = JSON.stringify((await asKey.call('GET', '/sign-in-settings')).body)
  const { body: audit } = await asKey.call('GET', '/audit?action=sign_in_settings')
  assert.ok(shown.includes('"has_client_secret":true') && !(shown + JSON.stringify(audit)).includes(oidcClient.secret))
  const rows = await readInScope<{ text: string }>(given.db, 'allOrganizations', sql`select p::text as text from platform_secrets p`)
  assert.ok(rows.length > 1 && rows.every(({ text }) => !text.includes(Buffer.from(oidcClient.secret).toString('hex'))))
  await asKey.call('POST', '/roles', { name: 'people_keeper', description: 'Keeps people', permissions: ['canManagePeople'] })
  const { browser } = await given.join('Gil', [{ role: 'people_keeper', reach: all }])
  const refused = await browser.call('PUT', '/sign-in-settings', { second_factor: 'optional', single_sign_on: null })
  assert.equal(refused.status, 403)
})

test('who must have a second factor can do nothing else before it is set up', async () => {
  const { browser } = await given.join('Hal')
  await set({}, 'administrators')
  assert.equal((await browser.call('GET', '/profile')).body.needs_second_factor, true)
  assert.equal((await browser.call('GET', '/people')).status, 403)
  assert.deepEqual((await browser.call('GET', '/session')).body.permissions, [])
  const viewer = await given.join('Ivy', [{ role: 'viewer', reach: all }])
  assert.equal((await viewer.browser.call('GET', '/profile')).body.needs_second_factor, false)
  // One who says what others may do is an administrator, whatever the role is called.
  await asKey.call('POST', '/roles', { name: 'almost_all', description: 'Keys', permissions: ['canManageKeys', 'canViewHistory'] })
  const keeper = await given.join('Jan', [{ role: 'almost_all', reach: all }])
  assert.equal((await keeper.browser.call('GET', '/profile')).body.needs_second_factor, true)
  assert.equal((await keeper.browser.call('POST', '/keys', { name: 'x', grants: [] })).status, 403)
  const bySingleSignOn = given.browser()
  await signInAt(bySingleSignOn, 'ann')
  assert.equal((await bySingleSignOn.call('GET', '/people')).status, 200)
  await set()
})
