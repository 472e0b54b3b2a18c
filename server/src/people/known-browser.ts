import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { SecretText } from '../values/secrets/secret-text.ts'
import { cookieValue, isSecure, prefixOf } from './person-cookie.ts'

// A browser that an account has signed in with has its wrong passwords counted by itself, so that strangers who try passwords of
// that account do not keep its person out. OWASP describes it as device cookies.

const knownDays = 365
const nameOf = (headers: IncomingHttpHeaders) => `${prefixOf(isSecure(headers))}crosswalk_known`

/** The mark is random; the cookie says nothing of the account that it is good for. */
const proofOf = (secret: SecretText, email: string, mark: string): Buffer =>
  createHmac('sha256', secret.reveal())
    .update(JSON.stringify(['known browser', email, mark]))
    .digest()

/** @returns the mark of a browser that this account has signed in with before; undefined of any other */
export function knownBrowserOf(headers: IncomingHttpHeaders, secret: SecretText, email: string): string | undefined {
  const [mark = '', proof = ''] = (cookieValue(headers, nameOf(headers)) ?? '').split('.')
  const given = Buffer.from(proof, 'base64url')
  const expected = proofOf(secret, email, mark)
  return given.length === expected.length && timingSafeEqual(given, expected) ? mark : undefined
}

/** What the browser keeps of it: of the account that signed in last. */
export function knownBrowserCookie(headers: IncomingHttpHeaders, secret: SecretText, email: string): string {
  const mark = knownBrowserOf(headers, secret, email) ?? randomBytes(16).toString('base64url')
  const value = `${mark}.${proofOf(secret, email, mark).toString('base64url')}`
  const secure = isSecure(headers) ? '; Secure' : ''
  return `${nameOf(headers)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${knownDays * 86_400}${secure}`
}
