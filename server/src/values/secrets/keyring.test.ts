import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { givenDatabase } from '../../../testing/given-database.ts'
import { givenMasterKey } from '../../../testing/given-installation.ts'
import { temporaryDirectory } from '../../../testing/temporary-directory.ts'
import { systemActing } from '../../audit/audit.ts'
import { StartError } from '../../platform/start-error.ts'
import { keyReadAgain } from './key-source.ts'
import { keyringError, openKeyring } from './keyring.ts'
import { rotateMasterKey } from './rotation.ts'
import { masterKeyOf } from './sealing.ts'
import { SecretText } from './secret-text.ts'
import { resolveSecret, setSecret } from './secrets.ts'

const startError = (code: string) => (error: unknown) => error instanceof StartError && error.code === code

test('the first start binds the database to its key, and the same key opens it again', async () => {
  await using db = await givenDatabase()
  const key = givenMasterKey()
  const [one, two] = await Promise.all([openKeyring(db, key), openKeyring(db, key)])
  assert.equal((await one.current()).id, masterKeyOf(key).id)
  assert.equal((await two.current()).id, masterKeyOf(key).id)
  assert.equal((await (await openKeyring(db, key)).current()).id, masterKeyOf(key).id)
})

test('of two first starts with different keys one binds the database and the other is refused', async () => {
  await using db = await givenDatabase()
  const results = await Promise.allSettled([openKeyring(db, givenMasterKey()), openKeyring(db, givenMasterKey())])
  const refused = results.filter((result) => result.status === 'rejected')
  assert.equal(refused.length, 1)
  assert.ok(startError('master_key_mismatch')(refused[0]?.reason))
})

test('a key that does not fit the data stops the start, and says which key is needed and what to do', async () => {
  await using db = await givenDatabase()
  const [right, wrong] = [givenMasterKey(), givenMasterKey()]
  await openKeyring(db, right)
  await assert.rejects(openKeyring(db, wrong), (error) => {
    assert.ok(startError('master_key_mismatch')(error))
    const { message } = error as Error
    for (const part of [masterKeyOf(right).id, masterKeyOf(wrong).id, 'CROSSWALK_MASTER_KEY', 'master.key'])
      assert.ok(message.includes(part), message)
    assert.ok(!message.includes(right) && !message.includes(wrong))
    return true
  })
  await assert.rejects(openKeyring(db, 'too short'), startError('environment_invalid'))
})

test('a process that runs through a rotation reads the new key when it meets it', async () => {
  await using db = await givenDatabase()
  const [oldKey, newKey] = [givenMasterKey(), givenMasterKey()]
  const known = await openKeyring(db, oldKey, [], async () => [oldKey, newKey])
  const unknowing = await openKeyring(db, oldKey)
  await setSecret(db, known, systemActing, { key: 'before', organizationId: null, value: new SecretText('one') })
  await rotateMasterKey(db, oldKey, newKey)
  await setSecret(db, known, systemActing, { key: 'after', organizationId: null, value: new SecretText('two') })
  assert.equal((await resolveSecret(db, known, null, 'before'))?.reveal(), 'one')
  assert.equal((await resolveSecret(db, await openKeyring(db, newKey), null, 'after'))?.reveal(), 'two')

  const refused = (error: unknown) => keyringError.is(error, 'master_key_unavailable')
  await assert.rejects(resolveSecret(db, unknowing, null, 'before'), refused)
  await assert.rejects(setSecret(db, unknowing, systemActing, { key: 'lost', organizationId: null, value: new SecretText('x') }), refused)
})

for (const kind of ['file', 'command'] as const) {
  test(`a key from a ${kind} is read again after a rotation, and not asked for more often than every few seconds`, async () => {
    await using db = await givenDatabase()
    await using place = await temporaryDirectory()
    const file = join(place.path, 'key')
    const [oldKey, newKey] = [givenMasterKey(), givenMasterKey()]
    await writeFile(file, oldKey)
    const command = `"${process.execPath}" -p "fs.readFileSync('key', 'utf8')"`
    let now = 0
    const source = kind === 'file' ? { file } : { command, cwd: place.path }
    const running = await openKeyring(
      db,
      oldKey,
      [],
      keyReadAgain(source, () => now),
    )
    await rotateMasterKey(db, oldKey, newKey)
    const refused = (error: unknown) => keyringError.is(error, 'master_key_unavailable')
    await assert.rejects(running.current(), refused)
    await writeFile(file, `${newKey}\n`)
    await assert.rejects(running.current(), refused, 'it was read a moment ago')
    now = 5_000
    assert.equal((await running.current()).id, masterKeyOf(newKey).id)
    assert.equal((await running.get(masterKeyOf(oldKey).id)).id, masterKeyOf(oldKey).id, 'what was recorded before can be read')

    await writeFile(file, 'no key')
    now = 10_000
    assert.deepEqual(await keyReadAgain(source, () => now)(), [], 'what is no key is none')
  })
}

test('what a failed command printed is in no error', async () => {
  const failures: unknown[] = []
  const key = givenMasterKey()
  const command = `"${process.execPath}" -e "console.log('${key}'); console.error('${key}'); process.exit(3)"`
  assert.deepEqual(await keyReadAgain({ command, cwd: process.cwd() })((error) => failures.push(error)), [])
  assert.deepEqual(failures.map(String), ['Error: CROSSWALK_MASTER_KEY_COMMAND could not be run, or ended with 3.'])
  assert.ok(!inspect(failures, { depth: 9, showHidden: true }).includes(key))
})
