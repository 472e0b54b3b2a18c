import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GivenApp, givenApp, givenPrincipal, type Method } from '../../../testing/given-installation.ts'
import { givenRequestContext, runningFor } from '../../../testing/given-requests.ts'
import { newId } from '../../platform/ids.ts'
import type { JsonValue } from '../../protocol/json.ts'
import { configRequests } from './config.durable.ts'

type ConfigBody = {
  key: string
  scope: string
  org_id: string | null
  value: JsonValue
  updated_at: string
  updated_by: string
  etag: string
}
type ListBody = { config: ConfigBody[]; count: number; next_cursor: string | null }

const requestsFor = (orgId: string): [Method, string, unknown?][] => [
  ['PUT', '/config/api_url', { value: 1, scope: 'organization', org_id: orgId }],
  ['GET', `/config?org_id=${orgId}`],
  ['DELETE', `/config/api_url?scope=organization&org_id=${orgId}`],
]
const globalRequests: [Method, string, unknown?][] = [
  ['PUT', '/config/api_url', { value: 1, scope: 'global' }],
  ['GET', '/config?scope=global'],
  ['DELETE', '/config/api_url?scope=global'],
]

async function givenConfig(app: GivenApp) {
  for (const owner of [
    { scope: 'global' },
    { scope: 'organization', org_id: app.acme.id },
    { scope: 'organization', org_id: app.globex.id },
  ]) {
    assert.equal((await app.send('PUT', '/config/api_url', { value: owner, ...owner })).status, 200)
  }
}

const ownersIn = (body: ListBody) => body.config.map((config) => config.org_id)

test('nobody gets in without a principal, or without the permission for config values', async () => {
  await using app = await givenApp()
  for (const [method, url, body] of [...requestsFor(app.acme.id), ...globalRequests]) {
    const unknown = await app.as(undefined).send(method, url, body)
    assert.deepEqual([unknown.status, unknown.body.error], [401, 'unauthenticated'], `${method} ${url}`)
    const reader = await app.as(givenPrincipal('all', ['canViewHistory'])).send(method, url, body)
    assert.deepEqual(
      [reader.status, reader.body.details.permission],
      [403, method === 'GET' ? 'canViewConfigValues' : 'canManageConfigValues'],
      `${method} ${url}`,
    )
  }
})

test("to one who manages Acme, Globex's values do not exist and the global ones are forbidden", async () => {
  await using app = await givenApp()
  await givenConfig(app)
  const ofAcme = app.as(givenPrincipal([app.acme]))
  for (const [method, url, body] of requestsFor(app.globex.id)) {
    const answer = await ofAcme.send(method, url, body)
    assert.deepEqual([answer.status, answer.body.error], [404, 'organization_not_found'], `${method} ${url}`)
  }
  for (const [method, url, body] of globalRequests) {
    const answer = await ofAcme.send(method, url, body)
    assert.deepEqual([answer.status, answer.body.error], [403, 'forbidden'], `${method} ${url}`)
  }
  assert.deepEqual(ownersIn((await ofAcme.send<ListBody>('GET', '/config')).body), [app.acme.id])
  for (const [method, url, body] of requestsFor(app.acme.id))
    assert.ok((await ofAcme.send(method, url, body)).status < 300, `${method} ${url}`)
})

