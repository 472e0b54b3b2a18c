import { defineErrors } from '../../../platform/errors.ts'
import type { SealedPlace } from '../sealing.ts'
import type { SecretText } from '../secret-text.ts'

/** Where a value lies in a vault: one version of one secret there. It never changes; another value is another version. */
export type VaultPlace = { name: string; version: string }

/** A version as the vault tells of it. */
export type SecretVault = {
  /** For people: the host that it is reached at. */
  readonly host: string
  /**
   * Writes a value as a new version. A name that was deleted there and can be recovered is recovered first.
   *
   * @throws secret_vault_unreachable, secret_vault_throttled, secret_vault_denied, secret_vault_name_deleted, secret_vault_refused
   */
  write(place: SealedPlace, value: SecretText, expiresAt: Date | null): Promise<VaultPlace>
  /** @throws as `write`, and secret_vault_value_missing */
  read(place: VaultPlace): Promise<SecretText>
  /** Deletes a name with all its versions; that it is not there is fine. The vault keeps what was deleted for as long as it is set up to. */
  remove(name: string): Promise<void>
  /** Whether the vault answers, and lets us read. @throws as `read` */
  look(): Promise<void>
}

/** What a process has of vaults: one that is read from, and whether new values go there. */
export type VaultInUse = { vault: SecretVault; isForNew: boolean }

export const vaultError = defineErrors({
  secret_vault_unreachable: {
    status: 503,
    message:
      'The vault that holds secrets does not answer. Nothing was changed. Check AZURE_KEY_VAULT_URL and the way to it, and try again in a moment.',
  },
  secret_vault_throttled: {
    status: 503,
    message: 'The vault that holds secrets takes no more requests at the moment. Nothing was changed. Try again in a moment.',
  },
  secret_vault_denied: {
    status: 502,
    message:
      'The vault that holds secrets does not let Crosswalk in. Give the identity that it runs with the role Key Vault Secrets Officer on the vault, and look at its firewall.',
  },
  secret_vault_name_deleted: {
    status: 409,
    message:
      'The vault has a deleted secret of this name and does not let Crosswalk recover it. Recover or purge it there (az keyvault secret recover, az keyvault secret purge), then set the secret again.',
  },
  secret_vault_refused: { status: 502, message: 'The vault that holds secrets refused the request. See details for what it said.' },
  secret_vault_value_missing: {
    status: 502,
    message:
      'The vault does not have the value of this secret: it was deleted there, or AZURE_KEY_VAULT_URL is another vault than before. Recover it there, or set the secret again.',
  },
  secret_vault_not_set: {
    status: 503,
    message: 'The value of this secret lies in a vault, and this process was started without one. Set AZURE_KEY_VAULT_URL and restart it.',
  },
})
