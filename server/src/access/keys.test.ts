import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createTestApp, type TestApp, testAdminKey } from '../../testing/test-app.ts'
import { until } from '../../testing/until.ts'
import { systemActing } from '../audit/audit.ts'
import { createOrganization } from '../organizations/organizations.ts'
import { inScope, sql } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import { digestOfKey } from './auth.ts'
import { installationAuthentication } from './authentication.ts'
import { setGrants } from './granting.ts'
import { builtInRole } from './roles.ts'

// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
type Body = any
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

let api: TestApp
let acme: string
let globex: string
const all = { all: true }

async function send(key: string | undefined, method: Method, url: string, body?: object, remoteAddress = '127.0.0.1') {
  const answer = await api.app.inject({
    method,
    url: `/api${url}`,
    remoteAddress,
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    ...(body ? { payload: body } : {}),
  })
  return { status: answer.statusCode, text: answer.body, body: (answer.body === '' ? null : answer.json()) as Body }
}
async function makeKey(given: object = {}, maker = testAdminKey): Promise<{ id: string; key: string; prefix: string }> {
  const answer = await send(maker, 'POST', '/keys', { name: 'For a test', grants: [{ role: 'viewer', reach: all }], ...given })
  assert.equal(answer.status, 201, answer.text)
  return answer.body
}
const refusal = ({ status, body }: { status: number; body: Body }) => [status, body?.error]
const namesSeenBy = async (key: string) =>
  (await send(key, 'GET', '/organizations')).body.organizations.map(({ name }: Body) => name).sort()
const add = async (name: string, ...tags: string[]) =>
  (await createOrganization(api.db, systemActing, { name, domains: [], tenantId: null, tags })).id

before(async () => {
  api = await createTestApp({
    authenticateWith: (given) => {
      const authentication = installationAuthentication({ ...given, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: false })
      return authentication.authenticate
    },
  })
  acme = await add('Acme', 'gold')
  globex = await add('Globex')
})
after(() => api[Symbol.asyncDispose]())

test('a key is shown once, kept as a digest, and does what its grants say for their reach', async () => {
  const { id, key, prefix } = await makeKey({ name: 'Reports', grants: [{ role: 'viewer', reach: { organizations: [acme] } }] })
  assert.match(key, /^cwk_[\w-]{43}$/)
  assert.ok(key.startsWith(prefix) && prefix.length === 12)
  assert.deepEqual(await namesSeenBy(key), ['Acme'])
  assert.deepEqual(refusal(await send(key, 'GET', `/organizations/${globex}`)), [404, 'organization_not_found'])
  assert.deepEqual(refusal(await send(key, 'GET', '/secrets')), [403, 'forbidden'])
  const listed = await send(testAdminKey, 'GET', '/keys')
  assert.ok(!listed.text.includes(key), 'the key itself is not listed')
  const shown = listed.body.keys.find((one: Body) => one.id === id)
  assert.deepEqual(
    [shown.name, shown.state, shown.grants, shown.made_by.id],
    ['Reports', 'active', [{ role: 'viewer', reach: { organizations: [acme] } }], 'admin'],
  )
  const stored = await inScope(api.db, 'allOrganizations', (transaction) =>
    transaction.query<{ row: string }>(sql`select api_keys::text as row from api_keys where key_digest = ${digestOfKey(key)}`),
  )
  assert.equal(stored.length, 1)
  assert.ok(!stored[0]?.row.includes(key.slice(14)))
  const audit = await send(testAdminKey, 'GET', `/audit?target_type=api_key&target_id=${id}`)
  assert.deepEqual(
    audit.body.events.map(({ action }: Body) => action),
    ['api_key.created'],
  )
  assert.ok(!audit.text.includes(key.slice(14)))
})

