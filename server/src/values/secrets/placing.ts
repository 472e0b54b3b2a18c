import type { Transaction } from '../../platform/database/database.ts'
import type { Keyring } from './keyring.ts'
import { holdCurrentMasterKey } from './master-keys.queries.ts'
import { type MasterKey, type SealedPlace, sealValue } from './sealing.ts'
import type { SecretText } from './secret-text.ts'
import type { PlacedValue } from './secrets.queries.ts'
import type { VaultPlace } from './vault/secret-vault.ts'
import { keepVaultName } from './vault/vault-removals.queries.ts'

/** What a value goes under: a master key, or the place in the vault that it has already. */
export type PlaceForValue = { masterKey: MasterKey } | { vault: VaultPlace }

type ValueToPlace = SealedPlace & { value: SecretText; expiresAt?: Date | null }

/** How long to wait until a name that is being removed from the vault is taken again. */
export const takenAgainMs = 500

/** Finds the place for a new value; in a vault it is written at once. @throws as `SecretVault.write`; master_key_unavailable */
export async function placeForValue(keyring: Keyring, draft: ValueToPlace): Promise<PlaceForValue> {
  if (keyring.inVault?.isForNew) return { vault: await keyring.inVault.vault.write(draft, draft.value, draft.expiresAt ?? null) }
  return { masterKey: await keyring.current() }
}

/**
 * Makes what a row holds of a value. Nothing comes in between and its commit.
 *
 * @returns undefined where the master key is not the current one any more, or the name is being removed from the vault
 */
export async function placeValueWithin(
  transaction: Transaction,
  place: PlaceForValue,
  draft: ValueToPlace,
): Promise<PlacedValue | undefined> {
  if ('vault' in place) return (await keepVaultName(transaction, place.vault.name)) ? place : undefined
  if (!(await holdCurrentMasterKey(transaction, place.masterKey.id))) return undefined
  return { sealed: sealValue(place.masterKey, draft, draft.value) }
}
