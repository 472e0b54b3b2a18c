import { isRecord } from './definition-checks.ts'
import { answerNotJson } from './json-answer.ts'

/** Marks a `fetch` that is wrapped already, by whichever copy of this package. */
const tellsKey: unique symbol = Symbol.for('crosswalk.fetch_tells')

/** What `fetch` says of a failure: that it failed, or the whole address with its query and credentials. Never why. */
const untold = /^(fetch failed$|Failed to parse URL from |Request cannot be constructed from a URL that includes credentials: )/
const maxAddress = 300

/** What Node says of any failure of a call: no reason beside a sentence that has one. */
export const tellsNoReason = (message: string): boolean => /^(fetch failed|terminated)$/.test(message)

/** By what the system calls them. The code stands behind the words, to be searched for. */
const reasons: [RegExp, string][] = [
  [/^ECONNREFUSED$/, 'the connection was refused'],
  [/^ENOTFOUND$/, 'no host has that name'],
  [/^EAI_AGAIN$/, 'the name of the host could not be looked up'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'the connection was broken off'],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, 'no way leads there from this network'],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, 'no connection was made in time'],
  [/^UND_ERR_(HEADERS|BODY)_TIMEOUT$/, 'no answer came in time'],
  [/^UND_ERR_HEADERS_OVERFLOW$/, 'its headers are too large'],
  [/^UND_ERR_RES_CONTENT_LENGTH_MISMATCH$/, 'it is not as long as it said'],
  [/^HPE_\w+$/, 'what came is not HTTP'],
  [/^gateway_lost$/, 'the network gateway ended while the call was under way'],
  [/^ERR_INVALID_URL$/, 'that is no address'],
  [/^CERT_HAS_EXPIRED$/, 'its certificate has expired'],
  [/^CERT_NOT_YET_VALID$/, 'its certificate is not valid yet'],
  [/^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)$/, 'its certificate is self-signed'],
  [/^(UNABLE_TO_\w+|CERT_UNTRUSTED)$/, 'its certificate is not from an authority that is known here'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'its certificate is for another host'],
  [/^(ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG)$/, 'what answers there does not speak HTTPS'],
  [/^(EPROTO|ERR_SSL_\w+|ERR_TLS_\w+)$/, 'no secure connection could be made'],
]

/**
 * Has `fetch` say of a call that got no answer which one it was and why: `GET https://api.example.com/users could not be reached: the
 * connection was refused (ECONNREFUSED).` The error stays the one that `fetch` threw, with its class and cause; an abort is not touched.
 * So does `json()` of an answer that is no JSON, such as a web page. Safe to repeat.
 */
export function tellFetchFailures(): void {
  const original = globalThis.fetch
  if (tellsKey in original) return
  const fetch: typeof globalThis.fetch = async (input, init) => {
    try {
      return withToldJson(await original(input, init), methodOf(input, init))
    } catch (error) {
      throw told(error, input, init)
    }
  }
  globalThis.fetch = Object.assign(fetch, { [tellsKey]: true })
}

function methodOf(input: unknown, init: { method?: unknown } | undefined): string {
  const method = init?.method ?? (isRecord(input) && typeof input.url === 'string' ? input.method : undefined)
  return typeof method === 'string' ? method.toUpperCase() : 'GET'
}

function withToldJson(response: Response, method: string): Response {
  const json = async (): Promise<unknown> => {
    const text = await response.text()
    try {
      return JSON.parse(text)
    } catch {
      const { url, status, statusText, headers } = response
      throw answerNotJson(text, { method, url: addressOf(url), status, statusText, contentType: headers.get('content-type') ?? '' })
    }
  }
  return Object.defineProperty(response, 'json', { value: json, writable: true, configurable: true })
}

function told(error: unknown, input: unknown, init: { method?: unknown } | undefined): unknown {
  if (!(error instanceof TypeError) || !untold.test(error.message)) return error
  const isRequest = isRecord(input) && typeof input.url === 'string'
  error.message = `${methodOf(input, init)} ${addressOf(isRequest ? input.url : input)} could not be reached: ${reasonOf(error)}.`
  // Node's own begins with the old message, and does not always lead to who called.
  Error.captureStackTrace(error, told)
  return error
}

/** Why a call got no answer, in words, of whatever it threw: without the address, and without a full stop. */
export function reasonOfFailure(thrown: unknown): string {
  if (!isRecord(thrown)) return 'no reason was given'
  if (thrown instanceof TypeError && isRecord(thrown.cause)) return reasonOf(thrown)
  return reasonOf({ message: '', cause: thrown })
}

function reasonOf({ message, cause }: { message: string; cause?: unknown }): string {
  if (/includes credentials/.test(message)) return 'an address must not hold a name and password, send an authorization header'
  if (!isRecord(cause)) return 'no reason was given'
  const code = typeof cause.code === 'string' ? cause.code : ''
  const known = reasons.find(([pattern]) => pattern.test(code))?.[1]
  const words = known ?? (typeof cause.message === 'string' ? cause.message.trim().replace(/\.+$/, '') : '')
  if (words === '') return code || 'no reason was given'
  // The gateway's sentence says what to do.
  if (code === 'egress_refused') return words
  return code === '' || words.includes(code) ? words : `${words} (${code})`
}

/** Without query, fragment and credentials, which may carry secrets; also of what is no address. */
function addressOf(input: unknown): string {
  const text = String(input)
  const url = URL.parse(text)
  const address = url?.host
    ? `${url.protocol}//${url.host}${url.pathname}`
    : text.replace(/[?#].*$/s, '').replace(/^([^/]*\/\/)?[^/]*@/, '$1')
  return address.length > maxAddress ? `${address.slice(0, maxAddress)}…` : address || 'an empty address'
}