test('who asks is told who they are, what they were granted, and what that comes to', async () => {
  const { id, key } = await makeKey({
    grants: [
      { role: 'viewer', reach: all },
      { role: 'technician', reach: { organizations: [acme] } },
    ],
  })
  const { body } = await send(key, 'GET', '/me')
  assert.deepEqual([body.principal.type, body.principal.id, body.grants.length], ['api_key', id, 2])
  assert.ok(body.permissions.includes('canManageMappings') && !body.permissions.includes('canManageSecrets'))
  assert.ok(!(await send(key, 'GET', `/me?org_id=${globex}`)).body.permissions.includes('canManageMappings'))
  assert.ok((await send(key, 'GET', `/me?org_id=${acme}`)).body.permissions.includes('canManageMappings'))
  assert.deepEqual(refusal(await send(undefined, 'GET', '/me')), [401, 'unauthenticated'])
  assert.ok(body.permissions_for_all.includes('canViewMappings'))
  assert.ok(!body.permissions_for_all.includes('canManageMappings'), 'they have it for Acme alone')
  const others = await makeKey({ grants: [{ role: 'viewer', reach: { all_but: [globex] } }] })
  assert.deepEqual((await send(others.key, 'GET', '/me')).body.permissions_for_all, [])
  assert.ok(!(await send(others.key, 'GET', '/me')).text.includes(globex), 'what is kept from it is not named')
})

test('a reach by tag, and one of all but some, have new organizations without an edit', async () => {
  const tagged = await makeKey({ grants: [{ role: 'viewer', reach: { tags: ['Gold'] } }] })
  const others = await makeKey({ grants: [{ role: 'viewer', reach: { all_but: [globex] } }] })
  assert.deepEqual(await namesSeenBy(tagged.key), ['Acme'])
  const initech = await add('Initech', 'gold')
  // It was not added by a request, so that the API is told of it a moment later.
  await until('the API knows of the tag', async () => (await namesSeenBy(tagged.key)).join() === 'Acme,Initech')
  assert.deepEqual(await namesSeenBy(others.key), ['Acme', 'Initech'])
  await send(testAdminKey, 'PATCH', `/organizations/${initech}`, { tags: [] })
  assert.deepEqual(await namesSeenBy(tagged.key), ['Acme'])
})

test('nobody gives more than they have: no other permission, no other reach', async () => {
  const maker = await makeKey({
    grants: [
      { role: 'engineer', reach: { organizations: [acme] } },
      { role: 'administrator', reach: { tags: ['gold'] } },
    ],
  })
  const attempt = async (role: string, reach: object) =>
    (await send(maker.key, 'POST', '/keys', { name: 'x', grants: [{ role, reach }] })).status
  assert.equal(await attempt('engineer', { organizations: [acme] }), 201)
  assert.equal(await attempt('administrator', { tags: ['gold'] }), 201)
  for (const [role, reach] of [
    ['viewer', all],
    ['viewer', { organizations: [acme, globex] }],
    ['viewer', { all_but: [acme] }],
    ['viewer', { tags: ['gold', 'silver'] }],
  ] as const)
    assert.equal(await attempt(role, reach), 403, JSON.stringify([role, reach]))
  const unknown = await send(maker.key, 'POST', '/keys', { name: 'x', grants: [{ role: 'nobody', reach: all }] })
  assert.deepEqual([...refusal(unknown), Object.keys(unknown.body.details)], [400, 'validation_failed', ['grants.0.role']])
  const seen = (await send(maker.key, 'GET', '/keys')).body
  assert.deepEqual([seen.count, seen.administrator_key], [2, null], 'it manages the keys that it made')
  const strong = await makeKey({ grants: [{ role: 'administrator', reach: all }] })
  assert.deepEqual(refusal(await send(maker.key, 'DELETE', `/keys/${strong.id}`)), [404, 'key_not_found'])
  const keeper = await send(testAdminKey, 'POST', '/roles', { name: 'keeper', description: 'Keys', permissions: ['canManageKeys'] })
  assert.equal(keeper.status, 201)
  const weak = await makeKey({ grants: [{ role: 'keeper', reach: all }] })
  assert.deepEqual(refusal(await send(weak.key, 'POST', `/keys/${strong.id}/rotate`, {})), [403, 'forbidden'])
})

