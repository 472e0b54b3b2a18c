import { createHash } from 'node:crypto'
import { type Acting, concealed, recordAudit } from '../../audit/audit.ts'
import { getOrganization } from '../../organizations/organizations.ts'
import { type Database, inScope, type Transaction } from '../../platform/database/database.ts'
import { defineErrors } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { type ValueOwner, writingScope } from '../value-scope.ts'
import type { Keyring } from './keyring.ts'
import { holdCurrentMasterKey } from './master-keys.queries.ts'
import { type MasterKey, openValue, sealValue } from './sealing.ts'
import type { SecretText } from './secret-text.ts'
import { deleteSecretRow, findNearestSecret, type SealedRow, type SecretRow, upsertSecret } from './secrets.queries.ts'

/** What may be known of a secret: everything but its value. */
export type Secret = { key: string; organizationId: ValueOwner; updatedAt: Date; updatedBy: string }

export type SecretDraft = { key: string; organizationId: ValueOwner; value: SecretText }

export const secretError = defineErrors({
  secret_not_found: { status: 404, message: 'There is no such secret in this scope.' },
  secret_unreadable: {
    status: 500,
    message: 'The secret cannot be decrypted: its row was changed from outside, or belongs to another key or organization. Set it again.',
  },
})

export function secretOf(row: SecretRow): Secret {
  return { key: row.key, organizationId: row.organization_id, updatedAt: row.updated_at, updatedBy: row.updated_by }
}

/**
 * Sets a secret, or replaces its value.
 *
 * @throws organization_not_found, master_key_unavailable
 */
export async function setSecret(db: Database, keyring: Keyring, acting: Acting, draft: SecretDraft): Promise<Secret> {
  const { organizationId } = draft
  // Organizations are never deleted, so the one that is found here is still there below.
  if (organizationId !== null) await getOrganization(db, organizationId)
  const masterKey = await keyring.current()
  const secret = await inScope(db, writingScope(organizationId), (transaction) => setSecretWithin(transaction, masterKey, acting, draft))
  // A rotation began in between: seal again, with the key that is current now.
  return secret ?? setSecret(db, keyring, acting, draft)
}

/**
 * The same as part of what else a transaction does, for an organization that is there.
 *
 * @returns undefined where that key is not the current one any more, and nothing was set
 */
export async function setSecretWithin(
  transaction: Transaction,
  masterKey: MasterKey,
  acting: Acting,
  draft: SecretDraft,
): Promise<Secret | undefined> {
  const { key, organizationId } = draft
  if (!(await holdCurrentMasterKey(transaction, masterKey.id))) return undefined
  const sealed = sealValue(masterKey, draft, draft.value)
  const written = await upsertSecret(transaction, newId(), { key, organizationId, updatedBy: acting.actor.name }, sealed)
  await recordAudit(transaction, acting, {
    action: 'secret.set',
    organizationId,
    target: { type: 'secret', id: key },
    changes: { value: { before: written.was_set ? concealed : null, after: concealed } },
  })
  return secretOf(written)
}

/** @throws secret_not_found */
export async function deleteSecret(db: Database, acting: Acting, which: Pick<Secret, 'key' | 'organizationId'>): Promise<void> {
  await inScope(db, writingScope(which.organizationId), (transaction) => deleteSecretWithin(transaction, acting, which))
}

/** The same as part of what else a transaction does. */
export async function deleteSecretWithin(
  transaction: Transaction,
  acting: Acting,
  { key, organizationId }: Pick<Secret, 'key' | 'organizationId'>,
): Promise<void> {
  if (!(await deleteSecretRow(transaction, key, organizationId))) throw secretError('secret_not_found', { key })
  await recordAudit(transaction, acting, {
    action: 'secret.deleted',
    organizationId,
    target: { type: 'secret', id: key },
    changes: { value: { before: concealed, after: null } },
  })
}

/**
 * The value that applies to an organization: its own, else the global one. With null, the global one.
 *
 * @returns undefined if there is neither
 * @throws secret_unreadable - also where only the organization's own is: the global one never stands in for it.
 * @throws master_key_unavailable
 */
export async function resolveSecret(
  db: Database,
  keyring: Keyring,
  organizationId: string | null,
  key: string,
): Promise<SecretText | undefined> {
  return (await resolveOwnedSecret(db, keyring, organizationId, key))?.text
}

/** The same, and whose it is. `version` tells it from what it was before it was set again, and what it will be. */
export async function resolveOwnedSecret(
  db: Database,
  keyring: Keyring,
  organizationId: string | null,
  key: string,
): Promise<{ text: SecretText; owner: ValueOwner; version: string } | undefined> {
  const row = await findNearestSecret(db, organizationId, key)
  if (!row) return undefined
  const value = await openRow(keyring, row)
  if (!value) throw secretError('secret_unreadable', { key, org_id: row.organization_id })
  return { text: value, owner: row.organization_id, version: createHash('sha256').update(row.sealed_value).digest('hex').slice(0, 16) }
}

/**
 * @returns undefined where the row was changed from outside
 * @throws master_key_unavailable
 */
export async function openRow(keyring: Keyring, row: SealedRow): Promise<SecretText | undefined> {
  const place = { key: row.key, organizationId: row.organization_id }
  const sealed = { keyId: row.key_id, sealedDataKey: row.sealed_data_key, sealedValue: row.sealed_value }
  return openValue(await keyring.get(row.key_id), place, sealed)
}
