import type { GivenMasterKey } from '../platform/master-key-setting.ts'

/**
 * The master key for the processes that are about to start: opened first, so that nothing is started where its vault does not open it.
 *
 * @throws as `VaultKeys.unwrap`
 */
export async function openMasterKey(given: GivenMasterKey): Promise<string> {
  if (typeof given === 'string') return given
  // Loaded only where a key is wrapped: it brings half of Azure's libraries along.
  const { openVaultKeys } = await import('../values/secrets/vault/vault-keys.ts')
  return openVaultKeys().unwrap(given)
}