test('a value is set, replaced, listed and deleted', async () => {
  await using app = await givenApp()
  const owner = { scope: 'organization', org_id: app.acme.id }
  const made = await app.send<ConfigBody>('PUT', '/config/api_url', { value: { hosts: ['a', null] }, ...owner })
  const { updated_at, etag, ...rest } = made.body
  assert.equal(made.status, 200)
  assert.deepEqual(rest, { key: 'api_url', ...owner, value: { hosts: ['a', null] }, updated_by: 'Test key' })
  assert.match(etag, /^".+"$/)
  const replaced = await app.send<ConfigBody>('PUT', '/config/api_url', { value: null, ...owner })
  assert.equal(replaced.body.value, null)
  await app.send('PUT', '/config/api_url', { value: 'x', scope: 'global' })
  const listed = await app.send<ListBody>('GET', '/config')
  assert.deepEqual([listed.body.count, ownersIn(listed.body)], [2, [null, app.acme.id]])
  assert.deepEqual(listed.body.config[1], replaced.body)
  const first = await app.send<ListBody>('GET', '/config?limit=1')
  assert.deepEqual(ownersIn((await app.send<ListBody>('GET', `/config?limit=1&cursor=${first.body.next_cursor}`)).body), [app.acme.id])

  const url = `/config/api_url?scope=organization&org_id=${app.acme.id}`
  assert.equal((await app.send('DELETE', url)).status, 204)
  const again = await app.send('DELETE', url)
  assert.deepEqual([again.status, again.body.error], [404, 'config_not_found'])
  const unknown = await app.send('PUT', '/config/api_url', { value: 1, scope: 'organization', org_id: newId() })
  assert.deepEqual([unknown.status, unknown.body.error], [404, 'organization_not_found'])
})

test("getConfig answers an execution with its organization's value, or with null", async () => {
  await using app = await givenApp()
  await app.send('PUT', '/config/api_url', { value: null, scope: 'organization', org_id: app.acme.id })
  const [request] = configRequests
  assert.equal(request?.name, 'getConfig')
  const ask = (key: string) => request?.handle(givenRequestContext({ db: app.db, execution: runningFor(app.acme.id) }), { key })
  assert.deepEqual(await ask('api_url'), { value: null })
  assert.equal(await ask('unknown'), null)
})

test('what is not valid is refused with its field, never with a failure of ours', async () => {
  await using app = await givenApp()
  const put = (value: unknown): [Method, string, unknown, string] => ['PUT', '/config/api_url', { value, scope: 'global' }, 'value']
  const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as JsonValue
  const table: [Method, string, unknown, string][] = [
    ['PUT', '/config/api_url', { scope: 'global' }, 'value'],
    put('a\0b'),
    put({ deep: [{ text: '\ud800' }] }),
    put({ 'na\0me': 1 }),
    put('a'.repeat(32_767)),
    put(nested(52)),
    ['PUT', '/config/api_url', Buffer.from(`{"scope":"global","value":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), 'value'],
    ['PUT', '/config/api_url', Buffer.from('{"scope":"global","value":1e999}'), 'body'],
    ['PUT', '/config/1', { value: 1, scope: 'global' }, 'key'],
    ['PUT', `/config/${'k'.repeat(128)}`, { value: 1, scope: 'global' }, 'key'],
    ['PUT', '/config/a%00', { value: 1, scope: 'global' }, 'key'],
    ['PUT', '/config/api_url', { value: 1 }, 'scope'],
    ['PUT', '/config/api_url', { value: 1, scope: 'global', org_id: app.acme.id }, 'org_id'],
    ['PUT', '/config/api_url', { value: 1, scope: 'organization' }, 'org_id'],
    ['PUT', '/config/api_url', { value: 1, scope: 'organization', org_id: '1' }, 'org_id'],
    ['PUT', '/config/api_url', { value: 1, scope: 'global', key: 'x' }, 'key'],
    ['PUT', '/config/api_url', undefined, 'body'],
    ['GET', '/config?org_id=acme', undefined, 'org_id'],
    ['GET', `/config?scope=global&org_id=${app.acme.id}`, undefined, 'org_id'],
    ['GET', '/config?cursor=x', undefined, 'cursor'],
    ['DELETE', '/config/api_url', undefined, 'scope'],
    ['DELETE', '/config/api_url?scope=organization', undefined, 'org_id'],
  ]
  for (const [method, url, body, field] of table) {
    const answer = await app.send(method, url, body)
    const what = `${method} ${url} ${JSON.stringify(body)?.slice(0, 80)} → ${JSON.stringify(answer.body)}`
    assert.deepEqual([answer.status, answer.body.error], [400, 'validation_failed'], what)
    assert.ok(Array.isArray(answer.body.details[field]), what)
  }
  for (const value of ['a'.repeat(32_766), nested(51), 'tab\tand\nline']) {
    assert.equal((await app.send('PUT', '/config/api_url', { value, scope: 'global' })).status, 200)
  }
})
