import { durationInWords, type VendorErrorKind, vendorErrorKinds } from '@crosswalk/sdk'
import { refusesCredentials, saysCredentials } from '@crosswalk/sdk/refused-credentials'
import type { IntegrationDefinition } from '../../definitions/definitions.ts'

/** Why something with a vendor failed, as far as it changes what a person should do. */
export type FailureKind =
  | 'secret_missing'
  | 'credentials'
  | 'permission'
  | 'unknown_id'
  | 'network'
  | 'timeout'
  | 'rate_limit'
  | 'vendor_fault'
  | 'not_json'
  | 'incomplete'

/** A failed test's result, or an execution's error: `type` and `details` as author code or the platform made them. */
export type VendorFailure = { type?: string | undefined; message: string; details: { readonly [key: string]: unknown } }

/** What `context.http` says where it happens. Without a kind here its sentence says what to do. */
const kindsOfCalls: Record<VendorErrorKind, (status: number) => FailureKind | undefined> = {
  credentials: () => 'credentials',
  permission: () => 'permission',
  not_found: () => 'unknown_id',
  rate_limited: () => 'rate_limit',
  unavailable: (status) => (status === 0 ? 'network' : 'vendor_fault'),
  timeout: () => 'timeout',
  invalid_response: () => 'not_json',
  incomplete: () => 'incomplete',
  egress_refused: () => undefined,
  invalid_request: () => undefined,
}

// What follows is for errors that say no kind: of `fetch`, of other libraries, of the author's own.

function kindOfStatus(status: number): FailureKind | undefined {
  if (status === 401 || status === 403) return 'credentials'
  if (status === 404 || status === 410) return 'unknown_id'
  if (status === 408 || status === 504) return 'timeout'
  if (status === 429) return 'rate_limit'
  return status >= 500 && status <= 599 ? 'vendor_fault' : undefined
}

/** What Node calls a certificate that it does not take. */
const ofCertificate = /^(CERT_\w+|ERR_TLS_CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET|VERIFY)_\w+)$/

/** Names and codes that errors go by, most telling first. */
const kindsOfNames: [RegExp, FailureKind][] = [
  [/^(secret_not_found|SecretNotFoundError)$/, 'secret_missing'],
  [
    /^(TimeoutError|ETIMEDOUT|timeout|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT|ConnectTimeoutError|HeadersTimeoutError|BodyTimeoutError)$/,
    'timeout',
  ],
  [
    /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EPIPE|UND_ERR_SOCKET|gateway_lost|ERR_INVALID_URL)$/,
    'network',
  ],
  [/^answer_not_json$/, 'not_json'],
  [
    /^(EPROTO|CERT_\w+|ERR_TLS_\w+|ERR_SSL_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)_\w+)$/,
    'network',
  ],
]

/** Ours, whose sentences say what to do about them. What stands in them, such as a name of the vendor's, tells nothing. */
const toldBySentence =
  /^(list_repeated|validation_failed|result_not_serializable|step_not_awaited|step_result_too_large|not_an_error|egress_refused)$/

/** The gateway's refusal, also within the sentence of a `fetch` that it refused. */
const egressRefused = /\bmay not connect to \S+[:.] /

const kindsOfMessages: [RegExp | ((message: string) => boolean), FailureKind][] = [
  // What a failed `fetch` says: before the rest, whose words may stand in its address.
  [/\bcould not be reached: no (connection was made|answer came) in time\b/, 'timeout'],
  [/^[A-Z]+ \S+ could not be reached: /, 'network'],
  [/\bsecret\b.*\bis not set\b/i, 'secret_missing'],
  [/\binstead of JSON\b/, 'not_json'],
  [(message) => saysCredentials(message.replace(/https?:\/\/\S+/g, '')), 'credentials'],
  [/\b(too many requests|rate limit(ed)?)\b/i, 'rate_limit'],
  [/\b(timed out|time-?out|ETIMEDOUT|did not answer in time|ran out of time)\b/i, 'timeout'],
  [
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|fetch failed|could not be reached|bad port|invalid url|unknown scheme|socket hang up|getaddrinfo|self[- ]signed certificate|certificate has expired|unable to verify the first certificate|wrong version number)\b/i,
    'network',
  ],
  [/\bnot found\b/i, 'unknown_id'],
  [/\b(internal server error|bad gateway|service unavailable)\b/i, 'vendor_fault'],
]

function statusOf({ message, details }: VendorFailure): number {
  const given = details.status_code ?? details.statusCode ?? details.status
  if (given !== undefined && given !== null && Number.isInteger(Number(given))) return Number(given)
  // "API error: 404 Not Found", "HTTP 503", "answered with status 429"
  return Number(/(?:\bHTTP(?:\/\d(?:\.\d)?)?|\bstatus(?: code)?|\berror)[ :]+([1-5]\d\d)\b/i.exec(message)?.[1] ?? 0)
}

/** What kind of failure it is; undefined where nothing tells. A status says more than a code, and a code more than a sentence. */
export function failureKindOf(failure: VendorFailure): FailureKind | undefined {
  const told = vendorErrorKinds.find((kind) => kind === failure.details.kind)
  return told ? kindsOfCalls[told](statusOf(failure)) : guessedKindOf(failure)
}