test('who sets a tag gives no organization to those who have more by it, themselves included', async () => {
  await send(testAdminKey, 'POST', '/roles', { name: 'clerk', description: 'Organizations', permissions: ['canManageOrganizations'] })
  const clerk = await makeKey({
    grants: [
      { role: 'clerk', reach: all },
      { role: 'engineer', reach: { tags: ['platinum'] } },
    ],
  })
  const refused = await send(clerk.key, 'PATCH', `/organizations/${globex}`, { tags: ['platinum'] })
  assert.deepEqual([refused.status, refused.body.details.role, refused.body.details.tag], [403, 'engineer', 'platinum'])
  assert.deepEqual(refusal(await send(clerk.key, 'POST', '/organizations', { name: 'Own', tags: ['platinum'] })), [403, 'forbidden'])
  assert.equal((await send(clerk.key, 'PATCH', `/organizations/${globex}`, { tags: ['plain'] })).status, 200)
  assert.equal((await send(testAdminKey, 'PATCH', `/organizations/${globex}`, { tags: ['plain', 'platinum'] })).status, 200)
  assert.equal((await send(clerk.key, 'PATCH', `/organizations/${globex}`, { tags: ['platinum'] })).status, 200, 'it had that before')
  assert.equal((await send(testAdminKey, 'PATCH', `/organizations/${globex}`, { tags: [] })).status, 200)
  await send(testAdminKey, 'DELETE', `/keys/${clerk.id}`)
})

test('what its maker loses, a key loses too, and it ends with its maker', async () => {
  const maker = await makeKey({ grants: [{ role: 'administrator', reach: all }] })
  const made = await makeKey({ grants: [{ role: 'administrator', reach: all }] }, maker.key)
  const madeByMade = await makeKey({ grants: [{ role: 'viewer', reach: { all_but: [globex] } }] }, made.key)
  assert.equal((await send(made.key, 'GET', '/secrets')).status, 200)
  const viewer = builtInRole('viewer')
  assert.ok(viewer)
  await setGrants(api.db, { type: 'api_key', id: maker.id }, [{ role: viewer, reach: { organizations: [acme, globex] } }])
  await until('it is so everywhere', async () => (await send(made.key, 'GET', '/secrets')).status === 403)
  assert.deepEqual(await namesSeenBy(made.key), ['Acme', 'Globex'])
  assert.deepEqual(await namesSeenBy(madeByMade.key), ['Acme'])
  assert.equal((await send(testAdminKey, 'DELETE', `/keys/${maker.id}`)).status, 204)
  await until('it is so everywhere', async () => (await send(madeByMade.key, 'GET', '/me')).status === 401)
  for (const { key } of [maker, made, madeByMade]) assert.deepEqual(refusal(await send(key, 'GET', '/me')), [401, 'key_revoked'])
  const revoked = (await send(testAdminKey, 'GET', '/keys?include_revoked=true&limit=200')).body.keys
  assert.equal(revoked.find(({ id }: Body) => id === madeByMade.id).state, 'revoked')
})

test('a log that a key follows ends with the key', async () => {
  const { id, key } = await makeKey()
  const executionId = newId()
  await inScope(api.db, 'allOrganizations', (transaction) =>
    transaction.query(sql`
      insert into executions (id, organization_id, kind, name, status, timeout_ms, caller, started_at)
      values (${executionId}, ${acme}, 'workflow', 'long', 'running', 60000, '{"type":"system","id":"x","name":"x"}', now())`),
  )
  const following = api.app.inject({
    url: `/api/executions/${executionId}/logs`,
    headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream' },
  })
  await until('the key was let in', async () => {
    const { keys } = (await send(testAdminKey, 'GET', '/keys')).body
    return keys.some((one: Body) => one.id === id && one.last_used_at !== null)
  })
  await send(testAdminKey, 'DELETE', `/keys/${id}`)
  const { body } = await following
  assert.match(body, /event: refused\ndata: .*key_revoked/)
})

test('a key that a key made is taken from the addresses of both', async () => {
  const maker = await makeKey({ grants: [{ role: 'administrator', reach: { all: true } }], addresses: ['203.0.113.0/24'] })
  const grants = [{ role: 'viewer', reach: { all: true } }]
  const { body: made } = await send(maker.key, 'POST', '/keys', { name: 'of it', grants }, '203.0.113.9')
  assert.equal((await send(made.key, 'GET', '/me', undefined, '203.0.113.9')).status, 200)
  assert.deepEqual(refusal(await send(made.key, 'GET', '/me', undefined, '198.51.100.1')), [403, 'key_address_refused'])
})

