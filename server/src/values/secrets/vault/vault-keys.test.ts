import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { AuthenticationError, ChainedTokenCredential, CredentialUnavailableError } from '@azure/identity'
import { givenMasterKey } from '../../../../testing/given-installation.ts'
import { startKeyVault, type TestKeyVault } from '../../../../testing/key-vault.ts'
import { parseGivenMasterKey } from '../../../platform/master-key-setting.ts'
import { StartError } from '../../../platform/start-error.ts'
import { wrappedText } from '../../../platform/wrapped-master-key.ts'
import { openVaultKeys } from './vault-keys.ts'

const open = (it: TestKeyVault, timeoutMs?: number) =>
  openVaultKeys({ ca: it.ca, credential: it.credential, ...(timeoutMs === undefined ? {} : { timeoutMs }) })
const is = (code: string, saying: RegExp) => (error: unknown) =>
  error instanceof StartError && error.code === code && saying.test(error.message)

test('a wrapped key is one line without the key in it, and opens to the same key', async () => {
  await using it = await startKeyVault()
  const version = it.makeKey('crosswalk')
  const key = givenMasterKey()
  const wrapped = await open(it).wrap(`${it.url}/keys/crosswalk`, key)
  assert.equal(wrapped.vaultKey, `${it.url}/keys/crosswalk/${version}`)
  const text = wrappedText(wrapped)
  assert.doesNotMatch(text, /\s/)
  assert.ok(!text.includes(key.slice(0, 20)))
  assert.deepEqual(parseGivenMasterKey('X', text), wrapped)
  assert.equal(await open(it).unwrap(wrapped), key)
})

test("a new version of the vault's key wraps from then on, and what an older one wrapped opens for as long as that one is enabled", async () => {
  await using it = await startKeyVault()
  const keys = open(it)
  const key = givenMasterKey()
  const oldVersion = it.makeKey('crosswalk')
  const before = await keys.wrap(`${it.url}/keys/crosswalk`, key)
  const newVersion = it.makeKey('crosswalk')
  const after = await keys.wrap(`${it.url}/keys/crosswalk`, key)
  assert.deepEqual(
    [before, after].map(({ vaultKey }) => vaultKey.split('/').at(-1)),
    [oldVersion, newVersion],
  )
  assert.deepEqual([await keys.unwrap(before), await keys.unwrap(after)], [key, key])
  it.enableKey('crosswalk', oldVersion, false)
  assert.equal(await keys.unwrap(after), key)
  await assert.rejects(keys.unwrap(before), is('master_key_vault_missing', new RegExp(`${oldVersion}.*Enable it`)))
})

test('a vault that is away, that refuses, and a key that is not there are told apart, with what to do', async () => {
  await using it = await startKeyVault()
  it.makeKey('crosswalk')
  const wrapped = await open(it).wrap(`${it.url}/keys/crosswalk`, givenMasterKey())
  it.faults.push({ status: 403, code: 'Forbidden', times: 1, method: 'POST' })
  await assert.rejects(open(it).unwrap(wrapped), is('master_key_vault_denied', /Key Vault Crypto User/))
  await assert.rejects(
    open(it).unwrap({ ...wrapped, vaultKey: wrapped.vaultKey.replace('crosswalk', 'another') }),
    is('master_key_vault_missing', /the key another/),
  )
  const damaged = { ...wrapped, wrapped: Buffer.alloc(256, 7).toString('base64') }
  await assert.rejects(open(it).unwrap(damaged), is('master_key_vault_refused', /backup/))
  it.faults.push({ status: 429, code: 'Throttled', times: 1, retryAfterSeconds: 0 })
  await open(it).unwrap(wrapped)
  await it.close()
  await assert.rejects(open(it, 1_000).unwrap(wrapped), is('master_key_vault_unreachable', /does not answer.*Nothing was started/))
})

test('that no identity was found is told apart from one that may not, with what to set', async () => {
  await using it = await startKeyVault()
  it.makeKey('crosswalk')
  const wrapped = await open(it).wrap(`${it.url}/keys/crosswalk`, givenMasterKey())
  const nothingSetUp = new ChainedTokenCredential({
    getToken: () => Promise.reject(new CredentialUnavailableError('EnvironmentCredential is unavailable.')),
  })
  const keys = openVaultKeys({ ca: it.ca, credential: nothingSetUp })
  await assert.rejects(keys.unwrap(wrapped), is('master_key_vault_no_identity', /no identity was found.*AZURE_CLIENT_ID.*az login/))
  const wrongSecret = {
    getToken: () => Promise.reject(new AuthenticationError(401, { error: 'invalid_client', error_description: 'wrong' })),
  }
  await assert.rejects(
    openVaultKeys({ ca: it.ca, credential: wrongSecret }).unwrap(wrapped),
    is('master_key_vault_denied', /role.*invalid_client/),
  )
})

