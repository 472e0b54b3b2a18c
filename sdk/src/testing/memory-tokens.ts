import type { AuthReads } from '../http-client/auth/auth-values.ts'
import { givenToken } from '../http-client/auth/token-answer.ts'
import { oauth2Request, ownTokenRequest } from '../http-client/auth/token-request.ts'
import type { OAuth2Options, TokenOptions } from '../http-client/auth-options.ts'
import { failureOf } from '../http-client/failures.ts'
import type { AuthSpec } from '../http-client/port.ts'
import { withoutQuery } from '../http-client/request-url.ts'
import { VendorError } from '../http-client/vendor-error.ts'
import { vendorMessageOf } from '../vendor-message.ts'
import type { RecordedVendor } from './recorded-vendor.ts'

type Kept = { token: string; endsAtMs: number | undefined; version: number }

/** Renewed this time before its end, or when a tenth of its life is left. */
const maxEarlyMs = 120_000

/** The tokens of one client in a test: kept while they live, renewed by one at a time. */
export class MemoryTokens {
  readonly #baseUrl: string
  readonly #reads: AuthReads
  readonly #vendor: RecordedVendor | undefined
  #kept: Kept | undefined
  #renewing: Promise<Kept> | undefined
  #refreshToken: string | undefined
  #version = 0

  constructor(baseUrl: string, reads: AuthReads, vendor: RecordedVendor | undefined) {
    this.#baseUrl = baseUrl
    this.#reads = reads
    this.#vendor = vendor
  }

  /** The token that is good now. @param refusedVersion the one that the vendor does not take any more */
  async get(auth: AuthSpec, refusedVersion: number | undefined): Promise<Kept> {
    const kept = this.#kept
    const isGood = kept && kept.version !== refusedVersion && (kept.endsAtMs === undefined || Date.now() < kept.endsAtMs)
    if (isGood) return kept
    this.#renewing ??= this.#renew(auth).finally(() => {
      this.#renewing = undefined
    })
    return await this.#renewing
  }

  async #renew(auth: AuthSpec): Promise<Kept> {
    const answerAt = 'token' in auth ? auth.token.answer : undefined
    const { method, url, headers, body } = await this.#request(auth)
    const call = { method, url: withoutQuery(url) }
    const send = () => globalThis.fetch(url, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) })
    const answering = this.#vendor ? this.#vendor.answer({ method, url, sent: undefined, isForToken: true }, send) : send()
    const response = await answering.catch((thrown: unknown) => {
      throw failureOf(thrown, call)
    })
    if (!response.ok) throw await tokenRefusal(response, call)
    const json: unknown = await response.json().catch(() => undefined)
    const given = givenToken(json, answerAt, Date.now())
    if (!given)
      throw new VendorError('invalid_response', `${call.method} ${call.url} answered ${response.status} without a token.`, {
        ...call,
        status: response.status,
        reason: 'no_token',
      })
    for (const secret of [given.token, given.refreshToken]) if (secret !== undefined) this.#vendor?.keepOut(secret)
    this.#refreshToken = given.refreshToken ?? this.#refreshToken
    const { lifetimeMs } = given
    const endsAtMs = lifetimeMs === undefined ? undefined : Date.now() + lifetimeMs - Math.min(maxEarlyMs, lifetimeMs / 10)
    this.#kept = { token: given.token, endsAtMs, version: ++this.#version }
    return this.#kept
  }

  async #request(auth: AuthSpec) {
    if ('oauth2' in auth) return await oauth2Request(auth.oauth2 satisfies OAuth2Options, this.#baseUrl, this.#reads, this.#refreshToken)
    if ('token' in auth) return await ownTokenRequest(auth.token satisfies TokenOptions, this.#baseUrl, this.#reads)
    throw new VendorError(
      'credentials',
      "A connection needs a person's consent, which a test has not. Give mockContext connections: { name: 'its token' }.",
      { reason: 'no_connection' },
    )
  }
}

/** What a token endpoint that refuses means: the vendor is down, or does not take the credentials, with whichever status. */
export async function tokenRefusal(response: Response, call: { method: string; url: string }): Promise<VendorError> {
  const { status } = response
  const said = await vendorMessageOf(response)
  const kind =
    status === 429
      ? 'rate_limited'
      : status === 404
        ? 'not_found'
        : status >= 500
          ? 'unavailable'
          : status < 400
            ? 'invalid_response'
            : 'credentials'
  const answered = `${call.method} ${call.url} gave no token: it answered ${status}`
  return new VendorError(kind, said === undefined ? answered : `${answered}: ${said}`, {
    ...call,
    status,
    ...(said === undefined ? {} : { vendor_message: said }),
    reason: 'token_refused',
    // The call that it was for.
    is_sent: false,
  })
}
