import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { givenDatabase } from '../../../testing/given-database.ts'
import { givenMasterKey, givenOrganization } from '../../../testing/given-installation.ts'
import { systemActing } from '../../audit/audit.ts'
import { type Database, inScope, sql } from '../../platform/database/database.ts'
import { StartError } from '../../platform/start-error.ts'
import { readMasterKeyFiles, readNextMasterKey, rotateKeyFile } from './key-files.ts'
import { openKeyring } from './keyring.ts'
import { rotateMasterKey } from './rotation.ts'
import { masterKeyOf } from './sealing.ts'
import { SecretText } from './secret-text.ts'
import { deleteSecret, resolveSecret, secretError, setSecret } from './secrets.ts'

const startError = (code: string) => (error: unknown) => error instanceof StartError && error.code === code
const interruption = new Error('interrupted')

async function given(count = 7) {
  const db = await givenDatabase()
  const acme = await givenOrganization(db, 'Acme')
  const [oldKey, newKey] = [givenMasterKey(), givenMasterKey()]
  const keyring = await openKeyring(db, oldKey)
  const secrets = Array.from({ length: count }, (_, index) => ({
    key: `key_${index}`,
    organizationId: index % 2 ? acme.id : null,
    text: `value ${index}`,
  }))
  for (const { text, ...place } of secrets) await setSecret(db, keyring, systemActing, { ...place, value: new SecretText(text) })
  return {
    ...{ db, acme, oldKey, newKey },
    async assertReadable(masterKey: string, otherKeys: string[] = []) {
      const opened = await openKeyring(db, masterKey, otherKeys)
      for (const { key, organizationId, text } of secrets)
        assert.equal((await resolveSecret(db, opened, organizationId, key))?.reveal(), text)
    },
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  }
}

const interruptAfter = (batches: number) => {
  let seen = 0
  return () => {
    seen += 1
    if (seen === batches) throw interruption
  }
}

const keysInUse = async (db: Database) => {
  const rows = await inScope(db, 'allOrganizations', (transaction) =>
    transaction.query<{ key_id: string }>(sql`select key_id from secrets order by key`),
  )
  return rows.map((row) => row.key_id)
}

const rotations = (db: Database) =>
  inScope(db, 'allOrganizations', (transaction) =>
    transaction.query<{ target: object; changes: object }>(sql`select target, changes from audit_events where action = 'secret.rotated'`),
  )

test('a rotation moves every secret to the new key, and from then on the old one does not fit', async () => {
  await using it = await given()
  const seen: object[] = []
  const { resealed } = await rotateMasterKey(it.db, it.oldKey, it.newKey, { batchSize: 3, onProgress: (progress) => seen.push(progress) })
  assert.equal(resealed, 7)
  assert.deepEqual(seen, [
    { done: 3, total: 7 },
    { done: 6, total: 7 },
    { done: 7, total: 7 },
  ])
  await it.assertReadable(it.newKey)
  await assert.rejects(openKeyring(it.db, it.oldKey), startError('master_key_mismatch'))
  const [event] = await rotations(it.db)
  const [from, to] = [masterKeyOf(it.oldKey).id, masterKeyOf(it.newKey).id]
  assert.deepEqual({ ...event }, { target: { type: 'master_key', id: to, secrets: 7 }, changes: { key_id: { before: from, after: to } } })
})

test('a rotation that was interrupted anywhere leaves all secrets readable with both keys, and is finished by repeating it', async () => {
  await using it = await given()
  for (const batches of [1, 1, 1]) {
    await assert.rejects(rotateMasterKey(it.db, it.oldKey, it.newKey, { batchSize: 2, onProgress: interruptAfter(batches) }), interruption)
    await it.assertReadable(it.oldKey, [it.newKey])
    await it.assertReadable(it.newKey, [it.oldKey])
    await assert.rejects(openKeyring(it.db, it.newKey), startError('master_key_mismatch'))
    await assert.rejects(openKeyring(it.db, it.oldKey), startError('master_key_mismatch'))
  }
  assert.deepEqual(await rotations(it.db), [])
  assert.deepEqual(await rotateMasterKey(it.db, it.oldKey, it.newKey), { resealed: 1 })
  assert.deepEqual(await rotateMasterKey(it.db, it.oldKey, it.newKey), { resealed: 0 })
  await it.assertReadable(it.newKey)
  assert.equal((await rotations(it.db)).length, 1)
})

test('what is set while a rotation is under way comes under the new key', async () => {
  await using it = await given()
  const keyring = await openKeyring(it.db, it.oldKey, [it.newKey])
  await assert.rejects(rotateMasterKey(it.db, it.oldKey, it.newKey, { batchSize: 1, onProgress: interruptAfter(1) }), interruption)
  await setSecret(it.db, keyring, systemActing, { key: 'key_6', organizationId: null, value: new SecretText('value 6') })
  assert.equal((await keysInUse(it.db)).at(-1), masterKeyOf(it.newKey).id)
  await Promise.all([
    rotateMasterKey(it.db, it.oldKey, it.newKey, { batchSize: 1 }),
    rotateMasterKey(it.db, it.oldKey, it.newKey, { batchSize: 1 }),
    ...[1, 3, 5].map((index) =>
      setSecret(it.db, keyring, systemActing, { key: `key_${index}`, organizationId: it.acme.id, value: new SecretText(`value ${index}`) }),
    ),
  ])
  assert.deepEqual(new Set(await keysInUse(it.db)), new Set([masterKeyOf(it.newKey).id]))
  await it.assertReadable(it.newKey)
  assert.equal((await rotations(it.db)).length, 1)
})

