import type { Environment } from '@crosswalk/server/environment'
import { openVault } from '@crosswalk/server/open-vault'
import type { VaultFacts } from './secrets.checks.ts'

/** Asks the vault whether it lets us in, where there is one. */
export async function lookAtVault(environment: Environment): Promise<VaultFacts> {
  const inVault = await openVault(environment)
  if (!inVault) return { state: 'none' }
  const { vault } = inVault
  return vault.look().then(
    () => ({ state: 'open', host: vault.host }),
    (error: unknown) => ({ state: 'closed', host: vault.host, reason: error instanceof Error ? error.message : String(error) }),
  )
}
