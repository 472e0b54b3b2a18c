import { setTimeout as delay } from 'node:timers/promises'
import { type Acting, recordAudit, systemActing } from '../../audit/audit.ts'
import { type Database, inScope } from '../../platform/database/database.ts'
import { StartError } from '../../platform/start-error.ts'
import type { Keyring } from './keyring.ts'
import { listElsewhere, type MovableRow, updatePlace } from './move.queries.ts'
import { type PlaceForValue, placeForValue, placeValueWithin, takenAgainMs } from './placing.ts'
import { sealValue } from './sealing.ts'
import { markOf, openRow, type SecretsBackend, secretError } from './secrets.ts'
import { vaultError } from './vault/secret-vault.ts'
import { vaultNameOf } from './vault/vault-names.ts'
import { keepVaultName } from './vault/vault-removals.queries.ts'

const rowsPerRead = 100
/** A name is removed from the vault within some seconds, and a process that died over it is given up after two minutes. */
const maxWaits = 300

/** What became of a value. `not yet`: its name is being removed from the vault, or a rotation has begun. */
type Outcome = 'moved' | 'left' | 'changed' | 'not yet'

export type MoveOptions = {
  acting?: Acting
  /** Called after each value. */
  onProgress?: (moved: number) => void
}

/** Writes a value to where it goes, and reads it from there. @throws StartError secret_not_moved - it is another one there */
async function placeAndRead(keyring: Keyring, row: MovableRow): Promise<{ place: PlaceForValue; value: MovedValue } | undefined> {
  const at = { key: row.key, organizationId: row.organization_id }
  const text = await openRow(keyring, row).catch((error: unknown) => {
    // What a secret was before may be gone from the vault; what it is may not.
    if (!row.is_current && vaultError.is(error, 'secret_vault_value_missing')) return undefined
    throw error
  })
  if (!text) {
    if (row.is_current) throw secretError('secret_unreadable', { key: row.key, org_id: row.organization_id })
    return undefined
  }
  const value = { ...at, value: text }
  const place = await placeForValue(keyring, value)
  const nothing = { key_id: null, sealed_data_key: null, sealed_value: null, vault_name: null, vault_version: null }
  const sealed = 'masterKey' in place ? sealValue(place.masterKey, at, text) : undefined
  const placed = sealed
    ? { ...nothing, key_id: sealed.keyId, sealed_data_key: sealed.sealedDataKey, sealed_value: sealed.sealedValue }
    : { ...nothing, ...('vault' in place ? { vault_name: place.vault.name, vault_version: place.vault.version } : {}) }
  const read = await openRow(keyring, { ...row, ...placed })
  if (read?.reveal() !== text.reveal())
    throw new StartError(
      'secret_not_moved',
      `The secret ${row.key} is not the same where it was moved to. It stays where it was. Move again; if it lasts, look at the vault.`,
    )
  return { place, value }
}

type MovedValue = Parameters<typeof placeValueWithin>[2]

/**
 * Moves all values to where the keyring puts new ones, also those that secrets had before, while everything runs. Each is read from there
 * before its row says that it is there. Interrupted, it is finished by calling it again.
 *
 * @returns how many values were moved, and how many of earlier versions could not be read and stay where they are
 * @throws StartError secret_not_moved; secret_unreadable - of what a secret is; secret_being_removed; and those of `openRow` and `SecretVault.write`
 */
export async function moveSecrets(db: Database, keyring: Keyring, options: MoveOptions = {}): Promise<{ moved: number; left: number }> {
  const { acting = systemActing, onProgress = () => {} } = options
  const target: SecretsBackend = keyring.inVault?.isForNew ? 'azure-key-vault' : 'database'
  const from: SecretsBackend = target === 'database' ? 'azure-key-vault' : 'database'
  const move = async (row: MovableRow): Promise<Outcome> => {
    const vaultName = vaultNameOf({ key: row.key, organizationId: row.organization_id })
    // What is written under a name that is being removed may be removed with it.
    if (target !== 'database' && !(await inScope(db, 'allOrganizations', (transaction) => keepVaultName(transaction, vaultName))))
      return 'not yet'
    const found = await placeAndRead(keyring, row)
    if (!found) return 'left'
    return inScope(db, 'allOrganizations', async (transaction) => {
      const placed = await placeValueWithin(transaction, found.place, found.value)
      if (!placed) return 'not yet'
      if (!(await updatePlace(transaction, row, placed, markOf(row)))) return 'changed'
      if (row.is_current)
        await recordAudit(transaction, acting, {
          action: 'secret.moved',
          organizationId: row.organization_id,
          target: { type: 'secret', id: row.key },
          changes: { backend: { before: from, after: target } },
        })
      return 'moved'
    })
  }
  let [moved, waits] = [0, 0]
  for (;;) {
    const counts: Record<Outcome, number> = { moved: 0, left: 0, changed: 0, 'not yet': 0 }
    let notYet: MovableRow | undefined
    for (let after: MovableRow | undefined, isMore = true; isMore; ) {
      const rows = await listElsewhere(db, target === 'database' ? 'database' : 'vault', after, rowsPerRead)
      for (const row of rows) {
        const outcome = await move(row)
        counts[outcome]++
        if (outcome === 'not yet') notYet = row
        if (outcome === 'moved') onProgress(++moved)
      }
      after = rows.at(-1)
      isMore = rows.length === rowsPerRead
    }
    if (notYet) {
      if (++waits > maxWaits) throw secretError('secret_being_removed', { key: notYet.key })
      await delay(takenAgainMs)
    } else if (counts.moved + counts.changed === 0) return { moved, left: counts.left }
    // What was replaced while it was moved is met in the next pass.
  }
}
