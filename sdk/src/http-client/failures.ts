import { isRecord } from '../definition-checks.ts'
import { isCrosswalkError } from '../errors.ts'
import { reasonOfFailure } from '../fetch-failures.ts'
import { parseRetryAfter } from '../retry-after.ts'
import { vendorMessageOf } from '../vendor-message.ts'
import { type Call, factsOf } from './call.ts'
import { codeOfFailure, kindOfCode } from './kind-of-code.ts'
import { kindOfStatus } from './kind-of-status.ts'
import { VendorError, type VendorErrorKind } from './vendor-error.ts'

/** Of connections that were never made: nothing can have arrived. */
const unsent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_INVALID_URL|proxy_failed|CERT_\w+|ERR_TLS_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/

/** The failure that an answer is. Reads of its body what the vendor says, and lets go of the rest. */
export async function refusalOf(response: Response, call: Call): Promise<VendorError> {
  return unreadRefusalOf(response, call, await vendorMessageOf(response))
}

/** The same of an answer whose body is left to be read. */
export function unreadRefusalOf(response: Response, call: Call, said?: string): VendorError {
  const facts = factsOf(call, response)
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), Date.now())
  const answered = `${call.method} ${call.url} answered ${`${facts.status} ${facts.status_text}`.trim()}`
  return new VendorError(kindOfStatus(response.status, said ?? ''), said === undefined ? answered : `${answered}: ${said}`, {
    ...facts,
    ...(said === undefined ? {} : { vendor_message: said }),
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
  })
}

/**
 * What a call that got no answer, or only half of one, threw: as an error of its kind. An abort stays one, and ours stay ours.
 *
 * @param response of which the body was read when it happened
 */
export function failureOf(thrown: unknown, call: Call, response?: Response): unknown {
  if (isCrosswalkError(thrown, 'vendor_error')) return thrown
  const chain = causesOf(thrown)
  const refused = chain.find((error) => isCrosswalkError(error, 'egress_refused'))
  const facts = response ? factsOf(call, response) : { method: call.method, url: call.url }
  if (isRecord(refused))
    return new VendorError(
      'egress_refused',
      String(refused.message),
      { ...facts, ...(refused.details as object), is_sent: false },
      { cause: thrown },
    )
  // Another of ours says what it is; a mistake in the code is no failure of the vendor's.
  if (isCrosswalkError(thrown) || !isOfNetwork(thrown)) return thrown
  const codes = chain.map((error) => codeOfFailure(error)).filter((code) => code !== '')
  const kinds = codes.map((each) => kindOfCode(each))
  const unsendable = chain.find((error) => error.isUnsendable === true)
  const isWrong = kinds.includes('invalid_request') || unsendable !== undefined
  const kind: VendorErrorKind = isWrong
    ? 'invalid_request'
    : kinds.includes('timeout')
      ? 'timeout'
      : kinds.includes('invalid_response')
        ? 'invalid_response'
        : 'unavailable'
  const code = codes.find((each) => kindOfCode(each) !== undefined || unsent.test(each)) ?? codes[0]
  const isSent = response !== undefined || !(isWrong || codes.some((each) => unsent.test(each)))
  const reason = unsendable ? String(unsendable.message).replace(/\.$/, '') : reasonOfFailure(thrown)
  const sentence = response
    ? `${call.method} ${call.url} answered ${response.status}, and its body broke off: ${reason}.`
    : isWrong
      ? `${call.method} ${call.url} was not sent: ${reason}.`
      : kind === 'invalid_response'
        ? `${call.method} ${call.url} got no answer that is valid HTTP: ${reason}.`
        : `${call.method} ${call.url} could not be reached: ${reason}.`
  return new VendorError(kind, sentence, { ...facts, ...(code === undefined ? {} : { reason: code }), is_sent: isSent }, { cause: thrown })
}

/** The failure of a call that took too long. */
export function timeoutOf(call: Call, timeoutMs: number, response?: Response): VendorError {
  const seconds = timeoutMs >= 1_000 ? `${Math.round(timeoutMs / 100) / 10} s` : `${timeoutMs} ms`
  const sentence = response
    ? `${call.method} ${call.url} answered ${response.status}, and its body was not there after ${seconds}.`
    : `${call.method} ${call.url} did not answer in time (${seconds}).`
  const facts = response ? factsOf(call, response) : { method: call.method, url: call.url }
  return new VendorError('timeout', sentence, { ...facts, timeout_ms: timeoutMs })
}

/** `fetch` throws a TypeError for what is wrong with its arguments, and one with a cause for what the network does. */
function isOfNetwork(thrown: unknown): boolean {
  if (!isRecord(thrown)) return false
  if (thrown.name === 'GatewayLostError') return true
  return thrown.name === 'TypeError' ? isRecord(thrown.cause) : typeof thrown.code === 'string' && thrown.code !== 'ABORT_ERR'
}

function causesOf(thrown: unknown): Record<string, unknown>[] {
  const chain: Record<string, unknown>[] = []
  for (let error = thrown; isRecord(error) && chain.length < 6; error = error.cause) {
    chain.push(error)
    // A host with several addresses has a reason for each.
    if (Array.isArray(error.errors)) chain.push(...error.errors.filter(isRecord).slice(0, 4))
  }
  return chain
}
