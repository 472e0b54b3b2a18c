import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenPublished, integrationDefinition } from '../../../testing/given-definitions.ts'
import { type GivenApp, givenApp, givenPrincipal, type Method } from '../../../testing/given-installation.ts'
import { inScope, sql } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import { insertSecretRead } from './secret-reads.queries.ts'
import { resolveSecret } from './secrets.ts'

type SecretBody = { key: string; scope: string; org_id: string | null; updated_at: string; updated_by: string }
type ListBody = { secrets: SecretBody[]; count: number; next_cursor: string | null }

const requestsFor = (orgId: string): [Method, string, unknown?][] => [
  ['POST', '/secrets', { key: 'halo_key', value: 'x', scope: 'organization', org_id: orgId }],
  ['GET', `/secrets?org_id=${orgId}`],
  ['GET', `/secrets/halo_key?scope=organization&org_id=${orgId}`],
  ['PATCH', `/secrets/halo_key?scope=organization&org_id=${orgId}`, { expires_at: null }],
  ['POST', `/secrets/halo_key/restore?scope=organization&org_id=${orgId}`, { version: 1 }],
  ['DELETE', `/secrets/halo_key?scope=organization&org_id=${orgId}`],
]
const globalRequests: [Method, string, unknown?][] = [
  ['POST', '/secrets', { key: 'halo_key', value: 'x', scope: 'global' }],
  ['GET', '/secrets?scope=global'],
  ['GET', '/secrets/halo_key?scope=global'],
  ['PATCH', '/secrets/halo_key?scope=global', { expires_at: null }],
  ['POST', '/secrets/halo_key/restore?scope=global', { version: 1 }],
  ['DELETE', '/secrets/halo_key?scope=global'],
]

async function givenSecrets(app: GivenApp) {
  for (const owner of [
    { scope: 'global' },
    { scope: 'organization', org_id: app.acme.id },
    { scope: 'organization', org_id: app.globex.id },
  ]) {
    assert.equal((await app.send('POST', '/secrets', { key: 'halo_key', value: 'hunter2-marker', ...owner })).status, 201)
  }
}

const ownersIn = (body: ListBody) => body.secrets.map((secret) => secret.org_id)

test('nobody gets in without a principal, or without the permission canManageSecrets', async () => {
  await using app = await givenApp()
  for (const [method, url, body] of [...requestsFor(app.acme.id), ...globalRequests]) {
    const unknown = await app.as(undefined).send(method, url, body)
    assert.deepEqual([unknown.status, unknown.body.error], [401, 'unauthenticated'], `${method} ${url}`)
    const reader = await app.as(givenPrincipal('all', ['canViewHistory'])).send(method, url, body)
    assert.deepEqual([reader.status, reader.body.details.permission], [403, 'canManageSecrets'], `${method} ${url}`)
  }
})

test("to one who manages Acme, Globex's secrets do not exist and the global ones are forbidden", async () => {
  await using app = await givenApp()
  await givenSecrets(app)
  const ofAcme = app.as(givenPrincipal([app.acme]))
  for (const [method, url, body] of requestsFor(app.globex.id)) {
    const answer = await ofAcme.send(method, url, body)
    assert.deepEqual([answer.status, answer.body.error], [404, 'organization_not_found'], `${method} ${url}`)
  }
  for (const [method, url, body] of globalRequests) {
    const answer = await ofAcme.send(method, url, body)
    assert.deepEqual(
      [answer.status, answer.body.error, answer.body.details.permission],
      [403, 'forbidden', 'canManageSecrets'],
      `${method} ${url}`,
    )
  }
  for (const query of ['', '?scope=organization', `?org_id=${app.acme.id}`]) {
    assert.deepEqual(ownersIn((await ofAcme.send<ListBody>('GET', `/secrets${query}`)).body), [app.acme.id], query)
  }
  for (const [method, url, body] of requestsFor(app.acme.id))
    assert.ok((await ofAcme.send(method, url, body)).status < 300, `${method} ${url}`)
})