test('a key ends at its time, and is taken from its addresses alone', async () => {
  const key = await makeKey({ expires_at: new Date(Date.now() + 1_000).toISOString(), addresses: ['203.0.113.0/24', '127.0.0.1'] })
  assert.equal((await send(key.key, 'GET', '/me', undefined, '203.0.113.9')).status, 200)
  assert.deepEqual(refusal(await send(key.key, 'GET', '/me', undefined, '198.51.100.1')), [403, 'key_address_refused'])
  await until('it is so everywhere', async () => (await send(key.key, 'GET', '/me')).status === 401)
  assert.deepEqual(refusal(await send(key.key, 'GET', '/me')), [401, 'key_expired'])
  const shown = (await send(testAdminKey, 'GET', '/keys')).body.keys.find(({ id }: Body) => id === key.id)
  assert.equal(shown.state, 'expired')
  await until(
    'it is so everywhere',
    async () => (await send(testAdminKey, 'GET', '/keys')).body.keys.find(({ id }: Body) => id === key.id).last_used_at !== null,
  )
  for (const given of [{ expires_at: '2001-01-01T00:00:00Z' }, { addresses: ['example.com'] }, { grants: [] }])
    assert.equal((await send(testAdminKey, 'POST', '/keys', { name: 'x', grants: [{ role: 'viewer', reach: all }], ...given })).status, 400)
})

test('a rotated key is taken beside the new one for as long as was said', async () => {
  const { id, key } = await makeKey()
  const rotated = await send(testAdminKey, 'POST', `/keys/${id}/rotate`, { overlap_minutes: 5 })
  assert.equal(rotated.status, 200)
  assert.notEqual(rotated.body.key, key)
  assert.ok(rotated.body.previous_valid_until)
  for (const one of [key, rotated.body.key]) assert.equal((await send(one, 'GET', '/me')).body.principal.id, id)
  const again = await send(testAdminKey, 'POST', `/keys/${id}/rotate`, { overlap_minutes: 0 })
  await until('it is so everywhere', async () => (await send(rotated.body.key, 'GET', '/me')).status === 401)
  assert.equal((await send(key, 'GET', '/me')).status, 401)
  assert.equal((await send(again.body.key, 'GET', '/me')).status, 200)
})

test('what this process has changed it knows with its next request, before anybody tells it', async () => {
  for (let round = 0; round < 10; round++) {
    const [revoked, rotated] = [await makeKey(), await makeKey()]
    for (const { key } of [revoked, rotated]) assert.equal((await send(key, 'GET', '/me')).status, 200)
    await send(testAdminKey, 'DELETE', `/keys/${revoked.id}`)
    assert.deepEqual(refusal(await send(revoked.key, 'GET', '/me')), [401, 'key_revoked'])
    await send(testAdminKey, 'POST', `/keys/${rotated.id}/rotate`, { overlap_minutes: 0 })
    assert.deepEqual(refusal(await send(rotated.key, 'GET', '/me')), [401, 'unauthenticated'])
  }
})

test('a key is rotated by its maker, and by who has as much: nobody gets to know one that has more than they', async () => {
  await send(testAdminKey, 'POST', '/roles', { name: 'key_ring', description: 'Keys', permissions: ['canManageKeys'] })
  const strong = await makeKey({ name: 'Strong', grants: [{ role: 'administrator', reach: { organizations: [acme] } }] })
  const rotate = (by: string, id: string) => send(by, 'POST', `/keys/${id}/rotate`, { overlap_minutes: 5 })

  const weak = await makeKey({ grants: [{ role: 'key_ring', reach: all }] })
  const refused = await rotate(weak.key, strong.id)
  assert.deepEqual([...refusal(refused), refused.body.details.role], [403, 'forbidden', 'administrator'])
  assert.match(refused.body.message, /^The key 'Strong' has the role 'administrator', .* Ask its maker, or someone who has as much/)
  assert.equal((await send(strong.key, 'GET', '/me')).status, 200, 'a refused rotation changes nothing')
  const shown = (await send(testAdminKey, 'GET', '/keys?limit=200')).body.keys.find(({ id }: Body) => id === strong.id)
  assert.deepEqual([shown.prefix, shown.rotated_at], [strong.prefix, null])

  const elsewhere = await makeKey({
    grants: [
      { role: 'key_ring', reach: all },
      { role: 'administrator', reach: { organizations: [globex] } },
    ],
  })
  assert.deepEqual(refusal(await rotate(elsewhere.key, strong.id)), [403, 'forbidden'], 'as much for another organization is not as much')
  const equal = await makeKey({
    grants: [
      { role: 'key_ring', reach: all },
      { role: 'administrator', reach: { organizations: [acme] } },
    ],
  })
  assert.equal((await rotate(equal.key, strong.id)).status, 200)
})

