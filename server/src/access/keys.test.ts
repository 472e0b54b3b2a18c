import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { givenKeyApi, refusal } from '../../testing/given-key-api.ts'
import { testAdminKey } from '../../testing/test-app.ts'
import { until } from '../../testing/until.ts'
import { inScope, sql } from '../platform/database/database.ts'
import { newId } from '../platform/ids.ts'
import { digestOfKey } from './auth.ts'
import { installationAuthentication } from './authentication.ts'

// biome-ignore lint/suspicious/noExplicitAny: an answer is asserted, not used
type Body = any

const given = await givenKeyApi()
after(() => given[Symbol.asyncDispose]())
const { api, acme, globex, send, makeKey, namesSeenBy } = given
const all = { all: true }

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
