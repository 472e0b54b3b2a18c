import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Acting, type ChangesOf, concealed, recordAudit } from '../../audit/audit.ts'
import { getOrganization } from '../../organizations/organizations.ts'
import { type Database, inScope, type Transaction } from '../../platform/database/database.ts'
import { defineErrors } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { type ValueOwner, writingScope } from '../value-scope.ts'
import type { Keyring } from './keyring.ts'
import { type PlaceForValue, placeForValue, placeValueWithin, takenAgainMs } from './placing.ts'
import { openValue } from './sealing.ts'
import type { SecretText } from './secret-text.ts'
import { deleteSecretRow, findNearestSecret, type SecretRow, type StoredRow, upsertSecret } from './secrets.queries.ts'
import { vaultError } from './vault/secret-vault.ts'
import { vaultNameOf } from './vault/vault-names.ts'
import { keepVaultName } from './vault/vault-removals.queries.ts'

/** Where values of secrets are kept. */
export type SecretsBackend = 'database' | 'azure-key-vault'

/** What may be known of a secret: everything but its value. */
export type Secret = {
  key: string
  organizationId: ValueOwner
  updatedAt: Date
  updatedBy: string
  backend: SecretsBackend
  /** One more with each value that is set. */
  version: number
  /** People are warned of it; the secret works on. */
  expiresAt: Date | null
}

export type SecretDraft = { key: string; organizationId: ValueOwner; value: SecretText; expiresAt?: Date | null }

export const secretError = defineErrors({
  secret_not_found: { status: 404, message: 'There is no such secret in this scope.' },
  secret_version_not_found: {
    status: 404,
    message: 'The secret has no such version any more. The last ten are kept; `crosswalk secrets show` lists them.',
  },
  secret_being_removed: {
    status: 409,
    message: 'What had the name of this secret is being removed from the vault just now. Nothing was changed. Try again in a minute.',
  },
  secret_unreadable: {
    status: 500,
    message: 'The secret cannot be decrypted: its row was changed from outside, or belongs to another key or organization. Set it again.',
  },
})

/** A rotation has one commit after which new values are under another key; a name is removed from a vault within some seconds. */
const maxAttempts = 20

export function secretOf(row: SecretRow): Secret {
  return {
    key: row.key,
    organizationId: row.organization_id,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
    backend: row.vault_name === null ? 'database' : 'azure-key-vault',
    version: row.version,
    expiresAt: row.expires_at,
  }
}

/**
 * Sets a secret, or replaces its value. Where a vault holds values, it is written there first, as a version of its own, and the row
 * names that version then: until it does the secret is what it was, and so it stays if anything fails in between.
 *
 * @param restored it becomes what it was in this version
 * @throws organization_not_found, master_key_unavailable, secret_being_removed, and those of `SecretVault.write`
 */
export async function setSecret(db: Database, keyring: Keyring, acting: Acting, draft: SecretDraft, restored?: number): Promise<Secret> {
  const { organizationId } = draft
  // Organizations are never deleted, so the one that is found here is still there below.
  if (organizationId !== null) await getOrganization(db, organizationId)
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    if (
      keyring.inVault?.isForNew &&
      !(await inScope(db, 'allOrganizations', (transaction) => keepVaultName(transaction, vaultNameOf(draft))))
    ) {
      await delay(takenAgainMs)
      continue
    }
    const place = await placeForValue(keyring, draft)
    const secret = await inScope(db, writingScope(organizationId), (transaction) =>
      setSecretWithin(transaction, place, acting, draft, restored),
    )
    if (secret) return secret
    // A rotation began in between, and it is sealed again with the key that is current now.
  }
  throw secretError('secret_being_removed', { key: draft.key })
}

/**
 * The same as part of what else a transaction does, for an organization that is there.
 *
 * @returns undefined where that place does not take the value any more, and nothing was set
 */
export async function setSecretWithin(
  transaction: Transaction,
  place: PlaceForValue,
  acting: Acting,
  draft: SecretDraft,
  restored?: number,
): Promise<Secret | undefined> {
  const { key, organizationId, expiresAt = null } = draft
  const value = await placeValueWithin(transaction, place, draft)
  if (!value) return undefined
  const written = await upsertSecret(transaction, newId(), { key, organizationId, updatedBy: acting.actor.name, expiresAt }, value)
  const changes: ChangesOf<{ value: typeof concealed }> = { value: { before: written.was_set ? concealed : null, after: concealed } }
  const target = { type: 'secret' as const, id: key }
  await recordAudit(
    transaction,
    acting,
    restored === undefined
      ? { action: 'secret.set', organizationId, target, changes }
      : { action: 'secret.restored', organizationId, target: { ...target, version: restored }, changes },
  )
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
  return { text: value, owner: row.organization_id, version: markOf(row) }
}

/** Tells a value from others that the secret had or will have, without telling what it is. It stays where the value is moved. */
export function markOf(row: StoredRow): string {
  const place = row.sealed_value ?? row.vault_version ?? ''
  return row.value_mark ?? createHash('sha256').update(place).digest('hex').slice(0, 16)
}

/**
 * @returns undefined where the row was changed from outside
 * @throws master_key_unavailable, secret_vault_not_set, and those of `SecretVault.read`
 */
export async function openRow(keyring: Keyring, row: StoredRow): Promise<SecretText | undefined> {
  const place = { key: row.key, organizationId: row.organization_id }
  if (row.vault_name !== null && row.vault_version !== null) {
    if (!keyring.inVault) throw vaultError('secret_vault_not_set', { key: row.key })
    // Like a sealed value it opens in its own place alone.
    if (row.vault_name !== vaultNameOf(place)) return undefined
    return keyring.inVault.vault.read({ name: row.vault_name, version: row.vault_version })
  }
  if (row.key_id === null || row.sealed_data_key === null || row.sealed_value === null) return undefined
  return openValue(await keyring.get(row.key_id), place, {
    keyId: row.key_id,
    sealedDataKey: row.sealed_data_key,
    sealedValue: row.sealed_value,
  })
}
