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
const { api, acme, globex, send, makeKey, namesSeenBy } = given
const all = { all: true }

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
