import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { SecretText } from '../values/secrets/secret-text.ts'

export const sessionDays = 7
const cookieName = 'crosswalk_person'

/** With that prefix a browser takes a cookie from this host alone, over TLS alone. */
export const prefixOf = (isSecure: boolean) => (isSecure ? '__Host-' : '')

/** The cookie of a person's session. */
export const personCookieOf = (isSecure: boolean): string => `${prefixOf(isSecure)}${cookieName}`

/** What the names of cookies begin with that live for minutes, as while a second factor is asked for. */
export const cookiePrefixOf = (isSecure: boolean): string => `${prefixOf(isSecure)}crosswalk`

/** A proxy that puts TLS in front says so. Anyone else who says it gets a cookie that does less, not more. */
export const isSecure = (headers: IncomingHttpHeaders): boolean => headers['x-forwarded-proto'] === 'https'

/** How the browser calls this installation. */
export function originOf(headers: IncomingHttpHeaders): string {
  return `${isSecure(headers) ? 'https' : 'http'}://${(headers.host ?? 'localhost').toLowerCase()}`
}

export function cookieValue(headers: IncomingHttpHeaders, name: string): string | undefined {
  for (const part of (headers.cookie ?? '').split(';')) {
    const [key, ...value] = part.trim().split('=')
    if (key === name) return value.join('=')
  }
  return undefined
}

/** True where the request carries the cookie of a person, whatever it says. */
export function hasPersonCookie(headers: IncomingHttpHeaders): boolean {
  return cookieValue(headers, personCookieOf(isSecure(headers))) !== undefined
}

/** The value of a cookie that the library signed: `value.signature`. Undefined where the signature is not ours. */
function signedValue(headers: IncomingHttpHeaders, name: string, secret: SecretText): string | undefined {
  const text = decoded(cookieValue(headers, name))
  const dot = text?.lastIndexOf('.') ?? -1
  if (text === undefined || dot < 1) return undefined
  const value = text.slice(0, dot)
  const given = Buffer.from(text.slice(dot + 1), 'base64')
  const expected = createHmac('sha256', secret.reveal()).update(value).digest()
  return given.length === expected.length && timingSafeEqual(given, expected) ? value : undefined
}

function decoded(text: string | undefined): string | undefined {
  if (!text || text.length > 300) return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** The token of a person's session. */
export function personTokenOf(headers: IncomingHttpHeaders, secret: SecretText): string | undefined {
  return signedValue(headers, personCookieOf(isSecure(headers)), secret)
}

/** What names the second factor that this browser is asked for. */
export function secondFactorIdentifierOf(headers: IncomingHttpHeaders, secret: SecretText): string | undefined {
  return signedValue(headers, `${cookiePrefixOf(isSecure(headers))}.two_factor`, secret)
}

/** The same headers without a person's session: for who is about to open another. */
export function withoutPersonCookie(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const own = `${personCookieOf(isSecure(headers))}=`
  const others = (headers.cookie ?? '').split(';').filter((part) => !part.trim().startsWith(own))
  return { ...headers, cookie: others.join(';') }
}

/** Ends the cookie in the browser. */
export function endedPersonCookie(headers: IncomingHttpHeaders): string {
  const secure = isSecure(headers) ? '; Secure' : ''
  return `${personCookieOf(isSecure(headers))}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0${secure}`
}

/** The token of the session that an answer of the library opens. */
export function newSessionTokenOf(cookies: readonly string[]): string | undefined {
  for (const line of cookies) {
    const [pair = '', ...attributes] = line.split('; ')
    const [name = '', ...value] = pair.split('=')
    const text = decoded(value.join('='))
    if (name.replace(prefixOf(true), '') !== cookieName || !text || attributes.includes('Max-Age=0')) continue
    return text.slice(0, text.lastIndexOf('.'))
  }
  return undefined
}

/** The header that tells the library where a request comes from, in our own call of it. No client sets it. */
export const addressHeader = 'x-crosswalk-address'
