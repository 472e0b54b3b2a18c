import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { givenKey } from '../../../testing/given-keys.ts'
import { givenPeople } from '../../../testing/given-people.ts'
import { testAdminKey } from '../../../testing/test-app.ts'
import { installationAuthentication } from '../../access/authentication.ts'

// Each request is written as Entra ID or Okta sends it: media types, capitals and paths included.

const given = await givenPeople({
  authenticateWith: (parts) =>
    installationAuthentication({ ...parts, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: false }).authenticate,
})
after(() => given[Symbol.asyncDispose]())
const { asKey } = given
const everywhere = { all: true as const }
const patchOf = (...Operations: object[]) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })
const coreUser = 'urn:ietf:params:scim:schemas:core:2.0:User'
const coreGroup = 'urn:ietf:params:scim:schemas:core:2.0:Group'

let key: string
before(async () => {
  await given.join('First Administrator')
  key = (await givenKey(given.db, { role: 'provisioner', reach: everywhere })).key
  const singleSignOn = {
    name: 'Entra ID',
    issuer: 'https://login.example/tenant/v2.0',
    client_id: 'crosswalk',
    client_secret: 'no real secret',
    group_grants: [
      { group: 'Technicians', grants: [{ role: 'technician', reach: everywhere }] },
      { group: '5b1c7a9e-0000-4000-8000-0000000000aa', grants: [{ role: 'viewer', reach: everywhere }] },
      { group: 'Administrators', grants: [{ role: 'administrator', reach: everywhere }] },
    ],
  }
  const saved = await asKey.call('PUT', '/sign-in-settings', { second_factor: 'optional', single_sign_on: singleSignOn })
  assert.equal(saved.status, 200, JSON.stringify(saved.body))
})

async function send(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object, bearer = key) {
  const answer = await given.app.inject({
    method,
    url: `/api/scim/v2${path}`,
    headers: {
      host: 'localhost:7071',
      authorization: `Bearer ${bearer}`,
      ...(body ? { 'content-type': 'application/scim+json; charset=utf-8' } : {}),
    },
    ...(body ? { payload: JSON.stringify(body) } : {}),
  })
  const type = String(answer.headers['content-type'])
  if (answer.body !== '') assert.match(type, /^application\/scim\+json/)
  return { status: answer.statusCode, location: answer.headers.location, body: answer.body === '' ? null : answer.json() }
}
const found = (filter: string, more = '') => send('GET', `/Users?filter=${encodeURIComponent(filter)}${more}`)

