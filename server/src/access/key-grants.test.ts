import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { givenKeyApi, refusal } from '../../testing/given-key-api.ts'
import { testAdminKey } from '../../testing/test-app.ts'
import { until } from '../../testing/until.ts'
import { setGrants } from './granting.ts'
import { builtInRole } from './roles.ts'

// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
type Body = any

const given = await givenKeyApi()
after(() => given[Symbol.asyncDispose]())
const { api, acme, globex, add, send, makeKey, namesSeenBy } = given
const all = { all: true }

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
