import { DefaultAzureCredential } from '@azure/identity'
import { CryptographyClient, KeyClient, type KeyVaultKey, type KeyWrapAlgorithm } from '@azure/keyvault-keys'
import { parseMasterKey } from '../../../platform/master-key-setting.ts'
import { StartError } from '../../../platform/start-error.ts'
import { type VaultKeyAddress, vaultKeyAddress, vaultKeyRemedy, type WrappedMasterKey } from '../../../platform/wrapped-master-key.ts'
import { askKeyVault, clientOptions, type KeyVaultOptions } from './key-vault.ts'
import { denialOf, isFault } from './key-vault-faults.ts'
import { vaultError } from './secret-vault.ts'

/** The keys of Azure Key Vault, which wrap a master key and never leave the vault. */
export type VaultKeys = {
  /**
   * Wraps with one version of a key, the newest where the address names none, and opens what came out before it is given back.
   *
   * @param masterKey 32 bytes as base64
   * @throws StartError vault_key_invalid, and as `unwrap`
   */
  wrap(vaultKey: string, masterKey: string): Promise<WrappedMasterKey>
  /**
   * @returns 32 bytes as base64.
   * @throws StartError master_key_vault_unreachable, master_key_vault_no_identity, master_key_vault_denied, master_key_vault_missing,
   * master_key_vault_refused
   */
  unwrap(wrapped: WrappedMasterKey): Promise<string>
}

/** Which way of wrapping each type of key has. https://learn.microsoft.com/azure/key-vault/keys/about-keys-details */
const algorithms: Record<string, KeyWrapAlgorithm> = {
  RSA: 'RSA-OAEP-256',
  'RSA-HSM': 'RSA-OAEP-256',
  oct: 'A256KW',
  'oct-HSM': 'A256KW',
}

const disabledKey = ['KeyDisabled', 'ObjectIsDisabled']

/** What was to be done with the vault's key. */
type Act = 'open' | 'wrap'

/** Nobody may take a key for wrapped that is not, and delete the plain one. */
const asItWas = 'The master key was not wrapped; it is as it was. Keep it.'

const identityRemedy =
  'On a machine of Azure switch its managed identity on (for one of several set AZURE_CLIENT_ID); elsewhere set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or sign in with: az login.'

/** What keeps a master key from being opened or wrapped. A start ends with it, so it says what to do. */
function explain(act: Act, error: unknown, { vaultUrl, name, version }: VaultKeyAddress): unknown {
  const key = `the key ${name}${version === undefined ? '' : ` (version ${version})`} of the vault ${new URL(vaultUrl).host}`
  const told = (of: { open: string; wrap: string }): [message: string, options: ErrorOptions] => [
    act === 'open' ? `The master key is wrapped by ${key}, ${of.open}` : `${asItWas} It was to be wrapped by ${key}, ${of.wrap}`,
    { cause: error },
  ]
  const both = (text: string) => told({ open: text, wrap: text })
  if (vaultError.is(error, 'secret_vault_unreachable') || vaultError.is(error, 'secret_vault_throttled')) {
    const text = 'and the vault does not answer. Check the way to it (network, firewall, proxy), then try again.'
    return new StartError('master_key_vault_unreachable', ...told({ open: `${text} Nothing was started or changed.`, wrap: text }))
  }
  if (vaultError.is(error, 'secret_vault_value_missing') || disabledKey.some((code) => isFault(error, code))) {
    const text =
      'which is not there or is disabled. Enable it or recover it there (az keyvault key set-attributes --enabled true, az keyvault key recover).'
    const open = `${text} Disable a version only after: crosswalk secrets wrap-key.`
    const wrap = `${text} Or make it, or correct the address in --vault-key, then try again.`
    return new StartError('master_key_vault_missing', ...told({ open, wrap }))
  }
  const denial = denialOf(error)
  if (denial?.hasIdentity === false)
    return new StartError(
      'master_key_vault_no_identity',
      ...both(`and no identity was found to ask the vault with. ${identityRemedy} Then try again.`),
    )
  if (vaultError.is(error, 'secret_vault_denied'))
    return new StartError(
      'master_key_vault_denied',
      ...both(
        `which Crosswalk may not use. Give the identity that it runs with the role Key Vault Crypto User on the vault, see that the key may wrap and unwrap, and look at the vault's firewall.${denial?.said ? ` The vault said: ${denial.said}` : ''}`,
      ),
    )
  if (vaultError.is(error, 'secret_vault_refused')) {
    const reason = String(error.details.reason)
    const open = `and the vault refused to open it (${reason}). The wrapped key may be damaged or of another vault: put it back from a backup.`
    const wrap = `and the vault refused that (${reason}). See that the key may wrap and unwrap (az keyvault key show), or give another one with --vault-key.`
    return new StartError('master_key_vault_refused', ...told({ open, wrap }))
  }
  return error
}

