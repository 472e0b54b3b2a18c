import { CrosswalkError } from './errors.ts'
import { kindOfStatus } from './http-client/kind-of-status.ts'
import type { VendorErrorKind } from './http-client/vendor-error.ts'
import type { JsonObject } from './json.ts'
import { exactJsonOf } from './json-answer.ts'
import { refusesCredentials } from './refused-credentials.ts'
import { parseRetryAfter } from './retry-after.ts'
import { statusTextOf } from './status-texts.ts'
import { vendorMessageOf } from './vendor-message.ts'

/** A vendor answered, with a status that is not 2xx. Failures to get any answer stay what `fetch` throws. `http_error` */
export class HttpError extends CrosswalkError {
  constructor(message: string, details: JsonObject = {}, options?: ErrorOptions) {
    super('http_error', message, details, options)
  }

  /** HTTP status, 100 to 599. */
  get status(): number {
    return Number(this.details.status)
  }

  /** As the vendor wrote it, or the standard phrase where it sent none (HTTP/2 never does). */
  get statusText(): string {
    return String(this.details.status_text ?? '')
  }

  /** As a `VendorError` has it, so that one rule serves both. */
  get kind(): VendorErrorKind {
    return (this.details.kind as VendorErrorKind | undefined) ?? kindOfAnswer(this.status, this.url, this.vendorMessage ?? '')
  }

  /** Upper case. */
  get method(): string {
    return String(this.details.method ?? '')
  }

  /** Without query, fragment and credentials, which may carry secrets. */
  get url(): string {
    return String(this.details.url ?? '')
  }

  /** What the vendor says of it, a plain sentence of at most 200 characters; undefined where it says none. */
  get vendorMessage(): string | undefined {
    const value = this.details.vendor_message
    return typeof value === 'string' ? value : undefined
  }

  /** What the vendor's `Retry-After` asked for, in milliseconds; undefined when it sent none. */
  get retryAfterMs(): number | undefined {
    const value = this.details.retry_after_ms
    return typeof value === 'number' ? value : undefined
  }
}

/**
 * Gives the response when its status is 2xx. Otherwise reads from its body what the vendor says of it, where that is a plain
 * sentence, lets go of the rest, and throws.
 *
 * A `Response` does not know the method of its request: name it when it was not GET, so that the error tells the truth.
 *
 * @example const csv = await (await requireOk(await fetch(url, { signal }))).text()
 * @throws http_error
 */
export async function requireOk(response: Response, request: { method?: string } = {}): Promise<Response> {
  if (response.ok) return response
  throw httpErrorOf(response, request, await vendorMessageOf(response))
}

/**
 * The JSON of a 2xx answer. Any other throws what `requireOk` throws. A whole number that JavaScript does not hold exactly, as some
 * vendors have for ids, comes as text.
 *
 * @example const users = usersSchema.parse(await readJson(await fetch(url, { signal })))
 * @throws http_error
 * @throws SyntaxError with the code `answer_not_json` when a 2xx answer is no JSON; the message says which call it was
 */
export async function readJson(response: Response, request: { method?: string } = {}): Promise<unknown> {
  const answer = await requireOk(response, request)
  return exactJsonOf(await answer.text(), () => ({
    method: (request.method ?? 'GET').toUpperCase(),
    url: withoutQuery(answer.url),
    status: answer.status,
    statusText: answer.statusText,
    contentType: answer.headers.get('content-type') ?? '',
  }))
}

function httpErrorOf(response: Response, request: { method?: string }, vendorMessage: string | undefined): HttpError {
  const method = (request.method ?? 'GET').toUpperCase()
  const url = withoutQuery(response.url)
  const statusText = response.statusText || statusTextOf(response.status)
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), Date.now())
  const answered = `${method} ${url || 'request'} answered ${`${response.status} ${statusText}`.trim()}`
  return new HttpError(vendorMessage === undefined ? answered : `${answered}: ${vendorMessage}`, {
    kind: kindOfAnswer(response.status, url, vendorMessage ?? ''),
    status: response.status,
    status_text: statusText,
    method,
    url,
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
    ...(vendorMessage === undefined ? {} : { vendor_message: vendorMessage }),
  })
}

/** A token endpoint says of credentials that they are wrong with other statuses too. */
function kindOfAnswer(status: number, url: string, said: string): VendorErrorKind {
  return status !== 403 && refusesCredentials({ status, url, said }) ? 'credentials' : kindOfStatus(status, said)
}

function withoutQuery(url: string): string {
  if (url === '') return ''
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}
