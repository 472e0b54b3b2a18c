import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenDatabase } from '../../../../testing/given-database.ts'
import { givenMasterKey, givenOrganization } from '../../../../testing/given-installation.ts'
import { startKeyVault } from '../../../../testing/key-vault.ts'
import { systemActing } from '../../../audit/audit.ts'
import { type Database, inScope, sql } from '../../../platform/database/database.ts'
import { type Keyring, openKeyring } from '../keyring.ts'
import { moveSecrets } from '../move.ts'
import { readsRetention } from '../retention.queries.ts'
import { getSecretDetails, restoreSecret } from '../secret-details.ts'
import { SecretText } from '../secret-text.ts'
import { deleteSecret, resolveOwnedSecret, resolveSecret, secretError, setSecret } from '../secrets.ts'
import { openKeyVault } from './key-vault.ts'
import { vaultError } from './secret-vault.ts'
import { vaultNameOf } from './vault-names.ts'
import { removeFromVault } from './vault-removals.ts'

const logger = { info() {} }
const place = { key: 'halo_key', organizationId: null }
const name = vaultNameOf(place)
const text = (value: string) => new SecretText(value)

async function given() {
  const db = await givenDatabase()
  const keyVault = await startKeyVault()
  const vault = openKeyVault({ url: keyVault.url, ca: keyVault.ca, credential: keyVault.credential, timeoutMs: 2_000 })
  const inDatabase = await openKeyring(db, givenMasterKey())
  const inVault: Keyring = { ...inDatabase, inVault: { vault, isForNew: true } }
  const back: Keyring = { ...inDatabase, inVault: { vault, isForNew: false } }
  const set = (keyring: Keyring, value: string, at = place) => setSecret(db, keyring, systemActing, { ...at, value: text(value) })
  const read = async (keyring: Keyring = inVault) => (await resolveSecret(db, keyring, null, 'halo_key'))?.reveal()
  return {
    ...{ db, keyVault, vault, inDatabase, inVault, back, set, read },
    async [Symbol.asyncDispose]() {
      await keyVault.close()
      await db[Symbol.asyncDispose]()
    },
  }
}

const ask = <Row extends object>(db: Database, statement: ReturnType<typeof sql>) =>
  inScope(db, 'allOrganizations', (transaction) => transaction.query<Row>(statement))
/** Forgets what was replaced, as after the last execution that can have read it. */
const forget = (db: Database) => ask(db, sql`delete from replaced_secrets`)

test('a value goes into the vault and none of it into the database, and every organization has its own', async () => {
  await using it = await given()
  const acme = await givenOrganization(it.db, 'Acme')
  assert.equal((await it.set(it.inVault, 'marker-1')).backend, 'azure-key-vault')
  await it.set(it.inVault, 'marker-2', { key: 'halo_key', organizationId: acme.id as never })
  assert.equal(await it.read(), 'marker-1')
  assert.equal((await resolveSecret(it.db, it.inVault, acme.id, 'halo_key'))?.reveal(), 'marker-2')
  assert.deepEqual(it.keyVault.valuesOf(name), ['marker-1'])
  const rows = await ask(it.db, sql`select s::text as row from secrets s union all select e::text from audit_events e`)
  assert.doesNotMatch(JSON.stringify(rows), /marker/)
  // As one would who got at the database past the application.
  await ask(
    it.db,
    sql`update secrets set vault_name = theirs.vault_name, vault_version = theirs.vault_version from secrets theirs
    where secrets.organization_id is null and theirs.organization_id is not null`,
  )
  await assert.rejects(it.read(), (error) => secretError.is(error, 'secret_unreadable'))
})

test('where the vault refuses or is not there, nothing is set, and the error says so', async () => {
  await using it = await given()
  await it.set(it.inVault, 'first')
  const before = await ask(it.db, sql`select * from secrets`)
  it.keyVault.faults.push({ status: 403, code: 'Forbidden', times: 1, method: 'PUT' })
  await assert.rejects(it.set(it.inVault, 'second'), (error) => vaultError.is(error, 'secret_vault_denied'))
  await it.keyVault.close()
  await assert.rejects(it.set(it.inVault, 'second'), (error) => vaultError.is(error, 'secret_vault_unreachable'))
  await assert.rejects(it.read(), (error) => vaultError.is(error, 'secret_vault_unreachable'))
  assert.deepEqual(await ask(it.db, sql`select * from secrets`), before)
  assert.equal((await ask(it.db, sql`select id from audit_events where action = 'secret.set'`)).length, 1)
  await assert.rejects(it.read(it.inDatabase), (error) => vaultError.is(error, 'secret_vault_not_set'))
})

test('a crash between the vault and the database leaves the secret as it was', async () => {
  await using it = await given()
  await it.set(it.inVault, 'first')
  await it.vault.write(place, text('written, and then the process died'), null)
  assert.equal(await it.read(), 'first')
  await it.set(it.inVault, 'second')
  assert.equal(await it.read(), 'second')
})

test('a deleted secret leaves the vault once nothing can have read it, and its name can be set again', async () => {
  await using it = await given()
  await it.set(it.inVault, 'first')
  await deleteSecret(it.db, systemActing, place)
  assert.equal(await removeFromVault({ db: it.db, vault: it.vault, logger }), 0)
  assert.deepEqual(it.keyVault.valuesOf(name), ['first'])
  await forget(it.db)
  assert.equal(await removeFromVault({ db: it.db, vault: it.vault, logger }), 1)
  assert.ok(it.keyVault.isDeleted(name))
  await it.set(it.inVault, 'again')
  assert.equal(await it.read(), 'again')
  assert.equal(await removeFromVault({ db: it.db, vault: it.vault, logger }), 0)
})