test('a secret is set, replaced, listed and deleted, and its value comes back nowhere', async () => {
  await using app = await givenApp()
  const given = { key: 'halo_key', value: 'hunter2-marker', scope: 'organization', org_id: app.acme.id }
  const made = await app.send<SecretBody>('POST', '/secrets', given)
  assert.equal(made.status, 201)
  const { updated_at, ...rest } = made.body
  assert.deepEqual(rest, {
    ...{ key: 'halo_key', scope: 'organization', org_id: app.acme.id, updated_by: 'Test key' },
    ...{ backend: 'database', version: 1, expires_at: null },
  })
  const replaced = await app.send<SecretBody>('POST', '/secrets', { ...given, value: 'line 1\nhunter3-marker\tüñ🔑' })
  assert.equal(replaced.status, 201)
  assert.equal((await resolveSecret(app.db, app.keyring, app.acme.id, 'halo_key'))?.reveal(), 'line 1\nhunter3-marker\tüñ🔑')
  await app.send('POST', '/secrets', { key: 'halo_key', value: 'hunter4-marker', scope: 'global' })
  const listed = await app.send<ListBody>('GET', '/secrets')
  assert.deepEqual([listed.body.count, listed.body.next_cursor, ownersIn(listed.body)], [2, null, [null, app.acme.id]])
  assert.deepEqual(listed.body.secrets[1], replaced.body)

  const failed = await app.send('POST', '/secrets', { ...given, value: 'hunter5-marker', org_id: 'x' })
  const audit = await app.as(givenPrincipal('all', ['canViewHistory'])).send<{ events: { action: string }[] }>('GET', '/audit')
  assert.deepEqual(audit.body.events.filter((event) => event.action === 'secret.set').length, 3)
  assert.doesNotMatch(JSON.stringify([made, replaced, listed, failed, audit]) + app.logged(), /marker/)

  const url = `/secrets/halo_key?scope=organization&org_id=${app.acme.id}`
  assert.deepEqual(await app.send<null>('DELETE', url), { status: 204, body: null })
  const again = await app.send('DELETE', url)
  assert.deepEqual([again.status, again.body.error], [404, 'secret_not_found'])
  assert.deepEqual(ownersIn((await app.send<ListBody>('GET', '/secrets')).body), [null])
})

type DetailsBody = SecretBody & {
  version: number
  expires_at: string | null
  versions: { version: number; is_current: boolean; set_by: string | null }[]
  declared_by: { integration_name: string }[]
  read_by: { kind: string; name: string; execution_id: string }[]
  last_read: { execution_id: string } | null
}

test('a secret tells its versions, and one can return to an earlier one', async () => {
  await using app = await givenApp()
  const set = (value: string) => app.send('POST', '/secrets', { key: 'halo_key', value, scope: 'global' })
  for (const value of ['first-marker', 'second-marker']) await set(value)
  const url = '/secrets/halo_key?scope=global'
  const versionsOf = ({ versions }: DetailsBody) => versions.map(({ version, is_current }) => [version, is_current])
  const before = await app.send<DetailsBody>('GET', url)
  assert.deepEqual(versionsOf(before.body), [
    [2, true],
    [1, false],
  ])
  assert.equal(before.body.versions[1]?.set_by, 'Test key')
  const restored = await app.send<DetailsBody>('POST', '/secrets/halo_key/restore?scope=global', { version: 1 })
  assert.deepEqual([restored.status, restored.body.version], [200, 3])
  assert.equal((await resolveSecret(app.db, app.keyring, null, 'halo_key'))?.reveal(), 'first-marker')
  const after = await app.send<DetailsBody>('GET', url)
  assert.equal(after.body.versions.length, 3)
  const unknown = await app.send('POST', '/secrets/halo_key/restore?scope=global', { version: 9 })
  assert.deepEqual([unknown.status, unknown.body.error], [404, 'secret_version_not_found'])
  const audit = await app
    .as(givenPrincipal('all', ['canViewHistory']))
    .send<{ events: { action: string; target: object }[] }>('GET', '/audit')
  assert.deepEqual(audit.body.events[0]?.target, { type: 'secret', id: 'halo_key', version: 1 })
  assert.doesNotMatch(JSON.stringify([before, restored, after, audit]) + app.logged(), /marker/)
})

