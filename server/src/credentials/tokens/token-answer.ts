import { parseRetryAfter } from '@crosswalk/sdk/retry-after'
import { vendorMessageIn } from '@crosswalk/sdk/vendor-message'
import type { OwnAnswer } from '../../gateway/messages/own-request.ts'
import type { VendorFailure } from '../vendor-failures.ts'

/** A token as a vendor gave it. */
export type NewToken = {
  token: string
  /** Null: the vendor did not say, so it is used until it is refused. */
  livesMs: number | null
  /** What the next renewal is made with, where the vendor gives one. */
  refreshToken: string | null
  /** All of the answer's own fields that are text or numbers, but tokens: an id of the organization there, for instance. */
  fields: Record<string, string>
}

/** Where in the JSON of an answer things stand. */
export type AnswerPlaces = { token: string; expiresIn: string | undefined; expiresAt: string | undefined; refreshToken: string | undefined }

export const oauth2Places: AnswerPlaces = {
  token: 'access_token',
  expiresIn: 'expires_in',
  expiresAt: undefined,
  refreshToken: 'refresh_token',
}

const maxTokenChars = 32_768
const maxRetryAfterMs = 15 * 60_000

/** A header takes it, and so a token may be it. */
export const isHeaderText = (text: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(text)

/** Reads an answer; any 2xx will do, and neither a token type nor a lifetime has to be in it. */
export function readTokenAnswer(
  answer: OwnAnswer,
  places: AnswerPlaces,
  host: string,
  nowMs: number,
): NewToken | { failure: VendorFailure } {
  const { status } = answer
  if (status < 200 || status > 299) return { failure: refusalOf(answer, host, nowMs) }
  const body = parsed(answer.body)
  const token = at(body, places.token)
  if (typeof token !== 'string' || token === '' || token.length > maxTokenChars || !isHeaderText(token)) {
    // Some say what is wrong with 200.
    if (typeof at(body, 'error') === 'string') return { failure: refusalOf(answer, host, nowMs) }
    const message = `${host} answered the request for a token with ${status}, and without a token under ${places.token}.`
    return { failure: { kind: 'invalid_response', status, message } }
  }
  const type = places === oauth2Places ? at(body, 'token_type') : undefined
  // It takes more than the token to use one of these. Any other name is some vendor's word for a bearer token.
  if (typeof type === 'string' && /^(mac|dpop|pop)$/i.test(type))
    return {
      failure: {
        kind: 'invalid_response',
        status,
        message: `${host} gave a token of the type ${type}, which only who has a key can use. Set the client there to bearer tokens.`,
      },
    }
  const refreshToken = places.refreshToken === undefined ? undefined : at(body, places.refreshToken)
  return {
    token,
    livesMs: lifetime(body, places, nowMs),
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : null,
    fields: plainFields(body),
  }
}

function lifetime(body: unknown, { expiresIn, expiresAt }: AnswerPlaces, nowMs: number): number | null {
  const given = expiresIn === undefined ? undefined : at(body, expiresIn)
  const seconds = typeof given === 'number' || typeof given === 'string' ? Number(given) : Number.NaN
  if (Number.isFinite(seconds) && seconds > 0) return Math.min(seconds * 1_000, maxLifeMs)
  const end = expiresAt === undefined ? undefined : at(body, expiresAt)
  const endMs = typeof end === 'number' ? timeOf(end) : typeof end === 'string' ? textTimeOf(end) : Number.NaN
  return Number.isFinite(endMs) && endMs > nowMs ? Math.min(endMs - nowMs, maxLifeMs) : null
}

const maxLifeMs = 10 * 366 * 86_400_000
/** Seconds or milliseconds since 1970: what would be after the year 5000 in seconds is in milliseconds. */
const timeOf = (number: number) => (number > 1e11 ? number : number * 1_000)
const textTimeOf = (text: string) => (/^\d+$/.test(text) ? timeOf(Number(text)) : Date.parse(text))

/** By what a refusal is told apart: what the person can do about it. */
function refusalOf(answer: OwnAnswer, host: string, nowMs: number): VendorFailure {
  const { status } = answer
  const vendorCode = vendorCodeIn(answer.body)
  const said = vendorMessageIn(answer.body)
  const retryAfterMs = parseRetryAfter(answer.headers['retry-after'] ?? null, nowMs)
  const more = {
    status,
    ...(vendorCode === undefined ? {} : { vendorCode }),
    ...(said === undefined ? {} : { vendorMessage: said }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs: Math.min(retryAfterMs, maxRetryAfterMs) }),
  }
  const saying = said === undefined ? '' : `: ${said.replace(/[\s.]+$/, '')}`
  if (status === 429 || vendorCode === 'slow_down')
    return { kind: 'rate_limited', message: `${host} gives no token for now, because it was asked too often${saying}.`, ...more }
  // RFC 6749 has these words for the browser alone; some vendors say them here.
  if (status >= 500 || vendorCode === 'temporarily_unavailable' || vendorCode === 'server_error')
    return { kind: 'unavailable', message: `${host} answered the request for a token with ${status}${saying}.`, ...more }
  if (status >= 300 && status < 400)
    return {
      kind: 'invalid_response',
      message: `${host} leads the request for a token elsewhere (${status}), which is not followed. Correct the token URL.`,
      ...more,
    }
  if (status === 404 || status === 405)
    return { kind: 'invalid_response', message: `${host} has no token URL there (${status})${saying}. Correct the token URL.`, ...more }
  return { kind: 'credentials', message: `${host} gives no token for these credentials (${status})${saying}.`, ...more }
}

/** OAuth's own word in a refusal, such as `invalid_client`. */
export function vendorCodeIn(body: string): string | undefined {
  const code = at(parsed(body), 'error')
  return typeof code === 'string' && /^[\w.:-]{1,100}$/.test(code) ? code : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What stands at a path such as `data.token`. A key that has dots itself is found first. */
export function at(body: unknown, path: string): unknown {
  if (typeof body !== 'object' || body === null) return undefined
  if (Object.hasOwn(body, path)) return (body as Record<string, unknown>)[path]
  const dot = path.indexOf('.')
  if (dot === -1) return undefined
  const head = path.slice(0, dot)
  return Object.hasOwn(body, head) ? at((body as Record<string, unknown>)[head], path.slice(dot + 1)) : undefined
}

const maxFields = 30

function plainFields(body: unknown): Record<string, string> {
  const entries = typeof body === 'object' && body !== null ? Object.entries(body) : []
  const plain = entries.flatMap(([name, value]) =>
    /token|secret|password/i.test(name) || (typeof value !== 'string' && typeof value !== 'number') || String(value).length > 500
      ? []
      : [[name, String(value)] as const],
  )
  return Object.fromEntries(plain.slice(0, maxFields))
}
