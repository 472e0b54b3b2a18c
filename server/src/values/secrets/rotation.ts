import { type Acting, recordAudit, systemActing } from '../../audit/audit.ts'
import { type Database, inScope, type Transaction } from '../../platform/database/database.ts'
import { parseMasterKey } from '../../platform/master-key-setting.ts'
import { StartError } from '../../platform/start-error.ts'
import { masterKeyMismatch } from './keyring.ts'
import { deleteMasterKey, insertFirstMasterKey, lockMasterKeys, replaceCurrentMasterKey } from './master-keys.queries.ts'
import { lockPlatformSecretsUnder, updatePlatformDataKey } from './platform-secrets.queries.ts'
import { placeOfPlatformSecret } from './platform-secrets.ts'
import {
  countSecretsUnder,
  deleteReplaced,
  lockDataKeysUnder,
  lockReplacedUnder,
  updateDataKeys,
  updateReplaced,
} from './rotation.queries.ts'
import { fitsProof, type MasterKey, masterKeyOf, proofOf, resealDataKey } from './sealing.ts'
import { secretError } from './secrets.ts'

export type RotationProgress = { done: number; total: number }
export type RotationOptions = {
  acting?: Acting
  /** Called after each committed batch. */
  onProgress?: (progress: RotationProgress) => void
  batchSize?: number
  /** What other slices keep under master keys. Without it, a rotation of what is there does not end. */
  also?: readonly ResealMore[]
}

/** Seals some of what a slice keeps again, at most `limit`. @returns whether there were any. Called until there are none */
export type ResealMore = (transaction: Transaction, from: MasterKey, to: MasterKey, limit: number) => Promise<boolean>

/**
 * Makes the new key the current one, unless an earlier call has done so.
 *
 * @returns false if nothing is left to do
 */
async function beginRotation(transaction: Transaction, from: MasterKey, to: MasterKey): Promise<boolean> {
  const rows = await lockMasterKeys(transaction)
  if (rows.length === 0) {
    await insertFirstMasterKey(transaction, to.id, proofOf(to))
    return false
  }
  const strangers = rows.filter((row) => {
    const key = [from, to].find((candidate) => candidate.id === row.key_id)
    return !key || !fitsProof(key, row.proof)
  })
  if (strangers.length > 0) throw masterKeyMismatch([from, to], strangers)
  if (rows.find((row) => row.is_current)?.key_id === from.id) {
    if (rows.length > 1)
      throw new StartError('rotation_reversed', 'A rotation between these two keys has begun the other way round. Finish that one first.')
    await replaceCurrentMasterKey(transaction, to.id, proofOf(to))
    return true
  }
  return rows.length > 1
}

/** Reseals the next data keys after an id; returns how many, and the last id. */
async function resealBatch(
  transaction: Transaction,
  from: MasterKey,
  to: MasterKey,
  afterId: string | null,
  limit: number,
): Promise<{ count: number; lastId: string | null }> {
  // Two rotations take turns.
  await lockMasterKeys(transaction)
  const rows = await lockDataKeysUnder(transaction, from.id, afterId, limit)
  const resealed = rows.map((row) => {
    const sealedDataKey = resealDataKey(from, to, { key: row.key, organizationId: row.organization_id }, row.sealed_data_key)
    if (sealedDataKey) return { id: row.id, sealedDataKey }
    throw secretError(
      'secret_unreadable',
      { key: row.key, org_id: row.organization_id },
      `The secret ${row.key} ${row.organization_id === null ? '(global)' : `of the organization ${row.organization_id}`} cannot be decrypted: its row was changed from outside. Delete it or set it again, then rotate again.`,
    )
  })
  if (resealed.length > 0) await updateDataKeys(transaction, to.id, resealed)
  return { count: resealed.length, lastId: resealed.at(-1)?.id ?? null }
}

/**
 * Reseals what secrets were before they were replaced. One that cannot be opened is of no use to anyone, and deleted.
 *
 * @returns whether there were any
 */
