import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { startKeyVault, type TestKeyVault } from '../../../../testing/key-vault.ts'
import { platformError } from '../../../platform/errors.ts'
import { SecretText } from '../secret-text.ts'
import { openKeyVault } from './key-vault.ts'
import { rememberValues } from './remembered-values.ts'
import { vaultError } from './secret-vault.ts'
import { vaultNameOf } from './vault-names.ts'

const place = { key: 'Halo_Key', organizationId: null }
const name = vaultNameOf(place)
const open = (it: TestKeyVault, timeoutMs?: number) =>
  openKeyVault({ url: it.url, ca: it.ca, credential: it.credential, ...(timeoutMs === undefined ? {} : { timeoutMs }) })
const is = (code: Parameters<typeof vaultError>[0]) => (error: unknown) => vaultError.is(error, code)

test('what is written can be read by its version, also after it was replaced', async () => {
  await using it = await startKeyVault()
  const vault = open(it)
  const first = await vault.write(place, new SecretText('first'), null)
  const second = await vault.write(place, new SecretText('second'), new Date('2030-01-01'))
  assert.equal(first.name, name)
  assert.equal((await vault.read(first)).reveal(), 'first')
  assert.equal((await vault.read(second)).reveal(), 'second')
  await vault.look()
})

test('a name that was deleted and can be recovered is recovered, then set', async () => {
  await using it = await startKeyVault()
  const vault = open(it)
  const first = await vault.write(place, new SecretText('first'), null)
  await vault.remove(name)
  await vault.remove(name)
  assert.ok(it.isDeleted(name))
  await assert.rejects(vault.read(first), is('secret_vault_value_missing'))
  await vault.write(place, new SecretText('second'), null)
  assert.deepEqual(it.valuesOf(name), ['first', 'second'])
})

test('a deleted name that may not be recovered is named, with what to do', async () => {
  await using it = await startKeyVault()
  const vault = open(it)
  await vault.write(place, new SecretText('first'), null)
  it.delete(name)
  it.faults.push({ status: 403, code: 'Forbidden', times: 5, method: 'POST' })
  await assert.rejects(vault.write(place, new SecretText('second'), null), is('secret_vault_name_deleted'))
})

test('a vault that is throttled is asked again where it says so, and told of where it takes longer', async () => {
  await using it = await startKeyVault()
  const vault = open(it)
  const written = await vault.write(place, new SecretText('first'), null)
  it.faults.push({ status: 429, code: 'Throttled', times: 1, retryAfterSeconds: 0 })
  assert.equal((await vault.read(written)).reveal(), 'first')
  it.faults.push({ status: 429, code: 'Throttled', times: 9, retryAfterSeconds: 60 })
  await assert.rejects(
    vault.read(written),
    (error) => vaultError.is(error, 'secret_vault_throttled') && error.details.retry_after_seconds === 60,
  )
})

test('a vault that refuses, and one that is not there, are told apart, and no error holds a value', async () => {
  await using it = await startKeyVault()
  const vault = open(it)
  it.faults.push({ status: 403, code: 'Forbidden', times: 1 })
  await assert.rejects(vault.write(place, new SecretText('marker'), null), is('secret_vault_denied'))
  it.faults.push({ status: 400, code: 'BadParameter', times: 1 })
  await assert.rejects(vault.write(place, new SecretText('marker'), null), is('secret_vault_refused'))
  await assert.rejects(vault.write(place, new SecretText('x'.repeat(25_601)), null), (error) =>
    platformError.is(error, 'validation_failed'),
  )
  await it.close()
  const failure = await vault.write(place, new SecretText('marker'), null).catch((error: unknown) => error)
  assert.ok(is('secret_vault_unreachable')(failure))
  assert.doesNotMatch(inspect(failure, { depth: 9 }), /marker/)
})

test('an identity that Azure does not know is denied', async () => {
  await using it = await startKeyVault()
  const failing = Object.assign(new Error('no identity'), { name: 'CredentialUnavailableError' })
  const vault = openKeyVault({ url: it.url, ca: it.ca, credential: { getToken: () => Promise.reject(failing) } })
  await assert.rejects(vault.look(), is('secret_vault_denied'))
})

test('a version is read once a minute, and a failure is not remembered', async () => {
  await using it = await startKeyVault()
  let now = 0
  const vault = rememberValues(open(it), () => now)
  const written = await vault.write(place, new SecretText('first'), null)
  const reads = () => it.asked.filter((what) => what.startsWith('GET')).length
  it.faults.push({ status: 403, code: 'Forbidden', times: 1 })
  await assert.rejects(vault.read(written))
  await Promise.all([vault.read(written), vault.read(written)])
  await vault.read(written)
  assert.equal(reads(), 2)
  now = 61_000
  await vault.read(written)
  assert.equal(reads(), 3)
})
