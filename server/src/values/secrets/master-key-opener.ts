import type { GivenMasterKey } from '../../platform/master-key-setting.ts'
import { type WrappedMasterKey, wrappedText } from '../../platform/wrapped-master-key.ts'
import type { VaultKeys } from './vault/vault-keys.ts'

/** Opens master keys as they were set, and keeps what it opened: a vault is asked once for each. */
export type MasterKeyOpener = {
  /** @returns 32 bytes as base64. @throws as `VaultKeys.unwrap` */
  open(given: GivenMasterKey): Promise<string>
  /** Another key, in the form of one that is there: wrapped by the newest version of the same vault key, or plain. @throws as `VaultKeys.wrap` */
  wrapLike(like: GivenMasterKey, masterKey: string): Promise<GivenMasterKey>
}

/** Microsoft's libraries are loaded only where a key is wrapped. */
const loadVaultKeys = async () => (await import('./vault/vault-keys.ts')).openVaultKeys()

export function masterKeyOpener(load: () => Promise<VaultKeys> = loadVaultKeys): MasterKeyOpener {
  const opened = new Map<string, string>()
  let loading: Promise<VaultKeys> | undefined
  const vaultKeys = () => (loading ??= load())
  return {
    async open(given) {
      if (typeof given === 'string') return given
      const text = wrappedText(given)
      const known = opened.get(text)
      if (known !== undefined) return known
      const key = await (await vaultKeys()).unwrap(given)
      opened.set(text, key)
      return key
    },
    async wrapLike(like, masterKey) {
      return typeof like === 'string' ? masterKey : (await vaultKeys()).wrap(newestOf(like), masterKey)
    },
  }
}

/** The keys that could be read and opened; of the others `onFailure` is told. */
export function fulfilledOf(results: readonly PromiseSettledResult<string>[], onFailure: (error: unknown) => void): string[] {
  return results.flatMap((result) => {
    if (result.status === 'fulfilled') return [result.value]
    onFailure(result.reason)
    return []
  })
}

/** The address of a vault's key without its version. */
export function newestOf({ vaultKey }: WrappedMasterKey): string {
  return vaultKey.replace(/\/[^/]+$/, '')
}

/** As it is written into a file. */
export function textOfGiven(given: GivenMasterKey): string {
  return typeof given === 'string' ? given : wrappedText(given)
}
