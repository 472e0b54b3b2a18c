import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenDatabase } from '../../../testing/given-database.ts'
import { givenOrganization } from '../../../testing/given-installation.ts'
import { systemActing } from '../../audit/audit.ts'
import { organizationError } from '../../organizations/organizations.ts'
import { inScope, sql } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import type { JsonValue } from '../../protocol/json.ts'
import { findSetKeys } from '../set-keys.ts'
import { configError, deleteConfig, resolveConfig, setConfig } from './config.ts'

async function given() {
  const db = await givenDatabase()
  const [acme, globex] = [await givenOrganization(db, 'Acme'), await givenOrganization(db, 'Globex')]
  const set = (key: string, organizationId: string | null, value: JsonValue) => setConfig(db, systemActing, { key, organizationId, value })
  return { db, set, acme: acme.id, globex: globex.id, [Symbol.asyncDispose]: () => db[Symbol.asyncDispose]() }
}

test("an organization's own value goes before the global one, and another organization's is never looked at", async () => {
  await using it = await given()
  await it.set('api_url', null, 'https://all.example')
  await it.set('api_url', it.acme, 'https://acme.example')
  await it.set('acme_only', it.acme, true)
  assert.deepEqual(await resolveConfig(it.db, it.acme, 'api_url'), { value: 'https://acme.example' })
  assert.deepEqual(await resolveConfig(it.db, it.globex, 'api_url'), { value: 'https://all.example' })
  assert.deepEqual(await resolveConfig(it.db, null, 'api_url'), { value: 'https://all.example' })
  assert.equal(await resolveConfig(it.db, it.globex, 'acme_only'), undefined)

  const keys = ['api_url', 'acme_only', 'unknown']
  assert.deepEqual([...(await findSetKeys(it.db, 'config', keys, it.acme))].sort(), ['acme_only', 'api_url'])
  assert.deepEqual([...(await findSetKeys(it.db, 'config', keys, it.globex))], ['api_url'])
  assert.deepEqual([...(await findSetKeys(it.db, 'config', keys, null))], ['api_url'])
})

test('any JSON comes back as it was, and null is a value', async () => {
  await using it = await given()
  for (const value of [null, false, 0, -1.5e300, '', 'null', '"', [], [1, [null]], {}, { a: { 'b"\\': ['ü', '\t'] } }]) {
    assert.deepEqual((await it.set('any', it.acme, value)).value, value)
    assert.deepEqual(await resolveConfig(it.db, it.acme, 'any'), { value })
  }
  await it.set('any', null, 'for all')
  await it.set('any', it.acme, null)
  assert.deepEqual(await resolveConfig(it.db, it.acme, 'any'), { value: null })
})

test('a value needs an organization that exists, and a key that is set to be deleted', async () => {
  await using it = await given()
  await assert.rejects(it.set('api_url', newId(), 1), (error) => organizationError.is(error, 'organization_not_found'))
  await it.set('api_url', null, 1)
  const deleting = deleteConfig(it.db, systemActing, { key: 'api_url', organizationId: it.acme })
  await assert.rejects(deleting, (error) => configError.is(error, 'config_not_found'))
})

test('the audit says what a value was before and after, also for values set at once', async () => {
  await using it = await given()
  await Promise.all([1, 2, 3, 4].map((value) => it.set('limit', it.acme, value)))
  await deleteConfig(it.db, systemActing, { key: 'limit', organizationId: it.acme })
  const events = await inScope(it.db, { organizationId: it.acme }, (transaction) =>
    transaction.query<{ action: string; changes: { value: { before: JsonValue; after: JsonValue } } }>(
      sql`select action, changes from audit_events where organization_id = ${it.acme} and action like 'config.%' order by action desc`,
    ),
  )
  assert.deepEqual(
    events.map((event) => event.action),
    ['config.set', 'config.set', 'config.set', 'config.set', 'config.deleted'],
  )
  // Each value was somebody's before and somebody's after: one chain from nothing to nothing.
  const chain = new Map(events.map(({ changes }) => [changes.value.before, changes.value.after]))
  let at: JsonValue = null
  let links = 0
  do {
    at = chain.get(at) ?? null
    links += 1
  } while (at !== null)
  assert.equal(links, 5)
})

test("in an organization's scope no other organization's value is seen, and no global one is changed, even without a where", async () => {
  await using it = await given()
  await it.set('api_url', null, 'for all')
  await it.set('api_url', it.acme, 'for Acme')
  await it.set('api_url', it.globex, 'for Globex')
  const asAcme = (statement: ReturnType<typeof sql>) =>
    inScope(it.db, { organizationId: it.acme }, (transaction) => transaction.query<{ value: JsonValue }>(statement))
  const seen = await asAcme(sql`select value from config order by organization_id nulls last`)
  assert.deepEqual(
    seen.map((row) => row.value),
    ['for Acme', 'for all'],
  )
  await asAcme(sql`update config set organization_id = ${it.acme}, key = 'stolen' where organization_id is null`)
  await asAcme(sql`delete from config`)
  await assert.rejects(
    asAcme(sql`insert into config (id, organization_id, key, value, updated_by) values (${newId()}, null, 'new', '1', '')`),
    /row-level security/,
  )
  assert.deepEqual(await resolveConfig(it.db, it.acme, 'api_url'), { value: 'for all' })
  assert.deepEqual(await resolveConfig(it.db, it.globex, 'api_url'), { value: 'for Globex' })
})
