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
  details?: { error?: { code?: string; innerError?: { code?: string } } }
}

const deniedErrors = new Set([
  'CredentialUnavailableError',
  'AuthenticationError',
  'AggregateAuthenticationError',
  'AuthenticationRequiredError',
])

/** The codes that the vault gave: `Conflict` says less than the code inside of it. */
function codesOf({ code, details }: AzureError): (string | undefined)[] {
  return [details?.error?.innerError?.code, details?.error?.code, code]
}

/** What a failure of one of Microsoft's libraries is to us. Their messages are not passed on: an answer may say anything. */
export function faultOf(error: unknown): Fault {
  if (error instanceof DomainError || !(error instanceof Error))
    return { status: undefined, mayPass: false, retryAfterMs: undefined, toThrow: error }
  const azure: AzureError = error
  const status = azure.statusCode
  const codes = codesOf(azure)
  const reason = codes.find((code) => code !== undefined) ?? azure.name
  const cause = { reason, ...(status === undefined ? {} : { status }) }
  if (deniedErrors.has(azure.name) || status === 401 || status === 403)
    return { status, mayPass: false, retryAfterMs: undefined, toThrow: tag(vaultError('secret_vault_denied', cause), codes) }
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

const vaultCodes = new WeakMap<DomainError, readonly (string | undefined)[]>()

function tag(error: DomainError, codes: readonly (string | undefined)[]): DomainError {
  vaultCodes.set(error, codes)
  return error
}

/** True of what the vault said with this code of its own. */
export function isFault(error: unknown, code: string): boolean {
  return error instanceof DomainError && (vaultCodes.get(error)?.includes(code) ?? false)
}
