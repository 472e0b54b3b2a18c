import { invalid } from './environment-values.ts'

/** A master key as a key of Azure Key Vault has wrapped it: of no use to those whom the vault does not let use that key. */
export type WrappedMasterKey = {
  /** The version of the vault's key that opens it: another version does not. */
  vaultKey: string
  algorithm: string
  /** What came out of the vault, as base64. */
  wrapped: string
}

const prefix = 'azure-key-vault:'
export const vaultKeyRemedy = 'Set it to the address of a key of Azure Key Vault, such as https://my-vault.vault.azure.net/keys/crosswalk.'

/** The parts of the address of a key in a vault. */
export type VaultKeyAddress = { vaultUrl: string; name: string; version: string | undefined }

export function vaultKeyAddress(text: string): VaultKeyAddress | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' || url.username !== '' || url.search !== '' || url.hash !== '') return undefined
  const [, name, version] = /^\/keys\/([0-9A-Za-z-]{1,127})(?:\/([0-9A-Za-z]{1,64}))?\/?$/.exec(url.pathname) ?? []
  return name === undefined ? undefined : { vaultUrl: url.origin, name, version }
}

/** The one line that stands wherever a master key can stand: in a file, a variable, or what a command prints. */
export function wrappedText({ vaultKey, algorithm, wrapped }: WrappedMasterKey): string {
  return `${prefix}${algorithm}:${wrapped}:${vaultKey}`
}

/**
 * @returns undefined where the text does not say that it is a wrapped key.
 * @throws StartError environment_invalid - it says so, and is damaged.
 */
export function parseWrapped(name: string, text: string): WrappedMasterKey | undefined {
  if (!text.startsWith(prefix)) return undefined
  const [, algorithm, wrapped, vaultKey] =
    /^([A-Z0-9-]{3,20}):([A-Za-z0-9+/]{32,2000}={0,2}):(https:\S+)$/.exec(text.slice(prefix.length)) ?? []
  const isWhole = algorithm !== undefined && wrapped !== undefined && vaultKey !== undefined
  if (isWhole && vaultKeyAddress(vaultKey)?.version !== undefined) return { vaultKey, algorithm, wrapped }
  throw invalid(
    name,
    'is a wrapped master key that is damaged',
    'Put it back from a backup, or wrap the key again: crosswalk secrets wrap-key.',
  )
}
