import { isRecord } from './definition-checks.ts'
import { type CrosswalkError, isCrosswalkError } from './errors.ts'
import { tellsNoReason } from './fetch-failures.ts'
import type { TestResult } from './mapping.ts'
import { refusesCredentials } from './refused-credentials.ts'

/**
 * What a connection test returns for whatever it caught: an answer for the administrator, with guidance.
 *
 * - The vendor answered with an error: `API error: 404 Not Found`, then its own words where `readJson` found some; details `error_type: 'APIError'` and `status_code`.
 * - A call of `context.http` failed: the same, with `kind` beside it.
 * - Anything else: `Connection failed: …` with the innermost reason, details `error_type` with the error's name.
 *
 * Before it, call `this.context.signal.throwIfAborted()`: a cancelled test has found nothing.
 */
export function connectionFailure(error: unknown): TestResult {
  if (isCrosswalkError(error, 'vendor_error')) return vendorFailure(error)
  if (isCrosswalkError(error, 'http_error')) {
    const status = Number(error.details.status)
    const phrase = `${status} ${String(error.details.status_text ?? '')}`.trim()
    const said = error.details.vendor_message
    return {
      success: false,
      message: `API error: ${phrase}${typeof said === 'string' ? `: ${said}` : ''}`,
      details: {
        error_type: 'APIError',
        status_code: status,
        ...(error.details.retry_after_ms === undefined ? {} : { retry_after_ms: error.details.retry_after_ms }),
        guidance: guidanceFor(status, String(error.details.url ?? ''), typeof said === 'string' ? said : ''),
      },
    }
  }
  const name = isRecord(error) && typeof error.name === 'string' ? error.name : 'Error'
  // Ours say what to do themselves, and so does the gateway's refusal of what `fetch` was to reach.
  const isTold = isCrosswalkError(error) || (isRecord(error) && isCrosswalkError(error.cause))
  const details = isTold ? {} : { guidance: 'Check the API URL, and that the vendor can be reached from this network.' }
  return { success: false, message: `Connection failed: ${failureReason(error)}`, details: { error_type: name, ...details } }
}

function vendorFailure({ message, details }: CrosswalkError): TestResult {
  const { status, status_text: phrase = '', vendor_message: said, retry_after_ms: retryAfterMs, kind, remedy } = details
  // What has a remedy of its own says it in its sentence.
  const isAnswer = typeof status === 'number' && status >= 400 && remedy === undefined
  const answered = `API error: ${`${status} ${String(phrase)}`.trim()}${typeof said === 'string' ? `: ${said}` : ''}`
  const guidance = typeof remedy === 'string' ? remedy : guidanceByKind[String(kind)]
  return {
    success: false,
    message: isAnswer ? answered : `Connection failed: ${message}`,
    details: {
      error_type: isAnswer ? 'APIError' : 'VendorError',
      kind: String(kind),
      ...(typeof status === 'number' ? { status_code: status } : {}),
      ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
      ...(guidance === undefined ? {} : { guidance }),
    },
  }
}

/** What is refused by the gateway, or sent as it should not be, says so in its own sentence. */
const guidanceByKind: Record<string, string> = {
  credentials: 'Check the stored credentials.',
  permission: 'The credentials are right, and may not read this organization: give them the permission at the vendor.',
  not_found: 'Check the external organization id: the vendor does not know it, or these credentials may not see it.',
  rate_limited: 'The vendor limits the rate of requests. Wait a little and test again.',
  unavailable: 'Check the API URL, and that the vendor can be reached from this network; look at its status page.',
  timeout: 'The vendor did not answer in time. Test again in a few minutes.',
  invalid_response: "Check that the API URL is that of the vendor's API.",
  invalid_request: 'The vendor did not accept the request. Check the mapping data and the API URL.',
  incomplete: 'The vendor gave a part of a list. Test again.',
}

/** Deepest cause that is read. */
const maxCauses = 5

/**
 * The message of an error together with its causes' messages, each where those before do not say it: a wrapping error alone does not tell why.
 * Never empty.
 */
export function failureReason(error: unknown): string {
  const reasons: string[] = []
  for (let current: unknown = error; current !== undefined && current !== null && reasons.length < maxCauses; ) {
    const text = ownReason(current)
    const isNew = !reasons.some((reason) => tellsNoReason(text) || isSaidIn(reason, text, current))
    if (text !== '' && isNew) reasons.push(text)
    current = isRecord(current) ? current.cause : undefined
  }
  return reasons.join(': ') || 'no reason was given'
}

/** A sentence that has the reason in it, or the system's code for it, says it already. */
function isSaidIn(sentence: string, reason: string, error: unknown): boolean {
  const code = isRecord(error) && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(error.code) ? error.code : undefined
  return sentence.includes(reason) || (code !== undefined && sentence.includes(code))
}

function ownReason(error: unknown): string {
  if (!isRecord(error)) return String(error)
  // Node reports a host with several addresses as an AggregateError with a code and no message.
  const message = typeof error.message === 'string' ? error.message : ''
  return message || (typeof error.code === 'string' ? error.code : '')
}

function guidanceFor(status: number, url: string, said: string): string {
  if (refusesCredentials({ status, url, said })) return 'Check the stored credentials, and that they may read this organization.'
  if (status === 404) return 'Check the external organization id: the vendor does not know it, or these credentials may not see it.'
  if (status === 429) return 'The vendor limits the rate of requests. Wait a little and test again.'
  if (status >= 500) return "The vendor's service has a problem. Look at its status page and test again later."
  return 'The vendor did not accept the request. Check the mapping data and the API URL.'
}
