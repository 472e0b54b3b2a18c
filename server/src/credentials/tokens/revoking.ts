import { setTimeout as delay } from 'node:timers/promises'
import { Mask } from '@crosswalk/sdk/masking'
import { vendorMessageIn } from '@crosswalk/sdk/vendor-message'
import type { Database } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import type { Keyring } from '../../values/secrets/keyring.ts'
import type { Asked, FetchOutside } from './asking.ts'
import { openToken } from './held-token.ts'
import { vendorCodeIn } from './token-answer.ts'
import type { TokenRequest } from './token-request.ts'
import { findToken, type TokenPlace, takeRenewal } from './tokens.queries.ts'

/** What came of asking a vendor to end a consent. */
export type AtVendor = {
  /** `refused`: the vendor answered otherwise. `unreachable`: it may have it or not. `not_asked`: there was nothing to ask it with. */
  outcome: 'revoked' | 'refused' | 'unreachable' | 'not_asked'
  host: string | null
  status: number | null
  vendorCode: string | null
  /** For a person: what happened, and what to do where the consent may still stand. */
  message: string
}

const limits = { timeoutMs: 10_000, maxBytes: 64 * 1024 }
/** RFC 7009 has 503 for later; a person waits for this. */
const pauseMs = 500
/** For as long as the vendor may be asked, twice. */
const leaseMs = 30_000
const [maxWaitMs, lookMs] = [5_000, 200]

export type RevokableToken = { token: string; kind: 'refresh_token' | 'access_token' }

/**
 * The token by which the vendor knows the consent. From then on no worker renews it for some time: else a refresh token that takes its place
 * would outlive it. A renewal that is under way is waited for, for some seconds.
 *
 * @throws master_key_unavailable
 */
export async function takeTokenToRevoke(db: Database, keyring: Keyring, place: TokenPlace): Promise<RevokableToken | undefined> {
  const until = performance.now() + maxWaitMs
  for (;;) {
    const row = await findToken(db, place)
    if (!row) return undefined
    const { id, generation } = row
    const taken = await takeRenewal(db, place.owner, { id, generation, renewer: newId(), leaseMs })
    if (taken || performance.now() > until) {
      const held = await openToken(keyring, taken ?? row)
      if (!held) return undefined
      // By the refresh token a vendor ends the whole consent, by the other mostly that token alone.
      return held.refreshToken === null ? { token: held.token, kind: 'access_token' } : { token: held.refreshToken, kind: 'refresh_token' }
    }
    await delay(lookMs)
  }
}

type Revocation = Pick<Asked, 'host' | 'owner' | 'declared'> & { request: TokenRequest }

/** Asks once, and once more where that may help. It does no harm twice. */
export async function askToRevoke(fetchOutside: FetchOutside, { request, host, owner, declared }: Revocation): Promise<AtVendor> {
  const { secrets, ...sent } = request
  // A vendor may say in its refusal what it was sent.
  const mask = new Mask()
  for (const secret of secrets) mask.add(secret)
  for (let attempt = 0; ; attempt++) {
    const { mayPass, ...at } = await fetchOutside({ ...sent, ...limits, owner, declared }).then(
      ({ status, body }) => ({ mayPass: status === 503 || status === 429, ...answered(host, status, body) }),
      (error: Error & { code?: string }) => ({ mayPass: error.code !== 'egress_refused', ...unanswered(host, error) }),
    )
    // What was read out of the answer: in its text a secret may be spelled with escapes.
    if (!mayPass || attempt > 0) return mask.data(at)
    await delay(pauseMs)
  }
}

function answered(host: string, status: number, body: string): AtVendor {
  const vendorCode = vendorCodeIn(body) ?? null
  // A token that the vendor does not know is no failure by RFC 7009; some have this word for it.
  if ((status >= 200 && status < 300) || vendorCode === 'invalid_token')
    return { outcome: 'revoked', host, status, vendorCode, message: `${host} has ended the consent.` }
  const said = vendorMessageIn(body)?.replace(/[\s.]+$/, '')
  const words = [...new Set([vendorCode, said])].filter((word) => word !== null && word !== undefined).join(': ')
  const message = `${host} did not end the consent: it answered ${status}${words === '' ? '' : ` (${words})`}. End the consent at the vendor.`
  return { outcome: 'refused', host, status, vendorCode, message }
}

function unanswered(host: string, error: Error & { code?: string }): AtVendor {
  const none = { host, status: null, vendorCode: null }
  if (error.code === 'egress_refused')
    return {
      outcome: 'not_asked',
      ...none,
      message: `${host} was not asked to end the consent: ${error.message} End the consent at the vendor.`,
    }
  const why = error.name === 'TimeoutError' ? 'it did not answer in time' : error.message.replace(/[\s.]+$/, '')
  const message = `${host} could not be asked to end the consent: ${why}. End the consent at the vendor.`
  return { outcome: 'unreachable', ...none, message }
}