test('a secret tells what needs it, and which execution read it last', async () => {
  await using app = await givenApp()
  await givenPublished(
    app.db,
    integrationDefinition('halo', { secrets: [{ key: 'halo_key', label: 'Key', description: null, required: true }] }),
  )
  await app.send('POST', '/secrets', { key: 'halo_key', value: 'x', scope: 'organization', org_id: app.acme.id })
  const url = `/secrets/halo_key?scope=organization&org_id=${app.acme.id}`
  const unread = await app.send<DetailsBody>('GET', url)
  assert.deepEqual([unread.body.declared_by[0]?.integration_name, unread.body.read_by, unread.body.last_read], ['halo', [], null])
  const ids = [newId(), newId()]
  await inScope(app.db, { organizationId: app.acme.id }, async (transaction) => {
    for (const id of ids) {
      await transaction.query(sql`insert into executions (id, organization_id, kind, name, timeout_ms, caller)
        values (${id}, ${app.acme.id}, 'workflow', 'sync_users', 1, '{"type":"system","id":"x","name":"x"}')`)
      await insertSecretRead(transaction, { executionId: id, organizationId: app.acme.id, key: 'halo_key', isGlobal: false })
    }
  })
  const { body } = await app.send<DetailsBody>('GET', url)
  assert.deepEqual(
    body.read_by.map(({ kind, name, execution_id }) => [kind, name, execution_id]),
    [['workflow', 'sync_users', ids[1]]],
  )
  assert.equal(body.last_read?.execution_id, ids[1])
})

test('a secret expires when it is said so, in attention too, and setting it again forgets that', async () => {
  await using app = await givenApp()
  const soon = new Date(Date.now() + 86_400_000).toISOString()
  await app.send('POST', '/secrets', { key: 'halo_key', value: 'x', scope: 'global', expires_at: '2099-01-01T00:00:00Z' })
  type AttentionBody = { expiring_secrets: { key: string; org_id: string | null; expires_at: string }[] }
  const attention = async (as = app.as(givenPrincipal('all', ['canManageConfig', 'canViewHistory']))) =>
    (await as.send<AttentionBody>('GET', '/attention')).body.expiring_secrets
  assert.deepEqual(await attention(), [])
  const changed = await app.send<DetailsBody>('PATCH', '/secrets/halo_key?scope=global', { expires_at: soon })
  assert.equal(changed.body.expires_at, soon)
  assert.deepEqual(await attention(), [{ key: 'halo_key', org_id: null, org_name: null, expires_at: soon }])
  assert.deepEqual(await attention(app.as(givenPrincipal([app.acme]))), [])
  const again = await app.send<DetailsBody>('POST', '/secrets', { key: 'halo_key', value: 'y', scope: 'global' })
  assert.equal(again.body.expires_at, null)
  const missing = await app.send('PATCH', '/secrets/other_key?scope=global', { expires_at: soon })
  assert.deepEqual([missing.status, missing.body.error], [404, 'secret_not_found'])
})

test('the list is in the order of keys, the global one first, and paged', async () => {
  await using app = await givenApp()
  await givenSecrets(app)
  await app.send('POST', '/secrets', { key: 'a_key', value: 'x', scope: 'global' })
  const read: [string, string | null][] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { body }: { body: ListBody } = await app.send<ListBody>('GET', `/secrets?limit=1${cursor && `&cursor=${cursor}`}`)
    read.push(...body.secrets.map((secret): [string, string | null] => [secret.key, secret.org_id]))
    cursor = body.next_cursor
  }
  assert.deepEqual(read, [
    ['a_key', null],
    ['halo_key', null],
    ['halo_key', app.acme.id],
    ['halo_key', app.globex.id],
  ])
  assert.deepEqual(ownersIn((await app.send<ListBody>('GET', '/secrets?scope=global')).body), [null, null])
  assert.deepEqual(ownersIn((await app.send<ListBody>('GET', `/secrets?org_id=${app.globex.id}`)).body), [app.globex.id])
})

test('an organization that does not exist is not found', async () => {
  await using app = await givenApp()
  const answer = await app.send('POST', '/secrets', { key: 'halo_key', value: 'x', scope: 'organization', org_id: newId() })
  assert.deepEqual([answer.status, answer.body.error], [404, 'organization_not_found'])
})