async function resealReplaced(transaction: Transaction, from: MasterKey, to: MasterKey, limit: number): Promise<boolean> {
  const rows = await lockReplacedUnder(transaction, from.id, limit)
  const resealed: { id: string; sealedDataKey: Buffer }[] = []
  const unreadable: string[] = []
  for (const row of rows) {
    const sealedDataKey = resealDataKey(from, to, { key: row.key, organizationId: row.organization_id }, row.sealed_data_key)
    if (sealedDataKey) resealed.push({ id: row.id, sealedDataKey })
    else unreadable.push(row.id)
  }
  if (resealed.length > 0) await updateReplaced(transaction, to.id, resealed)
  if (unreadable.length > 0) await deleteReplaced(transaction, unreadable)
  return rows.length > 0
}

/** Reseals the secrets of the platform itself. One that cannot be opened stays as it is: it is of no use under either key. */
async function resealPlatformSecrets(transaction: Transaction, from: MasterKey, to: MasterKey): Promise<void> {
  for (const row of await lockPlatformSecretsUnder(transaction, from.id)) {
    const sealedDataKey = resealDataKey(from, to, placeOfPlatformSecret(row.name), row.sealed_data_key)
    if (sealedDataKey) await updatePlatformDataKey(transaction, to.id, row.name, sealedDataKey)
  }
}

/** Lets go of the old key and records the rotation, unless a simultaneous call did. */
async function endRotation(transaction: Transaction, acting: Acting, from: MasterKey, to: MasterKey, total: number): Promise<void> {
  const rows = await lockMasterKeys(transaction)
  if (!rows.some((row) => row.key_id === from.id)) return
  await deleteMasterKey(transaction, from.id)
  await recordAudit(transaction, acting, {
    action: 'secret.rotated',
    organizationId: null,
    target: { type: 'master_key', id: to.id, secrets: total },
    changes: { key_id: { before: from.id, after: to.id } },
  })
}

/**
 * Moves all secrets from one master key to another, while everything runs. Values are not decrypted: only their data keys are sealed again.
 *
 * Store the new key where the next start finds it *before* calling this: after the first commit new secrets are under it.
 * Interrupted at any moment, both keys are needed until the same call has been repeated and has returned; repeating it is always safe.
 *
 * @param oldKey and `newKey`: 32 bytes as base64
 * @returns how many data keys of secrets this call sealed again
 * @throws StartError environment_invalid, master_key_same, master_key_mismatch, rotation_reversed
 * @throws secret_unreadable - a row was changed from outside; it names the secret.
 */
export async function rotateMasterKey(
  db: Database,
  oldKey: string,
  newKey: string,
  options: RotationOptions = {},
): Promise<{ resealed: number }> {
  const { acting = systemActing, onProgress = () => {}, batchSize = 500, also = [] } = options
  const from = masterKeyOf(parseMasterKey('The old master key', oldKey))
  const to = masterKeyOf(parseMasterKey('The new master key', newKey))
  if (from.id === to.id)
    throw new StartError('master_key_same', 'The new master key is the old one. Make another with: openssl rand -base64 32')

  const isOpen = await inScope(db, 'allOrganizations', (transaction) => beginRotation(transaction, from, to))
  if (!isOpen) return { resealed: 0 }
  // Nothing comes under the old key any more, so one pass in the order of ids meets all that is.
  const { total, under } = await inScope(db, 'allOrganizations', (transaction) => countSecretsUnder(transaction, from.id))
  let resealed = 0
  const sealNext = (afterId: string | null) =>
    inScope(db, 'allOrganizations', (transaction) => resealBatch(transaction, from, to, afterId, batchSize))
  for (let batch = await sealNext(null); batch.lastId !== null; batch = await sealNext(batch.lastId)) {
    resealed += batch.count
    onProgress({ done: Math.min(total, total - under + resealed), total })
  }
  // After the secrets, so that nothing under the old key can be replaced any more.
  while (await inScope(db, 'allOrganizations', (transaction) => resealReplaced(transaction, from, to, batchSize)));
  await inScope(db, 'allOrganizations', (transaction) => resealPlatformSecrets(transaction, from, to))
  for (const resealMore of also)
    while (await inScope(db, 'allOrganizations', (transaction) => resealMore(transaction, from, to, batchSize)));
  await inScope(db, 'allOrganizations', (transaction) => endRotation(transaction, acting, from, to, total))
  return { resealed }
}
