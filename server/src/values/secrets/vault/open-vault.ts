import type { Environment } from '../../../platform/environment.ts'
import type { VaultInUse } from './secret-vault.ts'

/**
 * The vault that the operator chose. Microsoft's libraries are loaded only where there is one. Nothing is asked of it yet: a vault that
 * does not answer keeps no process from starting.
 */
export async function openVault({
  secretsBackend,
  keyVaultUrl,
}: Pick<Environment, 'secretsBackend' | 'keyVaultUrl'>): Promise<VaultInUse | undefined> {
  if (keyVaultUrl === null) return undefined
  const [{ openKeyVault }, { rememberValues }] = await Promise.all([import('./key-vault.ts'), import('./remembered-values.ts')])
  return { vault: rememberValues(openKeyVault({ url: keyVaultUrl })), isForNew: secretsBackend === 'azure-key-vault' }
}
