import { setTimeout as delay } from 'node:timers/promises'
import { DefaultAzureCredential } from '@azure/identity'
import { type KeyVaultSecret, SecretClient, type SecretClientOptions } from '@azure/keyvault-secrets'
import { platformError } from '../../../platform/errors.ts'
import { SecretText } from '../secret-text.ts'
import { faultOf, isFault, maxPauseMs } from './key-vault-faults.ts'
import { type SecretVault, vaultError } from './secret-vault.ts'
import { vaultNameOf } from './vault-names.ts'

export type KeyVaultOptions = {
  /** As AZURE_KEY_VAULT_URL. */
  url: string
  /** Default: the chain of Azure's libraries: environment, workload identity, managed identity, developer tools. */
  credential?: ConstructorParameters<typeof SecretClient>[1]
  /** Authorities to trust beside those of Node. */
  ca?: string
  /** Default: 10 s. */
  timeoutMs?: number
}

/** What Azure Key Vault takes. https://learn.microsoft.com/azure/key-vault/secrets/about-secrets */
const maxValueBytes = 25_600
const pausesMs = [300, 1_000]
const recoveryPollMs = 250
const recoveryMs = 30_000
/** Nobody has a secret of this name; whether it may be read is what is asked. */
const lookedFor = 'crosswalk-is-looking'

const isThisMachine = (url: string) => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname)

/** What the clients of Microsoft's libraries are opened with. */
export function clientOptions({ url, ca }: Pick<KeyVaultOptions, 'url' | 'ca'>): SecretClientOptions {
  return {
    // Done here: theirs waits for as long as it is told to, and a person waits with it.
    retryOptions: { maxRetries: 0 },
    // A vault asks for tokens of its own domain. What stands in for one on this machine has no such domain.
    disableChallengeResourceVerification: isThisMachine(url),
    ...(ca === undefined ? {} : { tlsOptions: { ca } }),
  }
}

/** Does one call, again where its fault may pass soon. @throws as `SecretVault.read`, `SecretVault.write` */
export async function askKeyVault<T>(timeoutMs: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(timeoutMs)
  for (let attempt = 0; ; attempt++) {
    try {
      return await call(signal)
    } catch (error) {
      const { mayPass, retryAfterMs, toThrow } = faultOf(error)
      const pauseMs = retryAfterMs ?? pausesMs[attempt]
      if (!mayPass || signal.aborted || pauseMs === undefined || attempt >= pausesMs.length || pauseMs > maxPauseMs) throw toThrow
      await delay(pauseMs)
    }
  }
}

/** Azure Key Vault, by Microsoft's client. */
export function openKeyVault(options: KeyVaultOptions): SecretVault {
  const { url, credential = new DefaultAzureCredential(), timeoutMs = 10_000 } = options
  const client = new SecretClient(url, credential, clientOptions(options))

  async function recover(name: string): Promise<void> {
    const abortSignal = AbortSignal.timeout(recoveryMs)
    try {
      const poller = await client.beginRecoverDeletedSecret(name, { intervalInMs: recoveryPollMs, abortSignal })
      await poller.pollUntilDone()
    } catch (error) {
      const { status, toThrow } = faultOf(error)
      throw status === 403 || abortSignal.aborted ? vaultError('secret_vault_name_deleted', { vault: client.vaultUrl, name }) : toThrow
    }
  }

  return {
    host: new URL(url).host,
    async write(place, value, expiresAt) {
      const name = vaultNameOf(place)
      if (Buffer.byteLength(value.reveal()) > maxValueBytes)
        throw platformError('validation_failed', { value: [`must be at most ${maxValueBytes} bytes: the vault takes no more`] })
      const write = () =>
        askKeyVault(timeoutMs, (abortSignal) =>
          client.setSecret(name, value.reveal(), {
            abortSignal,
            contentType: 'text/plain',
            tags: { crosswalk_key: place.key, crosswalk_org: place.organizationId ?? 'global' },
            ...(expiresAt ? { expiresOn: expiresAt } : {}),
          }),
        )
      const written = await write().catch(async (error: unknown) => {
        // Deleted there, by us or by a person, and kept for a while.
        if (!isFault(error, 'ObjectIsDeletedButRecoverable')) throw error
        await recover(name)
        return write()
      })
      return { name, version: versionOf(written) }
    },
    async read({ name, version }) {
      const { value } = await askKeyVault(timeoutMs, (abortSignal) => client.getSecret(name, { version, abortSignal }))
      return new SecretText(value ?? '')
    },
    async remove(name) {
      await askKeyVault(timeoutMs, (abortSignal) => client.beginDeleteSecret(name, { abortSignal })).catch((error: unknown) => {
        if (!isFault(error, 'SecretNotFound')) throw error
      })
    },
    async look() {
      await askKeyVault(timeoutMs, (abortSignal) => client.getSecret(lookedFor, { abortSignal })).catch((error: unknown) => {
        if (!isFault(error, 'SecretNotFound')) throw error
      })
    },
  }
}

function versionOf(written: KeyVaultSecret): string {
  const { version } = written.properties
  if (version === undefined) throw vaultError('secret_vault_refused', { reason: 'It named no version of what was written.' })
  return version
}