/** Azure Key Vault, by Microsoft's client. */
export function openVaultKeys(options: Omit<KeyVaultOptions, 'url'> = {}): VaultKeys {
  const { timeoutMs = 10_000 } = options
  let known = options.credential
  // Made when it is needed: it looks around the machine.
  const credential = () => (known ??= new DefaultAzureCredential())
  const cryptographyOf = (keyId: string, key: VaultKeyAddress) =>
    new CryptographyClient(keyId, credential(), clientOptions({ ...options, url: key.vaultUrl }))

  async function openBy({ vaultKey, algorithm, wrapped }: WrappedMasterKey, address: VaultKeyAddress): Promise<string> {
    const { result } = await askKeyVault(timeoutMs, (abortSignal) =>
      // Its types know these names, and the vault says of another that it does not.
      cryptographyOf(vaultKey, address).unwrapKey(algorithm as KeyWrapAlgorithm, Buffer.from(wrapped, 'base64'), { abortSignal }),
    )
    return parseMasterKey('What the vault opened as the master key', Buffer.from(result).toString('base64'))
  }

  async function wrapBy(vaultKey: string, masterKey: string, address: VaultKeyAddress): Promise<WrappedMasterKey> {
    const { vaultUrl, name, version } = address
    const client = new KeyClient(vaultUrl, credential(), clientOptions({ ...options, url: vaultUrl }))
    const key = await askKeyVault(timeoutMs, (abortSignal) =>
      client.getKey(name, { abortSignal, ...(version === undefined ? {} : { version }) }),
    )
    const { keyId, algorithm } = wrappingBy(key, vaultKey)
    const { result } = await askKeyVault(timeoutMs, (abortSignal) =>
      cryptographyOf(keyId, address).wrapKey(algorithm, Buffer.from(masterKey, 'base64'), { abortSignal }),
    )
    const made = { vaultKey: keyId, algorithm, wrapped: Buffer.from(result).toString('base64') }
    if ((await openBy(made, address)) === masterKey) return made
    throw vaultError('secret_vault_refused', { reason: 'it opened another key than was wrapped' })
  }

  return {
    async unwrap(wrapped) {
      const address = addressOf(wrapped.vaultKey)
      return openBy(wrapped, address).catch((error: unknown) => Promise.reject(explain('open', error, address)))
    },
    async wrap(vaultKey, masterKey) {
      const address = addressOf(vaultKey)
      return wrapBy(vaultKey, masterKey, address).catch((error: unknown) => Promise.reject(explain('wrap', error, address)))
    },
  }
}

function addressOf(vaultKey: string): VaultKeyAddress {
  const address = vaultKeyAddress(vaultKey)
  if (address) return address
  throw new StartError('vault_key_invalid', `The vault key is ${JSON.stringify(vaultKey)}. ${vaultKeyRemedy}`)
}

function wrappingBy(key: KeyVaultKey, asked: string): { keyId: string; algorithm: KeyWrapAlgorithm } {
  const algorithm = algorithms[key.keyType ?? '']
  if (key.id !== undefined && algorithm !== undefined) return { keyId: key.id, algorithm }
  throw new StartError(
    'vault_key_invalid',
    `The vault key ${asked} is of the type ${key.keyType ?? 'unknown'}, which wraps nothing. Make one that does: az keyvault key create --kty RSA --size 3072 --ops wrapKey unwrapKey.`,
  )
}
