import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostsIn, hostsOf } from '@crosswalk/sdk/named-hosts'
import fc from 'fast-check'
import { givenPublished, integrationDefinition } from '../../testing/given-definitions.ts'
import { givenHeld } from '../../testing/given-executions.ts'
import { givenMasterKey, givenOrganization } from '../../testing/given-installation.ts'
import { givenRequestContext } from '../../testing/given-requests.ts'
import { createTestApp, testAdminKey, testMasterKey } from '../../testing/test-app.ts'
import { systemActing } from '../audit/audit.ts'
import { type Execution, getExecution } from '../engine/state/executions.ts'
import { inScope, readInScope, sql } from '../platform/database/database.ts'
import type { DomainError } from '../platform/errors.ts'
import { hostRequests } from '../processes/slices.ts'
import type { JsonObject } from '../protocol/json.ts'
import { setConfig } from '../values/config/config.ts'
import { openKeyring } from '../values/secrets/keyring.ts'
import { readsRetention } from '../values/secrets/retention.queries.ts'
import { rotateMasterKey } from '../values/secrets/rotation.ts'
import { secretsRead } from '../values/secrets/secret-reads.ts'
import { SecretText } from '../values/secrets/secret-text.ts'
import { deleteSecret, setSecret } from '../values/secrets/secrets.ts'
import { createMapping } from './mappings.ts'

const keyDeclared = [{ key: 'halo_key', label: 'Key', required: true, description: null }]

async function given() {
  const app = await createTestApp()
  const { db, keyring } = app
  await givenPublished(db, integrationDefinition('halo', { secrets: keyDeclared }), integrationDefinition('ninja'))
  const hosts = JSON.stringify({ hosts: ['api.halo.example', '*.halo.cloud'] })
  await readInScope(
    db,
    'allOrganizations',
    sql`update definitions set definition = (definition::jsonb || ${hosts}::jsonb)::json where name = 'halo'`,
  )
  const acme = await givenOrganization(db, 'Acme')
  const set = (organizationId: string | null, value: string, key = 'halo_key') =>
    setSecret(db, keyring, systemActing, { key, organizationId, value: new SecretText(value) })
  await set(null, 'everybody’s key')
  const { executionId } = await givenHeld(db, acme.id, 'worker')
  const execution = await getExecution(db, 'allOrganizations', executionId)
  const requests = hostRequests({ keyring })
  const start = (changes: Partial<Execution> = {}) => {
    const context = givenRequestContext({ db, execution: { ...execution, ...changes } })
    return async (name: string, args: JsonObject) => requests.find((request) => request.name === name)?.handle(context, args)
  }
  const map = (integrationName: string, mappingData: JsonObject, externalOrgId = '42') =>
    createMapping(db, systemActing, acme.id, { integrationName, externalOrgId, mappingData })
  const testOf = (mapping_data: JsonObject, external_org_id = '42') =>
    start({ kind: 'connection_test', name: 'halo', input: { mapping: { id: null, external_org_id, mapping_data } } })
  return { ...app, acme, executionId, set, start, map, testOf }
}

/** What a URL parser takes for evil.example, alone or where a text is put into a URL. */
const spellings = [
  'https:evil.example:9106',
  'https:/evil.example:9106',
  '\u0001ht\ntps:evil.example',
  'evil%2Eexample:9106/',
  'evil。example:9106/',
  'evil.example:9106/ x',
  'x@evil.example:9106/',
  'evil.example#',
  '/evil.example/',
  '@evil.example',
  'evil.example://api.halo.example/',
]

const refused = (host: string) => (error: DomainError) =>
  error.code === 'address_not_allowed' && error.details.host === host && /static hosts/.test(error.message)

