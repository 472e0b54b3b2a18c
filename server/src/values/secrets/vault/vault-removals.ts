import type { Logger } from 'pino'
import type { Database } from '../../../platform/database/database.ts'
import { repeatWork } from '../../../platform/repeated-work.ts'
import type { SecretVault } from './secret-vault.ts'
import { placeOfVaultName } from './vault-names.ts'
import { beginVaultRemoval, endVaultRemoval, postponeVaultRemoval } from './vault-removals.queries.ts'

const everyMs = 60_000

type Given = { db: Database; vault: SecretVault; logger: Pick<Logger, 'info'> }

/**
 * Removes from the vault what no secret, and no value that an execution may have read, refers to any more. Of several processes each takes
 * other names. Safe to repeat, and to be cut off.
 *
 * @returns how many names
 * @throws as `SecretVault.remove`
 */
export async function removeFromVault({ db, vault, logger }: Given): Promise<number> {
  for (let removed = 0; ; removed++) {
    const name = await beginVaultRemoval(db)
    if (name === undefined) return removed
    try {
      await vault.remove(name)
    } catch (error) {
      await postponeVaultRemoval(db, name)
      throw error
    }
    await endVaultRemoval(db, name)
    const { key, organizationId } = placeOfVaultName(name) ?? { key: name, organizationId: null }
    logger.info({ key, organization_id: organizationId, vault: vault.host }, 'a deleted secret was removed from the vault')
  }
}

/** Does so once a minute. */
export function startVaultRemovals(given: Given & { logger: Logger }): { stop(): Promise<void> } {
  return repeatWork({
    everyMs,
    work: () => removeFromVault(given),
    onFailure: (error) => given.logger.warn({ err: error }, 'deleted secrets wait to be removed from the vault'),
  })
}
