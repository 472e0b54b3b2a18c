import { DomainError } from '../../../platform/errors.ts'
import { vaultError } from './secret-vault.ts'

/** A vault that asks to wait longer is not waited for. */
export const maxPauseMs = 3_000

type Fault = { status: number | undefined; mayPass: boolean; retryAfterMs: number | undefined; toThrow: unknown }

/** As errors of Microsoft's libraries have it. */
type AzureError = Error & {
  statusCode?: number
  code?: string
  response?: { headers?: { get(name: string): string | undefined } }
  details?: { error?: { code?: string; message?: string; innerError?: { code?: string } } }
}

const deniedErrors = new Set([
  'CredentialUnavailableError',
  'AuthenticationError',
  'AggregateAuthenticationError',
  'AuthenticationRequiredError',
])
/** None of the ways to an identity was set up. Where one was and failed, the error is another. */
const withoutIdentity = new Set(['CredentialUnavailableError', 'AggregateAuthenticationError', 'AuthenticationRequiredError'])

/** The codes that the vault gave: `Conflict` says less than the code inside of it. */
function codesOf({ code, details }: AzureError): (string | undefined)[] {
  return [details?.error?.innerError?.code, details?.error?.code, code]
}

/** What a failure of one of Microsoft's libraries is to us. Their messages are not passed on to answers: they may say anything. */
export function faultOf(error: unknown): Fault {
  if (error instanceof DomainError || !(error instanceof Error))
    return { status: undefined, mayPass: false, retryAfterMs: undefined, toThrow: error }
  const azure: AzureError = error
  const status = azure.statusCode
  const codes = codesOf(azure)
  const reason = codes.find((code) => code !== undefined) ?? azure.name
  const cause = { reason, ...(status === undefined ? {} : { status }) }
  if (deniedErrors.has(azure.name) || status === 401 || status === 403)
    return { status, mayPass: false, retryAfterMs: undefined, toThrow: denied(azure, cause, codes) }
  const seconds = Number(azure.response?.headers?.get('retry-after') ?? Number.NaN)
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : undefined
  if (status === 429) {
    const toThrow = vaultError('secret_vault_throttled', { ...cause, retry_after_seconds: Math.ceil((retryAfterMs ?? 2_000) / 1_000) })
    return { status, mayPass: true, retryAfterMs, toThrow }
  }
  if (status === 404) return { status, mayPass: false, retryAfterMs, toThrow: tag(vaultError('secret_vault_value_missing', cause), codes) }
  if (status === undefined || status >= 500)
    return { status, mayPass: true, retryAfterMs, toThrow: tag(vaultError('secret_vault_unreachable', cause), codes) }
  return { status, mayPass: false, retryAfterMs, toThrow: tag(vaultError('secret_vault_refused', cause), codes) }
}

function denied(azure: AzureError, cause: Record<string, unknown>, codes: readonly (string | undefined)[]): DomainError {
  const error = tag(vaultError('secret_vault_denied', cause), codes)
  denials.set(error, { hasIdentity: !withoutIdentity.has(azure.name), said: oneLineOf(azure.details?.error?.message ?? azure.message) })
  return error
}

/** Why the vault does not let us in: for the operator of the machine, and for no answer of the API. */
export type Denial = { hasIdentity: boolean; said: string }
const denials = new WeakMap<DomainError, Denial>()

export function denialOf(error: unknown): Denial | undefined {
  return error instanceof DomainError ? denials.get(error) : undefined
}

const maxSaid = 300
/** Longer than the id of anything, and no word: a token, a key, or a part of one. */
const tokenLike = /[A-Za-z0-9+/_=-]{40,}(?:\.[A-Za-z0-9+/_=-]+)*/g

/** What others say, as one line that is not long and holds nothing that may be a token. */
function oneLineOf(text: string): string {
  const line = text
    .slice(0, maxSaid * 10)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(tokenLike, '[masked]')
    .trim()
  return line.length > maxSaid ? `${line.slice(0, maxSaid)}…` : line
}

const vaultCodes = new WeakMap<DomainError, readonly (string | undefined)[]>()

function tag(error: DomainError, codes: readonly (string | undefined)[]): DomainError {
  vaultCodes.set(error, codes)
  return error
}

/** True of what the vault said with this code of its own. */
export function isFault(error: unknown, code: string): boolean {
  return error instanceof DomainError && (vaultCodes.get(error)?.includes(code) ?? false)
}