test('a global secret is not given to a test whose mapping data names a host that nobody has named', async () => {
  await using it = await given()
  for (const address of [
    'https://evil.example/api',
    'evil.example:8443',
    '//evil.example',
    'HTTPS:\\\\EVIL.example',
    'https://me:x@evil.example.',
  ])
    await assert.rejects(it.testOf({ deep: [{ address }] })('getSecret', { key: 'halo_key' }), refused('evil.example'), address)
  for (const spelling of spellings) {
    await assert.rejects(it.testOf({ tenant: spelling })('getSecret', { key: 'halo_key' }), refused('evil.example'), spelling)
    await assert.rejects(it.testOf({}, spelling)('getSecret', { key: 'halo_key' }), refused('evil.example'), `as id: ${spelling}`)
  }
  await assert.rejects(it.testOf({ 'evil.example/': 1 })('getSecret', { key: 'halo_key' }), refused('evil.example'))
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, 'x']))
  await assert.rejects(it.testOf({ a: 'evil.example/', many })('getSecret', { key: 'halo_key' }), refused('evil.example'))
  for (const id of ['42', '3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'ACME_01', 'it@acme.com', 'acme.com', '12/2026', 'Müller', 'eu:42'])
    assert.equal(await it.testOf({}, id)('getSecret', { key: 'halo_key' }), 'everybody’s key', id)
  await assert.rejects(it.testOf({ server: 'evil.example' })('getSecret', { key: 'halo_key' }), refused('evil.example'))
  await assert.rejects(it.testOf({ x: 'http://169.254.169.254/' })('getSecret', { key: 'halo_key' }), refused('169.254.169.254'))
  await assert.rejects(it.testOf({ x: 'https://api.halo.example.evil.example' })('getSecret', { key: 'halo_key' }))
  for (const data of [{}, { tenant: 'acme' }, { domain: 'acme.com' }, { url: 'https://api.halo.example/v2' }, { url: 'eu.halo.cloud' }])
    assert.equal(await it.testOf(data)('getSecret', { key: 'halo_key' }), 'everybody’s key', JSON.stringify(data))
})

test("a host that a global config value names is fine, one that an organization's names is not; its own secret always is", async () => {
  await using it = await given()
  const ask = () => it.testOf({ url: 'https://own.example' })('getSecret', { key: 'halo_key' })
  await setConfig(it.db, systemActing, { key: 'halo_url', organizationId: it.acme.id, value: 'https://own.example' })
  await assert.rejects(ask(), refused('own.example'))
  await setConfig(it.db, systemActing, { key: 'halo_urls', organizationId: null, value: { eu: 'https://own.example/eu' } })
  assert.equal(await ask(), 'everybody’s key')
  await it.set(it.acme.id, 'own key')
  assert.equal(await it.testOf({ url: 'https://evil.example' })('getSecret', { key: 'halo_key' }), 'own key')
})

test('in a workflow the order does not matter: the secret first or the mapping', async () => {
  await using it = await given()
  await it.map('halo', { url: 'https://evil.example' })
  const first = it.start()
  await first('getIntegrationMapping', { name: 'halo' })
  await assert.rejects(first('getSecret', { key: 'halo_key' }), refused('evil.example'))
  await it.map('ninja', {}, 'evil.example:9106/')
  const byId = it.start()
  await it.set(null, 'of any', 'any_key')
  await byId('getIntegrationMapping', { name: 'ninja' })
  await assert.rejects(byId('getSecret', { key: 'any_key' }), refused('evil.example'))
  const second = it.start()
  assert.equal(await second('getSecret', { key: 'halo_key' }), 'everybody’s key')
  await assert.rejects(second('getIntegrationMapping', { name: 'halo' }), refused('evil.example'))
  await assert.rejects(second('getOrgMappings', { name: 'halo' }), refused('evil.example'))
})

test('a secret that one integration declares is not held up by the addresses of another', async () => {
  await using it = await given()
  await it.map('ninja', { url: 'https://controller.acme.example' })
  const ask = it.start()
  await ask('getIntegrationMapping', { name: 'ninja' })
  assert.equal(await ask('getSecret', { key: 'halo_key' }), 'everybody’s key')
  await it.set(null, 'of no integration', 'any_key')
  await assert.rejects(ask('getSecret', { key: 'any_key' }), refused('controller.acme.example'))
})

test('which execution read which secret is audited once, and known to the worker that continues it', async () => {
  await using it = await given()
  for (const ask of [it.start(), it.start()]) {
    await ask('getSecret', { key: 'halo_key' })
    await ask('getSecret', { key: 'halo_key' })
  }
  const answer = await it.app.inject({ url: '/api/audit?action=secret.read', headers: { authorization: `Bearer ${testAdminKey}` } })
  const { events } = answer.json()
  assert.equal(events.length, 1)
  const [{ actor, target, org_id, summary }] = events
  assert.deepEqual([actor.id, org_id, summary], [it.executionId, it.acme.id, 'Secret read by an execution'])
  assert.deepEqual(target, { type: 'secret', id: 'halo_key', scope: 'global', execution_id: it.executionId })
  const retry = await givenHeld(it.db, it.acme.id, 'worker')
  await readInScope(it.db, 'allOrganizations', sql`update executions set retry_of = ${it.executionId} where id = ${retry.executionId}`)
  assert.deepEqual(await secretsRead(it.db, it.keyring, retry.executionId), ['everybody’s key'])
})