test('the database itself refuses a secret under a key that was let go', async () => {
  await using it = await given(1)
  await rotateMasterKey(it.db, it.oldKey, it.newKey)
  const old = masterKeyOf(it.oldKey).id
  const moveBack = inScope(it.db, 'allOrganizations', (transaction) => transaction.query(sql`update secrets set key_id = ${old}`))
  await assert.rejects(moveBack, /foreign key/)
})

test('a rotation with a wrong key, the same key or in the other direction is refused and changes nothing', async () => {
  await using it = await given(3)
  await assert.rejects(rotateMasterKey(it.db, givenMasterKey(), it.newKey), startError('master_key_mismatch'))
  await assert.rejects(rotateMasterKey(it.db, it.oldKey, it.oldKey), startError('master_key_same'))
  await assert.rejects(rotateMasterKey(it.db, it.oldKey, 'short'), startError('environment_invalid'))
  await it.assertReadable(it.oldKey)
  await assert.rejects(rotateMasterKey(it.db, it.oldKey, it.newKey, { batchSize: 1, onProgress: interruptAfter(1) }), interruption)
  await assert.rejects(rotateMasterKey(it.db, it.oldKey, givenMasterKey()), startError('master_key_mismatch'))
  await assert.rejects(rotateMasterKey(it.db, it.newKey, it.oldKey), startError('rotation_reversed'))
  await rotateMasterKey(it.db, it.oldKey, it.newKey)
  await it.assertReadable(it.newKey)
})

test('a secret that cannot be opened stops the rotation by name, until it is deleted', async () => {
  await using it = await given(3)
  await inScope(it.db, 'allOrganizations', (transaction) =>
    transaction.query(sql`update secrets set sealed_data_key = 'x' where key = 'key_1'`),
  )
  const rotating = rotateMasterKey(it.db, it.oldKey, it.newKey)
  await assert.rejects(rotating, (error) => secretError.is(error, 'secret_unreadable') && error.message.includes('key_1'))
  await deleteSecret(it.db, systemActing, { key: 'key_1', organizationId: it.acme.id })
  assert.deepEqual(await rotateMasterKey(it.db, it.oldKey, it.newKey), { resealed: 2 })
})

/** A data directory whose master key is the database's. */
async function givenDataDirectory(masterKey: string) {
  const path = await mkdtemp(join(tmpdir(), 'crosswalk-keys-'))
  await writeFile(join(path, 'master.key'), `${masterKey}\n`, { mode: 0o600 })
  const keyIn = async (name: string) => (await readFile(join(path, name), 'utf8')).trim()
  return { path, keyIn, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

test('rotating the key file replaces the key, keeps the previous one, and a running process finds both', async () => {
  await using it = await given()
  await using directory = await givenDataDirectory(it.oldKey)
  const running = await openKeyring(it.db, it.oldKey, [], () => readMasterKeyFiles(directory.path))
  const { resealed, keyId } = await rotateKeyFile(it.db, directory.path)
  assert.equal(resealed, 7)
  const previous = `master.key.${masterKeyOf(it.oldKey).id}`
  assert.deepEqual((await readdir(directory.path)).sort(), ['master.key', previous])
  assert.equal(await directory.keyIn(previous), it.oldKey)
  const key = await directory.keyIn('master.key')
  assert.equal(masterKeyOf(key).id, keyId)
  assert.equal((await stat(join(directory.path, 'master.key'))).mode & 0o777, 0o600)
  await it.assertReadable(key)
  assert.equal((await resolveSecret(it.db, running, null, 'key_0'))?.reveal(), 'value 0')
  const later = await openKeyring(it.db, key, [], () => readMasterKeyFiles(directory.path))
  assert.equal((await later.get(masterKeyOf(it.oldKey).id)).id, masterKeyOf(it.oldKey).id)
})

test('a key file rotation that was interrupted leaves an installation that starts, and is finished by repeating it', async () => {
  await using it = await given()
  await using directory = await givenDataDirectory(it.oldKey)
  const start = async () => it.assertReadable(await directory.keyIn('master.key'), await readNextMasterKey(directory.path))
  await assert.rejects(rotateKeyFile(it.db, directory.path, { batchSize: 2, onProgress: interruptAfter(2) }), interruption)
  await start()
  const next = await directory.keyIn('master.key.next')
  // As if the process had ended after the last commit, before the rename.
  await rotateMasterKey(it.db, it.oldKey, next)
  await start()
  await rotateKeyFile(it.db, directory.path)
  await start()
  assert.equal(await directory.keyIn('master.key'), next)
  assert.deepEqual(await readNextMasterKey(directory.path), [])
})

test('two rotations of one installation do not run at once', async () => {
  await using it = await given()
  await using directory = await givenDataDirectory(it.oldKey)
  const rotating = await inScope(it.db, 'allOrganizations', async (transaction) => {
    // Whichever of the two goes first stops here.
    await transaction.query(sql`select from master_keys for update`)
    const both = [rotateKeyFile(it.db, directory.path), rotateKeyFile(it.db, directory.path)]
    await assert.rejects(Promise.race(both), startError('rotation_running'))
    return both
  })
  const results = await Promise.allSettled(rotating)
  assert.deepEqual(results.map((result) => result.status).sort(), ['fulfilled', 'rejected'])
  await it.assertReadable(await directory.keyIn('master.key'))
})