/** As Entra ID makes a user. */
const entraUser = (userName: string, more: object = {}) => ({
  schemas: [coreUser, 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'],
  externalId: `external-${userName}`,
  userName,
  active: true,
  displayName: 'Ada Lovelace',
  emails: [{ primary: true, type: 'work', value: `mail.${userName}` }],
  meta: { resourceType: 'User' },
  name: { formatted: 'Ada Lovelace', familyName: 'Lovelace', givenName: 'Ada' },
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Engines' },
  ...more,
})
const rolesOf = async (id: string) =>
  (await asKey.call('GET', `/people/${id}`)).body.grants.map(({ role }: { role: string }) => role).sort()

test('what the server does of SCIM is told to a key of an identity provider, and to nobody else', async () => {
  const config = await send('GET', '/ServiceProviderConfig')
  assert.deepEqual([config.status, config.body.patch.supported, config.body.bulk.supported], [200, true, false])
  const names = async (path: string) => (await send('GET', path)).body.Resources.map(({ name }: { name: string }) => name)
  assert.deepEqual(
    [await names('/ResourceTypes'), await names('/Schemas')],
    [
      ['User', 'Group'],
      ['User', 'Group'],
    ],
  )
  const viewer = await givenKey(given.db, { role: 'viewer', reach: everywhere })
  const refused = await send('GET', '/Users', undefined, viewer.key)
  assert.deepEqual([refused.status, refused.body.status, refused.body.error], [403, '403', 'forbidden'])
  const unknown = await send('GET', '/Users', undefined, 'cwk_wrong')
  assert.deepEqual([unknown.status, unknown.body.schemas], [401, ['urn:ietf:params:scim:api:messages:2.0:Error']])
  const elsewhere = await given.app.inject({ url: '/api/people', headers: { host: 'localhost:7071', authorization: `Bearer ${key}` } })
  assert.equal(elsewhere.statusCode, 403)
  assert.equal((await send('GET', '/Nothing')).body.status, '404')
})

test('an identity provider is shown no organization, and nothing that is noted of them', async () => {
  const { body: noted } = await asKey.call('POST', '/organizations', { name: 'Noted', tags: ['slow payer'] })
  await asKey.call('POST', '/organization-fields', { name: 'worth', label: 'Worth', type: 'text' })
  const read = async (path: string) =>
    (await given.app.inject({ url: `/api${path}`, headers: { host: 'localhost:7071', authorization: `Bearer ${key}` } })).json()
  assert.deepEqual([(await read('/organizations')).organizations, (await read('/organizations?search=Noted')).total], [[], 0])
  assert.equal((await read(`/organizations/${noted.id}`)).error, 'organization_not_found')
  assert.deepEqual((await read('/organization-fields')).fields, [])
})

test('Entra ID makes a person, finds them, changes them and takes them away', async () => {
  const none = await found('userName eq "Ada@msp.example"')
  assert.deepEqual([none.status, none.body.totalResults, none.body.Resources], [200, 0, []])
  const made = await send('POST', '/Users', entraUser('Ada@msp.example'))
  assert.equal(made.status, 201)
  const { id } = made.body
  assert.equal(made.location, `http://localhost:7071/api/scim/v2/Users/${id}`)
  assert.deepEqual(
    [made.body.userName, made.body.displayName, made.body.active, made.body.externalId, made.body.emails],
    ['Ada@msp.example', 'Ada Lovelace', true, 'external-Ada@msp.example', entraUser('Ada@msp.example').emails],
  )
  const twice = await send('POST', '/Users', entraUser('ADA@msp.example'))
  assert.deepEqual([twice.status, twice.body.scimType, twice.body.status], [409, 'uniqueness', '409'])
  for (const filter of [
    'USERNAME EQ "ada@MSP.example"',
    'externalId eq "external-Ada@msp.example"',
    'emails[type eq "work"].value eq "mail.ada@msp.example"',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada@msp.example" and active eq true',
  ])
    assert.deepEqual(
      (await found(filter)).body.Resources.map((one: { id: string }) => one.id),
      [id],
      filter,
    )
  const changed = await send(
    'PATCH',
    `/Users/${id}`,
    patchOf(
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'countess@msp.example' },
      { op: 'Add', path: 'emails[type eq "home"].value', value: 'ada@home.example' },
      { op: 'Replace', path: 'name.familyName', value: 'King' },
      { op: 'Replace', path: 'displayName', value: 'Ada King' },
      { op: 'Add', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', value: 'Notes' },
      { op: 'Add', path: 'title', value: 'Countess' },
    ),
  )
  assert.deepEqual([changed.status, changed.body.name.familyName, changed.body.displayName], [200, 'King', 'Ada King'])
  assert.deepEqual(changed.body.emails, [
    { value: 'countess@msp.example', type: 'work', primary: true },
    { type: 'home', value: 'ada@home.example' },
  ])
  const pathless = await send(
    'PATCH',
    `/Users/${id}`,
    patchOf({ op: 'Replace', value: { 'name.givenName': 'Augusta', userName: 'countess@msp.example', active: 'False' } }),
  )
  assert.deepEqual([pathless.body.name.givenName, pathless.body.userName, pathless.body.active], ['Augusta', 'countess@msp.example', false])
  const person = (await asKey.call('GET', `/people/${id}`)).body
  assert.deepEqual([person.email, person.name, person.state], ['countess@msp.example', 'Ada King', 'deactivated'])
  assert.equal((await send('DELETE', `/Users/${id}`)).status, 204)
  const gone = await send('GET', `/Users/${id}`)
  assert.deepEqual([gone.status, gone.body.status, gone.body.error], [404, '404', 'person_not_found'])
  assert.equal((await asKey.call('GET', `/people/${id}`)).status, 404)
})

test('Okta lists, makes, replaces and deactivates people by the requests of its own tests', async () => {
  const page = await send('GET', '/Users?count=1&startIndex=1')
  assert.deepEqual([page.body.itemsPerPage, page.body.startIndex, page.body.Resources.length], [1, 1, 1])
  const absent = await send('GET', '/Users/010101001010101011001010101011')
  assert.deepEqual([absent.status, absent.body.schemas], [404, ['urn:ietf:params:scim:api:messages:2.0:Error']])
  const user = {
    schemas: [coreUser],
    userName: 'runscope300@atko.example',
    name: { givenName: 'Runscope', familyName: 'Test' },
    emails: [{ primary: true, value: 'runscope300.mail@atko.example', type: 'work' }],
    displayName: 'Runscope Test',
    externalId: '00ujl29u0le5T6Aj10h7',
    locale: 'en-US',
    groups: [],
    password: '1mz050nq',
    active: true,
  }
  const made = await send('POST', '/Users', user)
  assert.deepEqual([made.status, made.body.active, made.body.name], [201, true, user.name])
  const { id } = made.body
  const replaced = await send('PUT', `/Users/${id}`, {
    ...user,
    id,
    name: { givenName: 'Another', familyName: 'Test' },
    displayName: undefined,
  })
  assert.deepEqual([replaced.status, replaced.body.displayName, replaced.body.name.givenName], [200, 'Another Test', 'Another'])
  const off = await send('PATCH', `/Users/${id}`, patchOf({ op: 'replace', value: { active: false } }))
  assert.deepEqual([off.status, off.body.active], [200, false])
  const on = await send('PATCH', `/Users/${id}`, patchOf({ op: 'replace', value: { active: true } }))
  assert.equal(on.body.active, true)
})

test('whom the identity provider deactivates is out at once, with their keys', async () => {
  const { id, browser } = await given.join('Leaver', [{ role: 'administrator', reach: everywhere }])
  const own = await browser.call('POST', '/keys', { name: 'Own', grants: [{ role: 'viewer', reach: everywhere }] })
  const asOwn = () => given.app.inject({ url: '/api/me', headers: { host: 'localhost:7071', authorization: `Bearer ${own.body.key}` } })
  assert.deepEqual([(await browser.call('GET', '/session')).status, (await asOwn()).statusCode], [200, 200])
  const off = await send('PATCH', `/Users/${id}`, patchOf({ op: 'Replace', path: 'active', value: 'False' }))
  assert.equal(off.status, 200, JSON.stringify(off.body))
  assert.deepEqual([(await browser.call('GET', '/session')).status, (await asOwn()).statusCode], [401, 401])
  const { body: person } = await asKey.call('GET', `/people/${id}`)
  assert.deepEqual([person.state, person.name, person.email], ['deactivated', 'Leaver', 'leaver@msp.example'])
})

test('what people have follows their groups, by name or by the provider’s id, and what was given by hand stays', async () => {
  const { id } = (await send('POST', '/Users', entraUser('grace@msp.example'))).body
  await asKey.call('PATCH', `/people/${id}`, { grants: [{ role: 'engineer', reach: everywhere }] })
  const technicians = await send('POST', '/Groups', { schemas: [coreGroup], displayName: 'Technicians', externalId: 'tech-1' })
  assert.equal(technicians.status, 201)
  const path = `/Groups/${technicians.body.id}`
  const added = await send('PATCH', path, patchOf({ op: 'Add', path: 'members', value: [{ value: id }] }))
  assert.deepEqual([added.status, await rolesOf(id)], [204, ['engineer', 'technician']])
  const viewers = await send('POST', '/Groups', {
    schemas: [coreGroup],
    displayName: 'Viewers',
    externalId: '5b1c7a9e-0000-4000-8000-0000000000aa',
    members: [{ value: id }],
  })
  assert.deepEqual(
    [viewers.body.members, await rolesOf(id)],
    [[{ value: id, display: 'Ada Lovelace' }], ['engineer', 'technician', 'viewer']],
  )
  assert.deepEqual(
    (await send('GET', `/Users/${id}`)).body.groups.map(({ display }: { display: string }) => display),
    ['Technicians', 'Viewers'],
  )
  const without = await send('GET', `/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "technicians"')}`)
  assert.deepEqual([without.body.totalResults, 'members' in without.body.Resources[0]], [1, false])
  const left = await send('PATCH', path, patchOf({ op: 'Remove', path: `members[value eq "${id}"]` }))
  assert.deepEqual([left.status, await rolesOf(id)], [204, ['engineer', 'viewer']])
  await send('PATCH', path, patchOf({ op: 'Replace', path: 'members', value: [{ value: id }] }))
  await send('PATCH', path, patchOf({ op: 'Replace', path: 'displayName', value: 'Others' }))
  assert.deepEqual(await rolesOf(id), ['engineer', 'viewer'])
  await send('PUT', path, { schemas: [coreGroup], displayName: 'Technicians', members: [{ value: id }] })
  assert.deepEqual(await rolesOf(id), ['engineer', 'technician', 'viewer'])
  const removed = await send('PATCH', path, patchOf({ op: 'Remove', path: 'members', value: [{ value: id }] }))
  assert.deepEqual([removed.status, await rolesOf(id)], [204, ['engineer', 'viewer']])
  assert.equal((await send('DELETE', `/Groups/${viewers.body.id}?aadOptscim062020`)).status, 204)
  assert.deepEqual(await rolesOf(id), ['engineer'])
  const { body: audit } = await asKey.call('GET', '/audit?action=group.updated')
  assert.ok(audit.events.some(({ target }: { target: { members_removed?: string[] } }) => target.members_removed?.includes(id)))
})

test('what a group gives changes with the settings, for those who are in it', async () => {
  const { id } = (await send('POST', '/Users', entraUser('hedy@msp.example'))).body
  await send('POST', '/Groups', { displayName: 'Inventors', members: [{ value: id }] })
  const { body: settings } = await asKey.call('GET', '/sign-in-settings')
  const { has_client_secret: _, ...singleSignOn } = settings.single_sign_on
  const save = (grants: object[]) =>
    asKey.call('PUT', '/sign-in-settings', { second_factor: 'optional', single_sign_on: { ...singleSignOn, group_grants: grants } })
  const grant = { role: 'technician', reach: everywhere, workflows: ['sync_users'] }
  await save([...singleSignOn.group_grants, { group: 'Inventors', grants: [grant] }])
  assert.deepEqual((await asKey.call('GET', `/people/${id}`)).body.grants, [grant])
  await save(singleSignOn.group_grants)
  assert.deepEqual(await rolesOf(id), [])
})

test('nobody gets more than who made the key has, and who has more is not touched', async () => {
  await asKey.call('POST', '/roles', {
    name: 'people_keeper',
    description: 'Keeps people',
    permissions: ['canManageUsers', 'canViewCatalogue'],
  })
  const keeper = await given.join('Keeper', [{ role: 'people_keeper', reach: everywhere }])
  const made = await keeper.browser.call('POST', '/keys', { name: 'SCIM', grants: [{ role: 'provisioner', reach: everywhere }] })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const lesser = made.body.key as string
  const user = await send('POST', '/Users', entraUser('mallory@msp.example'), lesser)
  assert.equal(user.status, 201)
  const group = await send('POST', '/Groups', { displayName: 'Administrators', members: [{ value: user.body.id }] }, lesser)
  assert.deepEqual([group.status, group.body.error, await rolesOf(user.body.id)], [403, 'forbidden', []])
  const boss = await given.join('Boss')
  for (const answer of [
    await send('PATCH', `/Users/${boss.id}`, patchOf({ op: 'replace', path: 'active', value: false }), lesser),
    await send('PATCH', `/Users/${boss.id}`, patchOf({ op: 'replace', path: 'userName', value: 'mine@msp.example' }), lesser),
    await send('DELETE', `/Users/${boss.id}`, undefined, lesser),
  ])
    assert.deepEqual([answer.status, answer.body.error], [403, 'forbidden'])
})

test('the last administrator stays, whatever the identity provider says', async () => {
  await using alone = await givenPeople({
    authenticateWith: (parts) =>
      installationAuthentication({ ...parts, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: false }).authenticate,
  })
  const { id } = await alone.join('Only')
  const headers = { 'content-type': 'application/scim+json' }
  const off = await alone.asKey.call('PATCH', `/scim/v2/Users/${id}`, patchOf({ op: 'replace', value: { active: false } }), headers)
  const gone = await alone.asKey.call('DELETE', `/scim/v2/Users/${id}`)
  assert.deepEqual([off.status, off.body.error, gone.status, gone.body.detail], [409, 'last_administrator', 409, off.body.detail])
})

test('what cannot be taken is refused in the form of SCIM, and says which', async () => {
  const filters = ['userName sw "a"', 'userName eq', 'password eq "x"', 'userName eq "a" or userName eq "b"', '(']
  for (const filter of filters) {
    const { status, body } = await found(filter)
    assert.deepEqual([status, body.status, /^invalid(Filter|Path)$/.test(body.scimType)], [400, '400', true], filter)
  }
  const { id } = (await send('POST', '/Users', entraUser('eve@msp.example'))).body
  const answers = [
    await send('POST', '/Users', { schemas: [coreUser], displayName: 'No name' }),
    await send('POST', '/Users', { userName: 'no address' }),
    await send('POST', '/Groups', { displayName: 'Strangers', members: [{ value: '5b1c7a9e-0000-4000-8000-0000000000ff' }] }),
    await send('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'active', value: 'perhaps' })),
    await send('PATCH', `/Users/${id}`, patchOf({ op: 'remove', path: 'userName' })),
    await send('PATCH', `/Users/${id}`, patchOf({ op: 'move', path: 'userName' })),
  ]
  for (const { status, body } of answers) assert.deepEqual([status, body.scimType], [400, 'invalidValue'], JSON.stringify(body))
  const noPath = await send('PATCH', `/Users/${id}`, patchOf({ op: 'remove' }))
  assert.deepEqual([noPath.status, noPath.body.scimType], [400, 'invalidPath'])
  await send('POST', '/Groups', { displayName: 'Twice' })
  const group = await send('POST', '/Groups', { displayName: 'twice' })
  assert.deepEqual([group.status, group.body.scimType], [409, 'uniqueness'])
})
