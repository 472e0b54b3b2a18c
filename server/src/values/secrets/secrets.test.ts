import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenDatabase } from '../../../testing/given-database.ts'
import { givenMasterKey, givenOrganization } from '../../../testing/given-installation.ts'
import { type Acting, systemActing } from '../../audit/audit.ts'
import { organizationError } from '../../organizations/organizations.ts'
import { type Database, inScope, sql } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import { findSetKeys } from '../set-keys.ts'
import { openKeyring } from './keyring.ts'
import { SecretText } from './secret-text.ts'
import { deleteSecret, resolveSecret, secretError, setSecret } from './secrets.ts'

async function given() {
  const db = await givenDatabase()
  const keyring = await openKeyring(db, givenMasterKey())
  const [acme, globex] = [await givenOrganization(db, 'Acme'), await givenOrganization(db, 'Globex')]
  const set = (key: string, organizationId: string | null, text: string, acting: Acting = systemActing) =>
    setSecret(db, keyring, acting, { key, organizationId, value: new SecretText(text) })
  const read = async (organizationId: string | null, key: string) => (await resolveSecret(db, keyring, organizationId, key))?.reveal()
  return { ...{ db, keyring, set, read }, acme: acme.id, globex: globex.id, [Symbol.asyncDispose]: () => db[Symbol.asyncDispose]() }
}

/** As one would who got at the database past the application. */
const tamper = (db: Database, statement: ReturnType<typeof sql>) =>
  inScope(db, 'allOrganizations', (transaction) => transaction.query(statement))

test("an organization's own value goes before the global one, and another organization's is never looked at", async () => {
  await using it = await given()
  await it.set('halo_key', null, 'for all')
  await it.set('halo_key', it.acme, 'for Acme')
  await it.set('acme_only', it.acme, 'Acme alone')
  assert.equal(await it.read(it.acme, 'halo_key'), 'for Acme')
  assert.equal(await it.read(it.globex, 'halo_key'), 'for all')
  assert.equal(await it.read(null, 'halo_key'), 'for all')
  assert.equal(await it.read(it.globex, 'acme_only'), undefined)
  assert.equal(await it.read(null, 'acme_only'), undefined)

  const keys = ['halo_key', 'acme_only', 'unknown']
  assert.deepEqual([...(await findSetKeys(it.db, 'secrets', keys, it.acme))].sort(), ['acme_only', 'halo_key'])
  assert.deepEqual([...(await findSetKeys(it.db, 'secrets', keys, it.globex))], ['halo_key'])
  assert.deepEqual([...(await findSetKeys(it.db, 'secrets', keys, null))], ['halo_key'])
  assert.equal((await findSetKeys(it.db, 'secrets', [], null)).size, 0)
})

test('setting again replaces the value, also from several sides at once', async () => {
  await using it = await given()
  await it.set('halo_key', it.acme, 'first')
  await it.set('halo_key', it.acme, 'second')
  assert.equal(await it.read(it.acme, 'halo_key'), 'second')
  await Promise.all(['a', 'b', 'c', 'd'].map((text) => it.set('new_key', null, text)))
  assert.match((await it.read(null, 'new_key')) ?? '', /^[abcd]$/)
  await assert.rejects(it.set('halo_key', newId(), 'x'), (error) => organizationError.is(error, 'organization_not_found'))
})

test('a deleted secret is gone, and deleting what is not there says so', async () => {
  await using it = await given()
  await it.set('halo_key', null, 'for all')
  const deleting = deleteSecret(it.db, systemActing, { key: 'halo_key', organizationId: it.acme })
  await assert.rejects(deleting, (error) => secretError.is(error, 'secret_not_found'))
  await deleteSecret(it.db, systemActing, { key: 'halo_key', organizationId: null })
  assert.equal(await it.read(it.acme, 'halo_key'), undefined)
})

test('a value that was moved to another key or organization in the database does not open, and the global one does not stand in', async () => {
  await using it = await given()
  await it.set('halo_key', null, 'for all')
  await it.set('halo_key', it.acme, 'for Acme')
  await it.set('halo_key', it.globex, 'for Globex')
  await it.set('other_key', it.acme, 'other')
  const unreadable = (error: unknown) => secretError.is(error, 'secret_unreadable')

  await tamper(
    it.db,
    sql`update secrets set sealed_data_key = theirs.sealed_data_key, sealed_value = theirs.sealed_value
      from secrets theirs where secrets.key = 'halo_key' and secrets.organization_id = ${it.acme} and theirs.key = 'halo_key' and theirs.organization_id = ${it.globex}`,
  )
  await assert.rejects(it.read(it.acme, 'halo_key'), unreadable)
  await tamper(it.db, sql`update secrets set key = 'renamed_key' where key = 'other_key'`)
  await assert.rejects(it.read(it.acme, 'renamed_key'), unreadable)
  await tamper(it.db, sql`delete from secrets where key = 'halo_key' and organization_id is null`)
  await tamper(it.db, sql`update secrets set organization_id = null where key = 'halo_key' and organization_id = ${it.globex}`)
  await assert.rejects(it.read(it.globex, 'halo_key'), unreadable)
})

test('no table holds a value in the clear', async () => {
  await using it = await given()
  await it.set('halo_key', it.acme, 'hunter2-marker')
  await it.set('halo_key', it.acme, 'hunter3-marker')
  await deleteSecret(it.db, systemActing, { key: 'halo_key', organizationId: it.acme })
  await it.set('halo_key', it.acme, 'hunter4-marker')
  const rows = await tamper(it.db, sql`select encode(sealed_value, 'escape') || encode(sealed_data_key, 'escape') as text from secrets`)
  const events = await inScope(it.db, 'allOrganizations', (transaction) =>
    transaction.query<{ action: string; changes: { value: object } }>(
      sql`select action, changes, audit_events::text as text from audit_events where action like 'secret.%' order by id`,
    ),
  )
  assert.doesNotMatch(JSON.stringify([rows, events]), /marker/)
  assert.deepEqual(
    events.map((event) => [event.action, event.changes.value]),
    [
      ['secret.set', { before: null, after: '[secret]' }],
      ['secret.set', { before: '[secret]', after: '[secret]' }],
      ['secret.deleted', { before: '[secret]', after: null }],
      ['secret.set', { before: null, after: '[secret]' }],
    ],
  )
})

test("in an organization's scope no other organization's secret is seen, and no global one is changed, even without a where", async () => {
  await using it = await given()
  await it.set('halo_key', null, 'for all')
  await it.set('halo_key', it.acme, 'for Acme')
  await it.set('halo_key', it.globex, 'for Globex')
  const asAcme = (statement: ReturnType<typeof sql>) =>
    inScope(it.db, { organizationId: it.acme }, (transaction) => transaction.query<{ organization_id: string | null }>(statement))
  const seen = await asAcme(sql`select organization_id from secrets order by organization_id`)
  assert.deepEqual(
    seen.map((row) => row.organization_id),
    [it.acme, null],
  )
  await asAcme(sql`update secrets set updated_by = 'an intruder', organization_id = ${it.acme} where organization_id is null`)
  await asAcme(sql`delete from secrets`)
  await assert.rejects(
    asAcme(sql`insert into secrets select ${newId()}, null, 'new', key_id, '', '', now(), '' from master_keys`),
    /row-level security/,
  )
  assert.equal(await it.read(it.acme, 'halo_key'), 'for all')
  assert.equal(await it.read(it.globex, 'halo_key'), 'for Globex')
})
