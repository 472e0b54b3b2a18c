import { setTimeout as delay } from 'node:timers/promises'
import { Mask } from '@crosswalk/sdk/masking'
import type { OwnAnswer, OwnRequest, OwnSeen } from '../../gateway/messages/own-request.ts'
import type { VendorFailure } from '../vendor-failures.ts'
import { type AnswerPlaces, type NewToken, readTokenAnswer } from './token-answer.ts'
import { type TokenExchange, tokenExchangeOf } from './token-exchange.ts'
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
  /** Hears of each request once it is over. */
  onExchange?: ((exchange: TokenExchange) => void) | undefined
}

const limits = { timeoutMs: 30_000, maxBytes: 1024 * 1024 }
const pausesMs = [500, 1_500]
/** A vendor that asks to wait longer is not waited for here. */
const maxPauseMs = 5_000

/** Where the request surely did not arrive. */
const unsent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EMFILE|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/

/** `mayBeUsedUp`: one of the requests may have reached the vendor and used up what it was made with, although no token came of it. */
export type Refused = { failure: VendorFailure; mayBeUsedUp: boolean }

/** Asks a vendor for a token. A fault that may pass is asked again a moment later. */
export async function askForToken(fetchOutside: FetchOutside, asked: Asked): Promise<NewToken | Refused> {
  const { places, host, owner, declared, isRepeatable, onExchange } = asked
  const { secrets, ...request } = asked.request
  // A vendor may say in its refusal what it was sent.
  const mask = new Mask()
  for (const secret of secrets) mask.add(secret)
  let mayBeUsedUp = false
  for (let attempt = 0; ; attempt++) {
    const sent = { atMs: Date.now(), at: performance.now() }
    const outcome = await fetchOutside({ ...request, ...limits, owner, declared }).then(
      (answer) => ({
        ...{ token: readTokenAnswer(answer, places, host, Date.now()), mayRepeat: true, isAnswered: true },
        ...{ status: answer.status, seen: answer.seen },
      }),
      (error: Error & { code?: string; seen?: OwnSeen }) => ({
        token: { failure: failureOfSending(error, host) },
        mayRepeat: isRepeatable || isUnsent(error),
        isAnswered: isUnsent(error),
        ...{ status: null, seen: error.seen },
      }),
    )
    const failed = 'failure' in outcome.token ? outcome.token.failure : undefined
    const seen = outcome.seen ?? unmeasured(sent)
    onExchange?.(
      tokenExchangeOf(request, { attempt: attempt + 1, status: outcome.status, failure: failed, seen }, (text) => mask.data(text)),
    )
    if (!('failure' in outcome.token)) return outcome.token
    const failure = mask.data(outcome.token.failure)
    const { kind, retryAfterMs } = failure
    // A fault, or an answer that nobody can read, may come after the vendor has done what it was asked for.
    mayBeUsedUp ||= !outcome.isAnswered || (failure.status !== undefined && (kind === 'unavailable' || failure.status < 300))
    const pauseMs = retryAfterMs ?? pausesMs[attempt]
    const mayPass = kind === 'unavailable' || kind === 'rate_limited'
    if (!mayPass || !outcome.mayRepeat || attempt >= pausesMs.length || pauseMs === undefined || pauseMs > maxPauseMs)
      return { failure, mayBeUsedUp }
    await delay(pauseMs)
  }
}

/** Where the gateway did not say what it took. */
const unmeasured = ({ atMs, at }: { atMs: number; at: number }): OwnSeen => ({
  startedAtMs: atMs,
  firstByteMs: null,
  durationMs: Math.round(performance.now() - at),
  responseBytes: 0,
})

const isUnsent = ({ code = '' }: { code?: string }): boolean => code === 'egress_refused' || unsent.test(code)

function failureOfSending(error: Error & { code?: string }, host: string): VendorFailure {
  if (error.code === 'egress_refused') return { kind: 'egress_refused', message: error.message }
  if (error.code === 'response_too_long')
    return { kind: 'invalid_response', message: `The answer of ${host} to the request for a token is longer than a megabyte.` }
  const why = error.name === 'TimeoutError' ? 'it did not answer in time' : error.message.replace(/[\s.]+$/, '')
  return { kind: 'unavailable', message: `No token can be had from ${host}: ${why}. Try again later.` }
}