test('what the vault says of a denial is told in one short line without tokens', async () => {
  await using it = await startKeyVault()
  it.makeKey('crosswalk')
  const wrapped = await open(it).wrap(`${it.url}/keys/crosswalk`, givenMasterKey())
  const token = `eyJ${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}`
  const message = `Caller is not authorized.\r\nToken: ${token}\u001b[2K\r\nAction: unwrap${' and more'.repeat(200)}`
  it.faults.push({ status: 403, code: 'Forbidden', times: 1, method: 'POST', message })
  const failure = await open(it)
    .unwrap(wrapped)
    .catch((error: unknown) => error)
  assert.ok(is('master_key_vault_denied', /The vault said: Caller is not authorized\. Token: \[masked\] \[2K Action: unwrap/)(failure))
  const { message: told } = failure as StartError // as just seen
  assert.ok(!told.includes('aaaa') && !told.includes('cccc') && !/\p{Cc}/u.test(told))
  assert.equal(told.split('The vault said: ')[1]?.length, 301)
})

test('a key that was not wrapped is never called wrapped, whatever the vault does', async () => {
  await using it = await startKeyVault()
  it.makeKey('crosswalk')
  const wrap = (name = 'crosswalk') => open(it, 1_000).wrap(`${it.url}/keys/${name}`, givenMasterKey())
  const notWrapped = (code: string) => (error: unknown) =>
    is(code, /^The master key was not wrapped; it is as it was\./)(error) && !String(error).includes('is wrapped by')
  await assert.rejects(wrap('another'), notWrapped('master_key_vault_missing'))
  for (const path of [/^GET keys/, /wrapkey$/, /unwrapkey$/]) {
    it.faults.push({ status: 403, code: 'Forbidden', times: 1, path })
    await assert.rejects(wrap(), notWrapped('master_key_vault_denied'))
    it.faults.push({ status: 400, code: 'BadParameter', times: 1, path })
    await assert.rejects(wrap(), notWrapped('master_key_vault_refused'))
  }
  const withoutIdentity = openVaultKeys({
    ca: it.ca,
    credential: { getToken: () => Promise.reject(new CredentialUnavailableError('nothing')) },
  })
  await assert.rejects(withoutIdentity.wrap(`${it.url}/keys/crosswalk`, givenMasterKey()), notWrapped('master_key_vault_no_identity'))
  await it.close()
  await assert.rejects(wrap(), notWrapped('master_key_vault_unreachable'))
})

test('a key that cannot wrap and an address that names none are refused, and no error holds the master key', async () => {
  await using it = await startKeyVault()
  it.makeKey('signing', 'EC')
  const key = givenMasterKey()
  await assert.rejects(open(it).wrap(`${it.url}/keys/signing`, key), is('vault_key_invalid', /type EC.*--kty RSA/))
  for (const address of ['crosswalk', `${it.url}/secrets/crosswalk`, it.url.replace('https', 'http'), `${it.url}/keys/a/b/c`])
    await assert.rejects(open(it).wrap(address, key), is('vault_key_invalid', /keys\/crosswalk/))
  it.makeKey('crosswalk')
  it.faults.push({ status: 400, code: 'BadParameter', times: 1, method: 'POST' })
  const failure = await open(it)
    .wrap(`${it.url}/keys/crosswalk`, key)
    .catch((error: unknown) => error)
  assert.ok(is('master_key_vault_refused', /./)(failure))
  assert.ok(!inspect(failure, { depth: 9 }).includes(key))
})

test('a damaged line is refused where it is read, without being shown', () => {
  for (const text of [
    'azure-key-vault:',
    'azure-key-vault:RSA-OAEP-256:hunter2:https://v.vault.azure.net/keys/crosswalk/1',
    'azure-key-vault:RSA-OAEP-256:'.padEnd(90, 'A'),
  ])
    assert.throws(
      () => parseGivenMasterKey('CROSSWALK_MASTER_KEY', text),
      (error) => is('environment_invalid', /CROSSWALK_MASTER_KEY.*damaged/)(error) && !String(error).includes('hunter2'),
    )
})
