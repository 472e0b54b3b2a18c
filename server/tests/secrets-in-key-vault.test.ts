import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { vaultNameOf } from '../src/values/secrets/vault/vault-names.ts'
import { startKeyVault } from '../testing/key-vault.ts'
import { startProcesses } from '../testing/processes.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

test('processes with the identity of a machine of Azure keep secrets in the vault, and say when it does not answer', async () => {
  await using folder = await temporaryDirectory()
  await using keyVault = await startKeyVault()
  const ca = join(folder.path, 'ca.pem')
  await writeFile(ca, keyVault.ca)
  const env = {
    ...keyVault.identity,
    NODE_EXTRA_CA_CERTS: ca,
    AZURE_KEY_VAULT_URL: keyVault.url,
    CROSSWALK_SECRETS_BACKEND: 'azure-key-vault',
  }
  await using it = await startProcesses(undefined, env)
  await it.startWorker(env)
  const set = await it.call<{ backend: string }>('POST', '/secrets', { key: 'token', value: 'marker-1', scope: 'global' })
  assert.deepEqual([set.status, set.body.backend], [201, 'azure-key-vault'])
  assert.deepEqual(keyVault.valuesOf(vaultNameOf({ key: 'token', organizationId: null })), ['marker-1'])
  const read = await it.ended(await it.execute('leaks_secret', { fail: false }))
  assert.equal(read.status, 'success', JSON.stringify(read.error))
  assert.doesNotMatch(JSON.stringify(read), /marker/)
  const details = await it.call<{ last_read: { name: string } }>('GET', '/secrets/token?scope=global')
  assert.equal(details.body.last_read.name, 'leaks_secret')

  await keyVault.close()
  const failed = await it.call<{ error: string }>('POST', '/secrets', { key: 'token', value: 'marker-1', scope: 'global' })
  assert.deepEqual([failed.status, failed.body.error], [503, 'secret_vault_unreachable'])
  const { body } = await it.call<{ ready: boolean; checks: { secrets: string } }>('GET', '/../readyz')
  assert.ok(body.ready)
  assert.match(body.checks.secrets, /does not answer/)
})