function guessedKindOf(failure: VendorFailure): FailureKind | undefined {
  const status = statusOf(failure)
  const byStatus = kindOfStatus(status)
  if (byStatus) return byStatus
  if (refusesCredentials({ status, ...answerOf(failure) })) return 'credentials'
  const names = [failure.details.code, failure.details.error_type, failure.type].filter((name) => typeof name === 'string')
  if (names.some((name) => toldBySentence.test(name)) || egressRefused.test(failure.message)) return undefined
  for (const [pattern, kind] of kindsOfNames) if (names.some((name) => pattern.test(name))) return kind
  return kindsOfMessages.find(([says]) => (says instanceof RegExp ? says.test(failure.message) : says(failure.message)))?.[1]
}

/** As the details say it, or the sentence of an `HttpError`. */
function answerOf({ message, details }: VendorFailure): { url: string; said: string } {
  const url = typeof details.url === 'string' ? details.url : (/\b[A-Z]+ (https?:\/\/\S+) answered /.exec(message)?.[1] ?? '')
  // What stands in an address is not said.
  const said = typeof details.vendor_message === 'string' ? details.vendor_message : message.replace(/https?:\/\/\S+/g, '')
  return { url, said }
}

/** How long the vendor asks to wait, where it said so. */
function askedWait({ details }: VendorFailure): string | undefined {
  const ms = details.retry_after_ms
  return typeof ms === 'number' && ms > 0 ? durationInWords(ms) : undefined
}

/** By the label that forms show and by the key that commands take. */
function listed(keys: { key: string; label: string }[]): string {
  return keys.map(({ key, label }) => `'${label}' (${key})`).join(' and ')
}

const ofAddress = /(^|[_.-])(url|uri|host|hostname|server|address|endpoint|region|domain|instance)$/i
const labelOfAddress = /\b(url|host|server|address|endpoint|region|domain|instance)\b/i

/** Of the config what says where the vendor is; all of it where nothing looks so. */
function addressesOf(config: { key: string; label: string }[]): { key: string; label: string }[] {
  const addresses = config.filter(({ key, label }) => ofAddress.test(key) || labelOfAddress.test(label))
  return addresses.length > 0 ? addresses : config
}

/** Of answers that are JSON, and not as the code takes them. */
const ofOtherForm = new Set(['other_form', 'no_list', 'no_total', 'no_next', 'no_id'])

/**
 * What to do about a failure, in a sentence or two.
 *
 * @param integration says which secrets and config to look at
 * @param subject what was asked for: an id that may be wrong, or the whole list
 */
export function guidanceFor(
  failure: VendorFailure,
  integration: Pick<IntegrationDefinition, 'displayName' | 'secrets' | 'config'>,
  subject: 'mapping' | 'list',
): string | undefined {
  const { displayName: vendor, secrets, config } = integration
  const theSecrets =
    secrets.length === 0
      ? 'the stored credentials'
      : secrets.length === 1
        ? `the secret ${listed(secrets)}`
        : `the secrets ${listed(secrets)}`
  const theAddress = config.length === 0 ? 'the address of the API' : `the config ${listed(addressesOf(config))}`
  switch (failureKindOf(failure)) {
    case 'secret_missing':
      // The platform's own sentence says it already.
      if (/\bset it\b/i.test(failure.message)) return undefined
      return `Set ${secrets.length === 0 ? 'the missing secret' : theSecrets}, for this organization or globally, and try again.`
    case 'credentials':
      // Of a connection, or of a refresh token: no secret is wrong.
      if (typeof failure.details.remedy === 'string') return failure.details.remedy
      return `${vendor} did not accept the credentials: check ${theSecrets}, and that the account may read ${subject === 'list' ? 'organizations' : 'this organization'}.`
    case 'permission':
      return `${vendor} accepts the credentials, and they may not read ${subject === 'list' ? 'organizations' : 'this organization'}: give the account that permission at ${vendor}.`
    case 'unknown_id':
      return subject === 'list'
        ? `${vendor} does not know the address that was asked: check ${theAddress}.`
        : `${vendor} does not know this external organization id, or these credentials may not see it: discover the organizations again and choose from the list.`
    case 'network':
      if (ofCertificate.test(String(failure.details.reason ?? failure.details.code ?? '')))
        return `The certificate of ${vendor} is not accepted: check ${theAddress}. Where it is right, have the certificate mended, or have the operator trust its authority with NODE_EXTRA_CA_CERTS.`
      return `${vendor} could not be reached: check ${theAddress}${subject === 'list' ? '' : ' and the mapping data'}, and that the worker's network lets it through.`
    case 'timeout':
      return `${vendor} did not answer in time: try again in a few minutes, and look at its status page if it does not.`
    case 'rate_limit':
      return `${vendor} limits how often it may be asked: wait ${askedWait(failure) ?? 'a few minutes'} and try again.`
    case 'not_json':
      // Its sentence says how much it was, and what the code does about that.
      if (failure.details.reason === 'too_large') return undefined
      if (ofOtherForm.has(String(failure.details.reason)))
        return `${vendor} answered with data that the integration does not expect: check ${theAddress}. If that is right, the integration has to be changed.`
      return `${vendor} answered with something other than data, such as a web page: check ${theAddress}${subject === 'list' ? '' : ' and the mapping data'}.`
    case 'incomplete':
      return `${vendor} gave only a part of a list: try again, and nothing counts as gone until all of it is there.`
    case 'vendor_fault':
      return `${vendor} has a fault of its own: look at its status page and try again later.`
    case undefined:
      return failure.details.kind === 'invalid_request'
        ? `${vendor} did not accept the request: read what it says about it, and check ${theAddress}. If that is right, the integration asks for what the vendor does not take: it has to be changed.`
        : undefined
  }
}