test('what is not valid is refused with its field, never with a failure of ours', async () => {
  await using app = await givenApp()
  const secret = { key: 'halo_key', value: 'x', scope: 'global' }
  const cursorOf = (values: unknown) => Buffer.from(JSON.stringify(values)).toString('base64url')
  const table: [Method, string, unknown, string][] = [
    ['POST', '/secrets', {}, 'key'],
    ['POST', '/secrets', { ...secret, key: '1key' }, 'key'],
    ['POST', '/secrets', { ...secret, key: 'a key' }, 'key'],
    ['POST', '/secrets', { ...secret, key: 'key\n' }, 'key'],
    ['POST', '/secrets', { ...secret, key: 'k\0' }, 'key'],
    ['POST', '/secrets', { ...secret, key: 'k'.repeat(128) }, 'key'],
    ['POST', '/secrets', { ...secret, key: 7 }, 'key'],
    ['POST', '/secrets', { ...secret, value: '' }, 'value'],
    ['POST', '/secrets', { ...secret, value: null }, 'value'],
    ['POST', '/secrets', { ...secret, value: { a: 1 } }, 'value'],
    ['POST', '/secrets', { ...secret, value: 'a\0b' }, 'value'],
    ['POST', '/secrets', { ...secret, value: '\ud800' }, 'value'],
    ['POST', '/secrets', { ...secret, value: 'a'.repeat(32_769) }, 'value'],
    ['POST', '/secrets', { ...secret, value: 'ü'.repeat(16_385) }, 'value'],
    ['POST', '/secrets', { ...secret, scope: 'everyone' }, 'scope'],
    ['POST', '/secrets', { key: 'halo_key', value: 'x' }, 'scope'],
    ['POST', '/secrets', { ...secret, org_id: app.acme.id }, 'org_id'],
    ['POST', '/secrets', { ...secret, scope: 'organization' }, 'org_id'],
    ['POST', '/secrets', { ...secret, scope: 'organization', org_id: null }, 'org_id'],
    ['POST', '/secrets', { ...secret, scope: 'organization', org_id: 'acme' }, 'org_id'],
    ['POST', '/secrets', { ...secret, extra: true }, 'extra'],
    ['GET', '/secrets?scope=everyone', undefined, 'scope'],
    ['GET', '/secrets?org_id=acme', undefined, 'org_id'],
    ['GET', `/secrets?scope=global&org_id=${app.acme.id}`, undefined, 'org_id'],
    ['GET', `/secrets?cursor=${cursorOf(['halo_key', '\0'])}`, undefined, 'cursor'],
    ['GET', `/secrets?cursor=${cursorOf(['\0', null])}`, undefined, 'cursor'],
    ['GET', `/secrets?cursor=${cursorOf(['halo_key'])}`, undefined, 'cursor'],
    ['DELETE', '/secrets/halo_key', undefined, 'scope'],
    ['DELETE', '/secrets/1?scope=global', undefined, 'key'],
    ['DELETE', '/secrets/halo_key?scope=organization', undefined, 'org_id'],
    ['DELETE', `/secrets/halo_key?scope=global&org_id=${app.acme.id}`, undefined, 'org_id'],
  ]
  for (const [method, url, body, field] of table) {
    const answer = await app.send(method, url, body)
    const what = `${method} ${url} ${JSON.stringify(body)?.slice(0, 80)} → ${JSON.stringify(answer.body)}`
    assert.deepEqual([answer.status, answer.body.error], [400, 'validation_failed'], what)
    assert.ok(Array.isArray(answer.body.details[field]), what)
  }
  const largest = await app.send('POST', '/secrets', { ...secret, value: 'ü'.repeat(16_384) })
  assert.equal(largest.status, 201)
})

test('a secret of spaces alone is refused', async () => {
  await using app = await givenApp()
  for (const value of ['', ' ', '\n\t ', '\u200b']) {
    const answer = await app.send('POST', '/secrets', { key: 'halo_key', value, scope: 'global' })
    assert.deepEqual([answer.status, answer.body.error], [400, 'validation_failed'], JSON.stringify(value))
  }
})
