import { createCipheriv, createDecipheriv, createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { SecretText } from './secret-text.ts'

/** A key that data keys are sealed with. `id` tells which one without telling what it is. */
export type MasterKey = { readonly id: string; readonly key: KeyObject }

/** A value under a data key of its own, and that key under the master key that `keyId` names. */
export type SealedValue = { keyId: string; sealedDataKey: Buffer; sealedValue: Buffer }

/** Where a sealed value belongs. It opens there and nowhere else. */
export type SealedPlace = { key: string; organizationId: string | null }

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
// The first byte of everything sealed, so that another cipher can follow this one.
const format = 1

/** @param base64 32 bytes */
export function masterKeyOf(base64: string): MasterKey {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length !== keyBytes) throw new TypeError('A master key has 32 bytes.')
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 16), key: createSecretKey(bytes) }
}

/** AES-256-GCM: format, nonce, tag, ciphertext. The purpose is not in it, and opening needs the same. */
function seal(key: KeyObject, purpose: string, plain: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose))
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([Buffer.of(format), nonce, cipher.getAuthTag(), sealed])
}

/** @returns undefined if it was sealed with another key or for another purpose, or was changed since */
function open(key: KeyObject, purpose: string, sealed: Buffer): Buffer | undefined {
  const start = 1 + nonceBytes + tagBytes
  if (sealed.length < start || sealed[0] !== format) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(purpose)).setAuthTag(sealed.subarray(1 + nonceBytes, start))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(start)), decipher.final()])
  } catch {
    return undefined
  }
}

const purposeOf = (part: 'data key' | 'value', place: SealedPlace) =>
  JSON.stringify(['crosswalk secret', part, place.organizationId, place.key])
const proofPurpose = (masterKey: MasterKey) => JSON.stringify(['crosswalk master key', masterKey.id])

export function sealValue(masterKey: MasterKey, place: SealedPlace, value: SecretText): SealedValue {
  const dataKey = randomBytes(keyBytes)
  return {
    keyId: masterKey.id,
    sealedDataKey: seal(masterKey.key, purposeOf('data key', place), dataKey),
    sealedValue: seal(createSecretKey(dataKey), purposeOf('value', place), Buffer.from(value.reveal())),
  }
}

/** @returns undefined if either part was sealed elsewhere, under another key, or was changed since */
export function openValue(masterKey: MasterKey, place: SealedPlace, sealed: SealedValue): SecretText | undefined {
  const dataKey = open(masterKey.key, purposeOf('data key', place), sealed.sealedDataKey)
  if (!dataKey) return undefined
  const plain = open(createSecretKey(dataKey), purposeOf('value', place), sealed.sealedValue)
  return plain && new SecretText(plain.toString())
}

/** The same data key under another master key; the value stays as it is. Undefined as `openValue`. */
export function resealDataKey(from: MasterKey, to: MasterKey, place: SealedPlace, sealedDataKey: Buffer): Buffer | undefined {
  const dataKey = open(from.key, purposeOf('data key', place), sealedDataKey)
  return dataKey && seal(to.key, purposeOf('data key', place), dataKey)
}

/** What shows later that a key is this one. */
export function proofOf(masterKey: MasterKey): Buffer {
  return seal(masterKey.key, proofPurpose(masterKey), Buffer.from(masterKey.id))
}

export function fitsProof(masterKey: MasterKey, proof: Buffer): boolean {
  return open(masterKey.key, proofPurpose(masterKey), proof) !== undefined
}