test('what a secret was when an execution read it is known to the execution that continues from it, however often it was replaced since', async () => {
  await using it = await given()
  await it.set(it.acme.id, 'own key')
  await it.set(null, 'of all', 'other_key')
  await it.set(null, 'of all, later', 'other_key')
  await it.start()('getSecret', { key: 'halo_key' })
  await it.set(it.acme.id, 'second own key')
  await it.set(null, 'second key of everybody')
  await deleteSecret(it.db, systemActing, { key: 'halo_key', organizationId: it.acme.id })
  const known = await secretsRead(it.db, it.keyring, it.executionId)
  assert.ok(known.includes('own key') && known.includes('second own key'), known.join())
  assert.ok(!known.includes('of all'), 'it did not read that one')
  const newKey = givenMasterKey()
  await rotateMasterKey(it.db, testMasterKey, newKey)
  const keyring = await openKeyring(it.db, newKey)
  assert.deepEqual((await secretsRead(it.db, keyring, it.executionId)).sort(), known.sort(), 'another master key')
  const forgetting = () =>
    inScope(it.db, 'allOrganizations', async (transaction) => {
      for (const { deleteSome } of readsRetention) await deleteSome(transaction, { before: new Date(), now: new Date(), limit: 100 })
      const [row] = await transaction.query<{ left: number }>(sql`select count(*)::integer as left from replaced_secrets`)
      return row?.left
    })
  await readInScope(it.db, 'allOrganizations', sql`update replaced_secrets set replaced_at = now() + interval '1 day'`)
  assert.ok(Number(await forgetting()) > 0)
  await readInScope(it.db, 'allOrganizations', sql`update replaced_secrets set replaced_at = now() - interval '2 days'`)
  assert.equal(await forgetting(), 2, 'no execution is from before; what is left are versions of secrets that are still there')
})

test('a text is an address where it is a URL, has a port or a path, or stands where an address is expected', () => {
  const hosts = (texts: string[], isAddress: boolean) => texts.map((text) => [...hostsOf(text, isAddress)].join() || null)
  assert.deepEqual(
    hosts(['acme.com', 'user@acme.com', 'a sentence: with, signs', 'id:42', '42', 'v1.2/x', 'org:acme'], false),
    Array(7).fill(null),
  )
  assert.deepEqual(
    hosts(
      ['acme.com:443', 'acme.com/x', 'acme.com?x', '[::1]:80', '10.0.0.1', 'localhost:3000', 'ldap://dc.acme.com', 'wss://acme.com'],
      false,
    ),
    ['acme.com', 'acme.com', 'acme.com', '::1', '10.0.0.1', 'localhost', 'dc.acme.com', 'acme.com'],
  )
  assert.deepEqual(hosts(['acme.com', 'Acme.COM.', 'user@evil.com', 'localhost'], true), ['acme.com', 'acme.com', 'evil.com', 'localhost'])
  assert.deepEqual([...hostsIn({ a: [{ base_url: 'one.example' }], b: 'two.example', hosts: ['three.example'] })].sort(), [
    'one.example',
    'three.example',
  ])
})

test('whatever host a URL has that is made of a text, the text is judged to name it', () => {
  const piece = fc.constantFrom(
    ...['evil.example', 'evil', '.', '。', '%2E', '%2f', '/', '\\', ':', ':9106', '@', '?', '#', ' ', '\t', '\n', 'https:', 'HTTP:/', 'x'],
    ...['[::1]', '134744072', '0x8.8', 'ß', '\u00ad', '\u0000', '\u00a0', '|', '<', '^'],
  )
  // Of a scheme that nobody knows the parser keeps the case.
  const hostOfUrl = (text: string) => (URL.canParse(text) ? new URL(text).hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase() : '')
  const isAbroad = (host: string) => /[.:]/.test(host) && !host.endsWith('vendor.invalid') && !host.startsWith('0.')
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join('')),
      (text) => {
        const judged = hostsOf(text, false)
        const [own, put] = [hostOfUrl(text), hostOfUrl(`https://${text}.vendor.invalid`)]
        return (own === '' || judged.has(own)) && (!isAbroad(put) || judged.has(put))
      },
    ),
    { numRuns: 20_000 },
  )
})
