import type { Logger } from 'pino'
import type { Database } from '../../platform/database/database.ts'
import type { Environment } from '../../platform/environment.ts'
import { readOrMakeMasterKey } from '../../platform/files/data-directory.ts'
import { readMasterKeyFiles, readNextMasterKey } from './key-files.ts'
import { keyReadAgain } from './key-source.ts'
import { type Keyring, openKeyring } from './keyring.ts'
import { masterKeyOpener } from './master-key-opener.ts'
import { openVault } from './vault/open-vault.ts'

/**
 * What a process opens secrets with: the keys of the installation, and its vault where it has one.
 *
 * @throws as `openKeyring` and `MasterKeyOpener.open`
 */
export async function openInstallationKeyring(
  db: Database,
  environment: Environment,
  /** Where it was read and opened before. */
  masterKey?: string,
  /** Is told why a key that is there could not be read or opened later on. */
  logger?: Pick<Logger, 'warn'>,
): Promise<Keyring> {
  const { dataDir } = environment
  const opener = masterKeyOpener()
  const key = masterKey ?? (await opener.open(environment.masterKey ?? (await readOrMakeMasterKey(dataDir))))
  const readAgain = keyReadAgain(environment.masterKeySource, Date.now, opener)
  const [keys, inVault] = await Promise.all([
    openKeyring(db, key, await readNextMasterKey(dataDir, opener), async (onFailure) => {
      const told = (error: unknown) => {
        logger?.warn({ err: error }, 'a master key could not be read or opened again')
        onFailure(error)
      }
      return [...(await readMasterKeyFiles(dataDir, opener, told)), ...(await readAgain(told))]
    }),
    openVault(environment),
  ])
  return { ...keys, inVault }
}