test('a removal that fails is tried again, and a name that is being removed takes no value meanwhile', async () => {
  await using it = await given()
  await it.set(it.inVault, 'first')
  await deleteSecret(it.db, systemActing, place)
  await forget(it.db)
  it.keyVault.faults.push({ status: 403, code: 'Forbidden', times: 1, method: 'DELETE' })
  await assert.rejects(removeFromVault({ db: it.db, vault: it.vault, logger }))
  await ask(it.db, sql`update vault_removals set begun_at = now()`)
  const setting = it.set(it.inVault, 'again')
  // The process that was at it is given up after two minutes, and its removal is done by another.
  await ask(it.db, sql`update vault_removals set begun_at = now() - interval '3 minutes'`)
  assert.equal(await removeFromVault({ db: it.db, vault: it.vault, logger }), 1)
  await setting
  assert.equal(await it.read(), 'again')
})

test('values are moved into the vault and back with what they were before, and stay what they are to those who hold them', async () => {
  await using it = await given()
  for (const value of ['first', 'second', 'third']) await it.set(it.inDatabase, value)
  await it.set(it.inDatabase, 'other', { ...place, key: 'Other.Key' })
  const before = await resolveOwnedSecret(it.db, it.back, null, 'halo_key')
  assert.deepEqual(await moveSecrets(it.db, it.inVault), { moved: 4, left: 0 })
  assert.deepEqual(it.keyVault.valuesOf(name), ['first', 'second', 'third'])
  assert.deepEqual(await moveSecrets(it.db, it.inVault), { moved: 0, left: 0 })
  assert.equal((await ask(it.db, sql`select id from secrets where sealed_value is not null`)).length, 0)
  const moved = await resolveOwnedSecret(it.db, it.inVault, null, 'halo_key')
  assert.deepEqual([moved?.text.reveal(), moved?.version], ['third', before?.version])

  await restoreSecret(it.db, it.inVault, systemActing, { ...place, version: 1 })
  assert.equal(await it.read(), 'first')
  assert.deepEqual(await moveSecrets(it.db, it.back), { moved: 5, left: 0 })
  assert.equal(await removeFromVault({ db: it.db, vault: it.vault, logger }), 2)
  assert.equal(await it.read(it.inDatabase), 'first')
  const { earlier } = await getSecretDetails(it.db, place)
  assert.deepEqual(
    earlier.map(({ version }) => version),
    [3, 2, 1],
  )
})

test('a move that is cut off continues where it was', async () => {
  await using it = await given()
  for (const key of ['a', 'b', 'c']) await it.set(it.inDatabase, `value of ${key}`, { key, organizationId: null })
  it.keyVault.faults.push({ status: 403, code: 'Forbidden', times: 1, method: 'PUT', path: /global-c$/ })
  await assert.rejects(moveSecrets(it.db, it.inVault), (error) => vaultError.is(error, 'secret_vault_denied'))
  const elsewhere = () => ask<{ key: string }>(it.db, sql`select key from secrets where vault_name is null`)
  assert.deepEqual(await elsewhere(), [{ key: 'c' }])
  assert.deepEqual(await moveSecrets(it.db, it.inVault), { moved: 1, left: 0 })
  for (const key of ['a', 'b', 'c']) assert.equal((await resolveSecret(it.db, it.inVault, null, key))?.reveal(), `value of ${key}`)
})

test('a move waits for a name that is being removed from the vault, and says nothing is moved that is not', async () => {
  await using it = await given()
  await it.set(it.inDatabase, 'first')
  await ask(it.db, sql`insert into vault_removals (name, begun_at) values (${name}, now())`)
  let isOver = false
  const moving = moveSecrets(it.db, it.inVault).finally(() => (isOver = true))
  await it.vault.write({ key: 'time', organizationId: null }, text('passes'), null)
  assert.deepEqual([isOver, it.keyVault.valuesOf(name)], [false, undefined])
  await ask(it.db, sql`delete from vault_removals`)
  assert.deepEqual(await moving, { moved: 1, left: 0 })
  assert.equal(await it.read(), 'first')
})

test('the last ten versions are kept, and older ones go when no execution can have read them', async () => {
  await using it = await given()
  for (let version = 1; version <= 13; version++) await it.set(it.inDatabase, `value ${version}`)
  await ask(it.db, sql`update replaced_secrets set replaced_at = now() - interval '2 hours'`)
  const [, rule] = readsRetention
  assert.ok(rule)
  await inScope(it.db, 'allOrganizations', (transaction) =>
    rule.deleteSome(transaction, { before: new Date(), now: new Date(), limit: 100 }),
  )
  const { secret, earlier } = await getSecretDetails(it.db, place)
  assert.equal(secret.version, 13)
  assert.deepEqual(earlier.map(({ version }) => version).at(-1), 4)
  await assert.rejects(restoreSecret(it.db, it.inDatabase, systemActing, { ...place, version: 2 }), (error) =>
    secretError.is(error, 'secret_version_not_found'),
  )
  await restoreSecret(it.db, it.inDatabase, systemActing, { ...place, version: 4 })
  assert.equal(await it.read(it.inDatabase), 'value 4')
})