test('a value that a key has rotated ends with that key, for the one before too, and the key waits for another', async () => {
  const makeRotator = () => makeKey({ grants: [{ role: 'administrator', reach: all }] })
  const [target, one, two] = [await makeKey({ name: 'Target' }), await makeRotator(), await makeRotator()]
  const rotate = async (by: string, overlap: number, id = target.id) =>
    (await send(by, 'POST', `/keys/${id}/rotate`, { overlap_minutes: overlap })).body
  const shown = async () => (await send(testAdminKey, 'GET', '/keys?limit=200')).body.keys.find(({ id }: Body) => id === target.id)
  const answers = async (key: string) => refusal(await send(key, 'GET', '/me'))
  const is = async (what: string, key: string, expected: unknown[]) =>
    until(what, async () => JSON.stringify(await answers(key)) === JSON.stringify(expected))

  const ofOne = await rotate(one.key, 0)
  assert.deepEqual([ofOne.rotated_by.id, ofOne.value_ended_at], [one.id, null])
  const childBefore = await makeKey({}, target.key).catch(() => undefined)
  assert.equal(childBefore, undefined, 'the first value is not taken any more')
  const ofTwo = await rotate(two.key, 60)
  await send(testAdminKey, 'DELETE', `/keys/${one.id}`)
  await is('the value that the first has seen ends', ofOne.key, [401, 'unauthenticated'])
  assert.deepEqual(await answers(ofTwo.key), [200, undefined])
  assert.equal((await shown()).previous_valid_until, null)

  await send(testAdminKey, 'DELETE', `/keys/${two.id}`)
  await is('the value that the second has seen ends', ofTwo.key, [401, 'key_value_ended'])
  const waiting = await shown()
  assert.deepEqual([waiting.state, typeof waiting.value_ended_at, waiting.rotated_by.id], ['active', 'string', two.id])
  const [event] = (await send(testAdminKey, 'GET', '/audit?action=api_key.value_ended&limit=1')).body.events
  assert.deepEqual([event.target.id, event.changes], [target.id, { prefix: { before: waiting.prefix, after: null } }])

  const again = await rotate(testAdminKey, 60)
  assert.deepEqual([again.value_ended_at, again.previous_valid_until], [null, null], 'what has ended is not taken for an overlap')
  assert.deepEqual(
    [await answers(again.key), await answers(ofTwo.key)],
    [
      [200, undefined],
      [401, 'unauthenticated'],
    ],
  )
})

