import { setTimeout as delay } from 'node:timers/promises'
import { Mask } from '@crosswalk/sdk/masking'
import type { OwnAnswer, OwnRequest } from '../../gateway/own-requests.ts'
import type { VendorFailure } from '../vendor-failures.ts'
import { type AnswerPlaces, type NewToken, readTokenAnswer } from './token-answer.ts'
import type { TokenRequest } from './token-request.ts'

/** Makes one request of the platform itself, by the rules for addresses that hold for author code. */
export type FetchOutside = (request: OwnRequest) => Promise<OwnAnswer>

export type Asked = {
  request: TokenRequest
  places: AnswerPlaces
  host: string
  /** Whose turn it takes where names are looked up. */
  owner: string
  /** The hosts that the integration is held to whose code names the address; null where it is held to none. */
  declared: NonNullable<OwnRequest['declared']> | null
  /** It may be made again although the vendor may have it. Not where it uses up what it is made with. */
  isRepeatable: boolean
}

const limits = { timeoutMs: 30_000, maxBytes: 1024 * 1024 }
const pausesMs = [500, 1_500]
/** A vendor that asks to wait longer is not waited for here. */
const maxPauseMs = 5_000

/** Where the request surely did not arrive. */
const unsent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EMFILE|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/

/** Asks a vendor for a token. A fault that may pass is asked again a moment later. */
export async function askForToken(fetchOutside: FetchOutside, asked: Asked): Promise<NewToken | { failure: VendorFailure }> {
  const { places, host, owner, declared, isRepeatable } = asked
  const { secrets, ...request } = asked.request
  // A vendor may say in its refusal what it was sent.
  const mask = new Mask()
  for (const secret of secrets) mask.add(secret)
  for (let attempt = 0; ; attempt++) {
    const outcome = await fetchOutside({ ...request, ...limits, owner, declared }).then(
      (answer) => ({ token: withoutSecrets(readTokenAnswer(answer, places, host, Date.now()), mask), mayRepeat: true }),
      (error: Error & { code?: string }) => ({
        token: { failure: failureOfSending(error, host) },
        mayRepeat: isRepeatable || unsent.test(error.code ?? ''),
      }),
    )
    if (!('failure' in outcome.token)) return outcome.token
    const { kind, retryAfterMs } = outcome.token.failure
    const pauseMs = retryAfterMs ?? pausesMs[attempt]
    const mayPass = kind === 'unavailable' || kind === 'rate_limited'
    if (!mayPass || !outcome.mayRepeat || attempt >= pausesMs.length || pauseMs === undefined || pauseMs > maxPauseMs) return outcome.token
    await delay(pauseMs)
  }
}

function withoutSecrets(told: NewToken | { failure: VendorFailure }, mask: Mask): NewToken | { failure: VendorFailure } {
  return 'failure' in told ? { failure: mask.data(told.failure) } : told
}

function failureOfSending(error: Error & { code?: string }, host: string): VendorFailure {
  if (error.code === 'egress_refused') return { kind: 'egress_refused', message: error.message }
  if (error.code === 'response_too_long')
    return { kind: 'invalid_response', message: `The answer of ${host} to the request for a token is longer than a megabyte.` }
  const why = error.name === 'TimeoutError' ? 'it did not answer in time' : error.message.replace(/[\s.]+$/, '')
  return { kind: 'unavailable', message: `No token can be had from ${host}: ${why}. Try again later.` }
}
