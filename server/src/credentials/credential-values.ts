import { createHash } from 'node:crypto'
import { canonicalJson } from '../protocol/json.ts'
import { resolveOwnedConfig } from '../values/config/config.ts'
import type { Keyring } from '../values/secrets/keyring.ts'
import { secretNotSet } from '../values/secrets/secrets.durable.ts'
import { resolveOwnedSecret } from '../values/secrets/secrets.ts'
import type { ValueOwner } from '../values/value-scope.ts'
import { type AuthSpec, type ConfigRef, type CredentialValue, invalidOptions, type TextValue } from './http-spec.ts'
import { type Destination, requireHostOf, type SendingFor } from './secret-hosts.ts'
import { isHeaderText } from './tokens/token-answer.ts'
import { asVendorError } from './vendor-failures.ts'

/** What a client is opened for. */
export type CredentialGiven = { auth: AuthSpec | null; baseUrl: string; destination: Destination; integration: string | null }

export type ReadingGiven = SendingFor & {
  keyring: Keyring
  /** A secret is about to be read. */
  noteRead(key: string, isGlobal: boolean): Promise<void>
  mask(value: string): void
}

/** A text out of the options; of a config value its key, and whose it is. Both are undefined where it was written in the code. */
export type ReadText = { text: string; owner: ValueOwner | undefined; key?: string }

/** A value for a request. `mark` names it without telling what it is: what is made of other values has other marks. */
export type ReadCredential = {
  text: string
  mark: { text: string } | { secret: string; owner: ValueOwner; version: string }
}

/** Reads what the options of one client name, for one execution. */
export class CredentialReading {
  readonly #given: ReadingGiven

  constructor(given: ReadingGiven) {
    this.#given = given
  }

  get for(): SendingFor {
    return this.#given
  }

  /** @throws validation_failed - a config value is not set, or is no text. */
  async text(option: string, given: TextValue): Promise<ReadText> {
    if (typeof given === 'string') return { text: given, owner: undefined }
    return this.#config(option, given)
  }

  /**
   * A value that goes to a host. Reading a secret is audited, and the secret is masked from then on.
   *
   * @throws secret_not_found, secret_not_for_host, address_not_allowed, validation_failed
   */
  async credential(option: string, given: CredentialValue, destination: Destination): Promise<ReadCredential> {
    if (typeof given === 'string' || 'config' in given) {
      const { text } = await this.text(option, given)
      return { text, mark: { text } }
    }
    const { db, organizationId, keyring } = this.#given
    const { secret: key } = given
    const found = await resolveOwnedSecret(db, keyring, organizationId, key)
    if (!found) throw await secretNotSet(db, organizationId, key)
    const { owner, version } = found
    await requireHostOf(this.#given, { key, owner }, destination)
    await this.#given.noteRead(key, owner === null)
    const text = found.text.reveal()
    this.#given.mask(text)
    // Without the space that was copied along it is as secret.
    if (text.trim() !== text && text.trim() !== '') this.#given.mask(text.trim())
    return { text, mark: { secret: key, owner, version } }
  }

  /**
   * Holds what was had with secrets, such as a token, to where these may go: it stands for them.
   *
   * @throws secret_not_for_host, address_not_allowed
   */
  async requireFor(values: readonly ReadCredential[], destination: Destination): Promise<void> {
    for (const { mark } of values)
      if ('secret' in mark) await requireHostOf(this.#given, { key: mark.secret, owner: mark.owner }, destination)
  }

  async #config(option: string, { config: key, default: fallback }: ConfigRef): Promise<ReadText> {
    const found = await resolveOwnedConfig(this.#given.db, this.#given.organizationId, key)
    const value = found?.value ?? fallback
    if (value === undefined || value === null)
      throw invalidOptions([[option, `the config value '${key}' is not set. Set it with: crosswalk config set ${key}`]])
    if (typeof value !== 'string' && typeof value !== 'number') throw invalidOptions([[option, `the config value '${key}' is no text`]])
    // People copy what stands around a value along with it.
    return { text: String(value).trim(), owner: found ? found.owner : undefined, key }
  }
}

/** What of an owner's secrets a token depends on, as the database ends tokens by it. */
export function secretMarksOf(values: readonly ReadCredential[]): string[] {
  return values.flatMap(({ mark }) => ('secret' in mark ? [`${mark.owner === null ? 'global' : 'own'} ${mark.secret}`] : []))
}

export const digestOf = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('base64url')

/** @throws vendor_error (credentials) - no header can hold it. */
export function inHeader({ text, mark }: ReadCredential): string {
  if (isHeaderText(text)) return text
  const what = 'secret' in mark ? `The secret '${mark.secret}'` : 'A credential'
  throw asVendorError({
    kind: 'credentials',
    message: `${what} has a line break or another character that no header can hold. Set it again without.`,
  })
}