test('with a value that somebody knew end the keys it made and the values it was shown since, and nothing from before', async () => {
  const grants = [{ role: 'administrator', reach: all }]
  const [target, rotator, other, another] = [await makeKey({ grants }), await makeKey({ grants }), await makeKey(), await makeKey()]
  const rotate = async (by: string, id: string) => (await send(by, 'POST', `/keys/${id}/rotate`, { overlap_minutes: 0 })).body.key as string
  const before = await makeKey({}, target.key)
  const shownBefore = await rotate(target.key, other.id)
  const known = await rotate(rotator.key, target.id)
  const since = await makeKey({}, known)
  const shownSince = await rotate(known, another.id)
  const status = async (key: string) => (await send(key, 'GET', '/me')).body.error
  assert.deepEqual(await Promise.all([before.key, since.key, shownBefore, shownSince].map(status)), [
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  await send(testAdminKey, 'DELETE', `/keys/${rotator.id}`)
  await until('it is so everywhere', async () => (await status(since.key)) !== undefined)
  assert.equal(await status(known), 'key_value_ended')
  assert.deepEqual(await Promise.all([before.key, since.key, shownBefore, shownSince].map(status)), [
    undefined,
    'key_revoked',
    undefined,
    'key_value_ended',
  ])
})

test('a maker who has lost something rotates their keys all the same, and gets no more by them than they have', async () => {
  const maker = await makeKey({ grants: [{ role: 'administrator', reach: all }] })
  const made = await makeKey({ grants: [{ role: 'administrator', reach: all }] }, maker.key)
  const administrator = builtInRole('administrator')
  assert.ok(administrator)
  await setGrants(api.db, { type: 'api_key', id: maker.id }, [{ role: administrator, reach: { organizations: [acme] } }])
  await until('it is so everywhere', async () => (await namesSeenBy(maker.key)).join() === 'Acme')
  const rotated = await send(maker.key, 'POST', `/keys/${made.id}/rotate`, { overlap_minutes: 0 })
  assert.equal(rotated.status, 200, rotated.text)
  assert.deepEqual(await namesSeenBy(rotated.body.key), ['Acme'])
  assert.deepEqual(refusal(await send(rotated.body.key, 'GET', `/organizations/${globex}`)), [404, 'organization_not_found'])
})

test('roles of one’s own are made, given, changed for all who have them, and deleted when nobody has them', async () => {
  const made = await send(testAdminKey, 'POST', '/roles', {
    name: 'auditor',
    description: 'Reads the audit',
    permissions: ['canViewAudit'],
  })
  assert.deepEqual([made.status, made.body.is_built_in], [201, false])
  const { id, key } = await makeKey({ grants: [{ role: 'auditor', reach: all }] })
  assert.equal((await send(key, 'GET', '/audit')).status, 200)
  assert.equal((await send(key, 'GET', '/executions')).status, 403)
  const changed = await send(testAdminKey, 'PATCH', '/roles/auditor', { permissions: ['canViewExecutions'] })
  assert.deepEqual(changed.body.permissions, ['canViewExecutions'])
  await until('it is so everywhere', async () => (await send(key, 'GET', '/audit')).status === 403)
  assert.equal((await send(key, 'GET', '/executions')).status, 200)
  assert.deepEqual(
    (await send(key, 'GET', '/roles')).body.roles.map(({ name }: Body) => name),
    ['auditor'],
  )
  assert.deepEqual(refusal(await send(testAdminKey, 'DELETE', '/roles/auditor')), [409, 'role_in_use'])
  assert.deepEqual(refusal(await send(testAdminKey, 'POST', '/roles', { name: 'auditor', description: 'x', permissions: [] })), [
    409,
    'role_exists',
  ])
  assert.deepEqual(refusal(await send(testAdminKey, 'PATCH', '/roles/viewer', { description: 'x' })), [409, 'role_built_in'])
  assert.deepEqual(refusal(await send(testAdminKey, 'DELETE', '/roles/no_such_role')), [404, 'role_not_found'])
  await send(testAdminKey, 'DELETE', `/keys/${id}`)
  assert.equal((await send(testAdminKey, 'DELETE', '/roles/auditor')).status, 204)
})

test('a use of the administrator key is told once for each address and hour', async () => {
  const uses = async () =>
    (await send(testAdminKey, 'GET', '/audit?action=admin_key.used&limit=200')).body.events.filter(
      ({ target }: Body) => target.id === '198.51.100.77',
    )
  for (let index = 0; index < 3; index++) await send(testAdminKey, 'GET', '/me', undefined, '198.51.100.77')
  await until('it is so everywhere', async () => (await uses()).length === 1)
  const { administrator_key: shown } = (await send(testAdminKey, 'GET', '/keys')).body
  assert.ok(shown.last_used_at)
})

test('an administrator key that is switched off lets nobody in', async () => {
  const off = installationAuthentication({ ...api, adminApiKey: testAdminKey, idleMinutes: 60, isAdminKeyOff: true })
  await assert.rejects(async () => off.authenticate(`Bearer ${testAdminKey}`), { code: 'admin_key_off' })
  assert.equal(await off.authenticate('Bearer another-key-of-someone'), undefined)
  assert.equal((await off.authenticate(`Bearer ${(await makeKey()).key}`, { method: 'GET', headers: {} }))?.actor.type, 'api_key')
  off.close()
})
