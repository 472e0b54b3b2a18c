import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeOfVaultName, vaultNameOf } from './vault-names.ts'

const acme = '0198a5f2-7c1e-7b3a-9d42-5e6f7a8b9c0d'

test('a key can be read from its name in the vault, whatever characters it has and whosever it is', () => {
  for (const key of ['halopsa_client_secret', 'Halo.Key-1', 'A', 'aB_-._.-X1', 'a__b--c..D', 'halo-1', 'halo1'])
    for (const organizationId of [null, acme]) {
      const name = vaultNameOf({ key, organizationId })
      assert.match(name, /^[0-9a-z-]{1,127}$/)
      assert.deepEqual(placeOfVaultName(name), { key, organizationId }, name)
      assert.deepEqual(placeOfVaultName(name.toUpperCase()), { key, organizationId }, 'a vault does not keep capitals')
    }
  assert.equal(vaultNameOf({ key: 'halopsa_client_secret', organizationId: null }), 'crosswalk-global-halopsa--client--secret')
})

test('keys that differ in capitals alone, or in signs that a vault does not take, have different names', () => {
  const keys = ['halo_key', 'Halo_key', 'HALO_KEY', 'halo-key', 'halo.key', 'halokey', 'halo__key', 'halo-1key', 'halo2key']
  assert.equal(new Set(keys.map((key) => vaultNameOf({ key, organizationId: null }))).size, keys.length)
})

test('a key that does not fit has a name that ends in a digest', () => {
  const long = ['A'.repeat(127), `${'A'.repeat(126)}b`, 'x_'.repeat(63), `y${'_'.repeat(126)}`]
  const names = long.map((key) => vaultNameOf({ key, organizationId: acme }))
  assert.equal(new Set(names).size, long.length)
  for (const name of names) {
    assert.match(name, /^[0-9a-z-]{1,127}$/)
    assert.equal(placeOfVaultName(name), undefined)
  }
})

test('names that are none of ours are of no secret', () => {
  for (const name of ['', 'crosswalk', 'crosswalk-global-', 'other-global-key', 'crosswalk-0198-key', 'crosswalk-global-a-'])
    assert.equal(placeOfVaultName(name), undefined, name)
})
