import assert from 'node:assert/strict'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { givenDatabase } from '../../../testing/given-database.ts'
import { givenMasterKey } from '../../../testing/given-installation.ts'
import { startKeyVault } from '../../../testing/key-vault.ts'
import { temporaryDirectory } from '../../../testing/temporary-directory.ts'
import { systemActing } from '../../audit/audit.ts'
import { readEnvironment } from '../../platform/environment.ts'
import { type GivenMasterKey, parseGivenMasterKey } from '../../platform/master-key-setting.ts'
import { StartError } from '../../platform/start-error.ts'
import { openInstallationKeyring } from './installation-keyring.ts'
import { readMasterKeyFiles, readNextMasterKey, rewriteKeyFiles, rotateKeyFile } from './key-files.ts'
import { keyReadAgain } from './key-source.ts'
import { keyringError, openKeyring } from './keyring.ts'
import { masterKeyOpener, newestOf, textOfGiven } from './master-key-opener.ts'
import { rotateMasterKey } from './rotation.ts'
import { masterKeyOf } from './sealing.ts'
import { SecretText } from './secret-text.ts'
import { resolveSecret, setSecret } from './secrets.ts'
import { openVaultKeys } from './vault/vault-keys.ts'

/** A data directory with a plain master key, its database with a secret, and a vault with a key. */
async function given() {
  const stack = new AsyncDisposableStack()
  const vault = stack.use(await startKeyVault())
  const db = stack.use(await givenDatabase())
  const place = stack.use(await temporaryDirectory())
  const oldVersion = vault.makeKey('crosswalk')
  const masterKey = givenMasterKey()
  await writeFile(join(place.path, 'master.key'), `${masterKey}\n`, { mode: 0o600 })
  const vaultKeys = openVaultKeys({ ca: vault.ca, credential: vault.credential, timeoutMs: 1_000 })
  const newOpener = () => masterKeyOpener(async () => vaultKeys)
  const running = await openKeyring(db, masterKey, [], () => readMasterKeyFiles(place.path, newOpener()))
  await setSecret(db, running, systemActing, { key: 'token', organizationId: null, value: new SecretText('one') })
  const wrap = async (key: GivenMasterKey) =>
    vaultKeys.wrap(typeof key === 'string' ? `${vault.url}/keys/crosswalk` : newestOf(key), await newOpener().open(key))
  const keyIn = async (name: string) => parseGivenMasterKey(name, (await readFile(join(place.path, name), 'utf8')).trim())
  const versionIn = async (name: string) => {
    const key = await keyIn(name)
    return typeof key === 'string' ? 'plain' : key.vaultKey.split('/').at(-1)
  }
  /** As a process that starts: it has what is in the directory, and the vault. */
  const start = async () => {
    const opener = newOpener()
    const keyring = await openKeyring(db, await opener.open(await keyIn('master.key')), await readNextMasterKey(place.path, opener))
    return (await resolveSecret(db, keyring, null, 'token'))?.reveal()
  }
  return {
    ...{ vault, db, dataDir: place.path, masterKey, oldVersion, running, wrap, versionIn, start, newOpener, vaultKeys },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

test('a key file is wrapped and unwrapped while everything runs, and stays the same key', async () => {
  await using it = await given()
  assert.deepEqual(await rewriteKeyFiles(it.db, it.dataDir, it.wrap), { files: 1 })
  assert.equal(await it.versionIn('master.key'), it.oldVersion)
  assert.ok(!(await readFile(join(it.dataDir, 'master.key'), 'utf8')).includes(it.masterKey))
  assert.equal((await stat(join(it.dataDir, 'master.key'))).mode & 0o777, 0o600)
  assert.equal(await it.start(), 'one')
  assert.equal((await resolveSecret(it.db, it.running, null, 'token'))?.reveal(), 'one')
  await rewriteKeyFiles(it.db, it.dataDir, it.newOpener().open)
  assert.equal(await readFile(join(it.dataDir, 'master.key'), 'utf8'), `${it.masterKey}\n`)
})

test('a key that is plain is not written again, and one that was never made is not made', async () => {
  await using it = await given()
  const file = join(it.dataDir, 'master.key')
  const before = await stat(file)
  assert.deepEqual(await rewriteKeyFiles(it.db, it.dataDir, it.newOpener().open), { files: 0 })
  assert.deepEqual([(await stat(file)).ino, (await stat(file)).mtimeMs], [before.ino, before.mtimeMs])
  await rm(file)
  const notStarted = (error: unknown) => error instanceof StartError && error.code === 'not_started_yet'
  await assert.rejects(rewriteKeyFiles(it.db, it.dataDir, it.wrap), notStarted)
  assert.deepEqual(await readdir(it.dataDir), [])
})

test("the vault's key is rotated without downtime: wrapped again, the old version can be disabled", async () => {
  await using it = await given()
  await rewriteKeyFiles(it.db, it.dataDir, it.wrap)
  const newVersion = it.vault.makeKey('crosswalk')
  assert.equal(await it.start(), 'one', 'the old version still opens')
  await rewriteKeyFiles(it.db, it.dataDir, it.wrap)
  assert.equal(await it.versionIn('master.key'), newVersion)
  it.vault.enableKey('crosswalk', it.oldVersion, false)
  assert.equal(await it.start(), 'one')
  assert.equal((await resolveSecret(it.db, it.running, null, 'token'))?.reveal(), 'one')
})

test('a master key that is rotated is wrapped as the one before, and no plain key is ever in the directory', async () => {
  await using it = await given()
  await rewriteKeyFiles(it.db, it.dataDir, it.wrap)
  const { keyId } = await rotateKeyFile(it.db, it.dataDir, {}, it.newOpener())
  const previous = `master.key.${masterKeyOf(it.masterKey).id}`
  assert.deepEqual((await readdir(it.dataDir)).sort(), ['master.key', previous])
  assert.deepEqual([await it.versionIn('master.key'), await it.versionIn(previous)], [it.oldVersion, it.oldVersion])
  assert.notEqual(keyId, masterKeyOf(it.masterKey).id)
  assert.equal(await it.start(), 'one')
  assert.equal((await resolveSecret(it.db, it.running, null, 'token'))?.reveal(), 'one', 'what runs reads and opens the new key')

  const newVersion = it.vault.makeKey('crosswalk')
  assert.deepEqual(await rewriteKeyFiles(it.db, it.dataDir, it.wrap), { files: 2 })
  assert.deepEqual([await it.versionIn('master.key'), await it.versionIn(previous)], [newVersion, newVersion])
})

test('a rotation that was interrupted starts with both wrapped keys, and is finished by repeating it', async () => {
  await using it = await given()
  await rewriteKeyFiles(it.db, it.dataDir, it.wrap)
  const interruption = new Error('interrupted')
  const onProgress = () => {
    throw interruption
  }
  await assert.rejects(rotateKeyFile(it.db, it.dataDir, { onProgress }, it.newOpener()), interruption)
  assert.equal(await it.versionIn('master.key.next'), it.oldVersion)
  assert.equal(await it.start(), 'one')
  await rotateKeyFile(it.db, it.dataDir, {}, it.newOpener())
  assert.equal(await it.start(), 'one')
})

test('where the vault does not answer nothing is changed, and what runs works on', async () => {
  await using it = await given()
  await rewriteKeyFiles(it.db, it.dataDir, it.wrap)
  const before = await readFile(join(it.dataDir, 'master.key'), 'utf8')
  await it.vault.close()
  const unreachable = (error: unknown) => error instanceof StartError && error.code === 'master_key_vault_unreachable'
  await assert.rejects(rewriteKeyFiles(it.db, it.dataDir, it.wrap), unreachable)
  await assert.rejects(rotateKeyFile(it.db, it.dataDir, {}, it.newOpener()), unreachable)
  await assert.rejects(it.start(), unreachable)
  assert.deepEqual(await readdir(it.dataDir), ['master.key'])
  assert.equal(await readFile(join(it.dataDir, 'master.key'), 'utf8'), before)
  assert.equal((await resolveSecret(it.db, it.running, null, 'token'))?.reveal(), 'one')
})

test('a process that cannot open the new key says that it is closed, not that the process has the old one', async () => {
  await using it = await given()
  await rewriteKeyFiles(it.db, it.dataDir, it.wrap)
  const running = await openKeyring(it.db, it.masterKey, [], (onFailure) => readMasterKeyFiles(it.dataDir, it.newOpener(), onFailure))
  await rotateKeyFile(it.db, it.dataDir, {}, it.newOpener())
  it.vault.faults.push({ status: 403, code: 'Forbidden', times: 2, method: 'POST' })
  const failure = await running.current().catch((error: unknown) => error)
  assert.ok(keyringError.is(failure, 'master_key_closed'))
  assert.equal(failure.details.reason, 'master_key_vault_denied')
  assert.ok(failure.cause instanceof StartError && failure.cause.code === 'master_key_vault_denied')
  assert.ok(await running.current(), 'the vault opens it again, and so does the process')
})

test('an installation logs why a key was not opened again', async () => {
  await using it = await given()
  await using place = await temporaryDirectory()
  const file = join(place.path, 'operator.key')
  await writeFile(file, it.masterKey)
  const environment = readEnvironment({ CROSSWALK_DATA_DIR: place.path, CROSSWALK_MASTER_KEY_FILE: file }, place.path)
  const logged: unknown[] = []
  const logger = { warn: (what: { err: unknown }) => void logged.push(what.err) }
  const running = await openInstallationKeyring(it.db, environment, undefined, logger)
  const newKey = givenMasterKey()
  await rotateMasterKey(it.db, it.masterKey, newKey)
  await it.vault.close()
  await writeFile(file, `azure-key-vault:RSA-OAEP-256:${'A'.repeat(64)}:${it.vault.url}/keys/crosswalk/${it.oldVersion}`)
  await assert.rejects(running.current(), (error) => keyringError.is(error, 'master_key_closed'))
  assert.match(String(logged), /The master key is wrapped by the key crosswalk/)
})

test('a wrapped key in a file of the operator is read again and opened after a rotation', async () => {
  await using it = await given()
  const file = join(it.dataDir, 'operator.key')
  const newKey = givenMasterKey()
  let now = 0
  const running = await openKeyring(
    it.db,
    it.masterKey,
    [],
    keyReadAgain({ file }, () => now, it.newOpener()),
  )
  await rotateMasterKey(it.db, it.masterKey, newKey)
  await writeFile(file, textOfGiven(await it.wrap(newKey)))
  it.vault.faults.push({ status: 403, code: 'Forbidden', times: 1, method: 'POST' })
  await assert.rejects(running.current())
  now = 5_000
  assert.equal((await running.current()).id, masterKeyOf(newKey).id)
})
