import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { givenMasterKey } from '../../../testing/given-installation.ts'
import { fitsProof, masterKeyOf, openValue, proofOf, resealDataKey, sealValue } from './sealing.ts'
import { SecretText } from './secret-text.ts'

const place = { key: 'halo_key', organizationId: '0199a3f0-0000-7000-8000-000000000001' }

test('a sealed value opens with its key, in its place', () => {
  const masterKey = masterKeyOf(givenMasterKey())
  for (const text of ['x', 'pässwörd 🔑\n', 'a'.repeat(32_768)]) {
    assert.equal(openValue(masterKey, place, sealValue(masterKey, place, new SecretText(text)))?.reveal(), text)
  }
})

test('the same value is never sealed to the same bytes', () => {
  const masterKey = masterKeyOf(givenMasterKey())
  const [one, two] = [1, 2].map(() => sealValue(masterKey, place, new SecretText('hunter2')))
  assert.notDeepEqual(one?.sealedValue, two?.sealedValue)
  assert.notDeepEqual(one?.sealedDataKey, two?.sealedDataKey)
})

test('a sealed value does not open elsewhere, with another key, or changed in any byte', () => {
  const masterKey = masterKeyOf(givenMasterKey())
  const sealed = sealValue(masterKey, place, new SecretText('hunter2'))
  assert.equal(openValue(masterKey, { ...place, key: 'other_key' }, sealed), undefined)
  assert.equal(openValue(masterKey, { ...place, organizationId: '0199a3f0-0000-7000-8000-000000000002' }, sealed), undefined)
  assert.equal(openValue(masterKey, { ...place, organizationId: null }, sealed), undefined)
  assert.equal(openValue(masterKeyOf(givenMasterKey()), place, sealed), undefined)
  for (const part of ['sealedDataKey', 'sealedValue'] as const) {
    for (let index = 0; index < sealed[part].length; index += 1) {
      const changed = Buffer.from(sealed[part])
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index)
      assert.equal(openValue(masterKey, place, { ...sealed, [part]: changed }), undefined, `${part} ${index}`)
    }
    for (const length of [0, 1, 28, 29]) {
      assert.equal(openValue(masterKey, place, { ...sealed, [part]: sealed[part].subarray(0, length) }), undefined)
    }
  }
  const other = sealValue(masterKey, place, new SecretText('other'))
  assert.equal(openValue(masterKey, place, { ...sealed, sealedValue: other.sealedValue }), undefined)
})

test('a resealed data key opens the same value under the new key only', () => {
  const [from, to] = [masterKeyOf(givenMasterKey()), masterKeyOf(givenMasterKey())]
  const sealed = sealValue(from, place, new SecretText('hunter2'))
  const sealedDataKey = resealDataKey(from, to, place, sealed.sealedDataKey)
  assert.ok(sealedDataKey)
  assert.equal(openValue(to, place, { ...sealed, sealedDataKey })?.reveal(), 'hunter2')
  assert.equal(openValue(from, place, { ...sealed, sealedDataKey }), undefined)
  assert.equal(resealDataKey(to, from, place, sealed.sealedDataKey), undefined)
})

test('the proof of a key fits that key only, and printing a key shows its id alone', () => {
  const text = givenMasterKey()
  const masterKey = masterKeyOf(text)
  assert.equal(fitsProof(masterKey, proofOf(masterKey)), true)
  assert.equal(fitsProof(masterKeyOf(givenMasterKey()), proofOf(masterKey)), false)
  assert.match(masterKey.id, /^[0-9a-f]{16}$/)
  const printed = inspect(masterKey, { showHidden: true, depth: 9 }) + JSON.stringify(masterKey)
  assert.ok(!printed.includes(text) && !printed.includes(Buffer.from(text, 'base64').toString('hex')), printed)
  assert.throws(() => masterKeyOf('c2hvcnQ='), TypeError)
})
