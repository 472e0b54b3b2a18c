import type { IncomingHttpHeaders } from 'node:http'
import { isSecure } from '../../people/person-cookie.ts'
import { startMinutes } from './connecting.ts'

// Lax: the vendor leads back here. Strict: the page of a link is left by its own button alone.
const browserCookie = 'crosswalk_connect'
const pageCookie = 'crosswalk_connect_page'
const pageMinutes = 60

/** With that prefix a browser takes it from this host alone, over TLS alone, and for every path: for some minutes that is no harm. */
const nameOf = (headers: IncomingHttpHeaders, name: string) => (isSecure(headers) ? `__Host-${name}` : name)

function cookie(headers: IncomingHttpHeaders, name: string, value: string, minutes: number, sameSite: 'Lax' | 'Strict'): string {
  const [path, secure] = isSecure(headers) ? ['/', '; Secure'] : ['/api/connections', '']
  return `${nameOf(headers, name)}=${value}; Path=${path}; Max-Age=${minutes * 60}; HttpOnly; SameSite=${sameSite}${secure}`
}

function cookieValue(headers: IncomingHttpHeaders, name: string): string | undefined {
  return new RegExp(`(?:^|;\\s*)${nameOf(headers, name)}=([\\w-]{20,100})(?:;|$)`).exec(headers.cookie ?? '')?.[1]
}

/** Only this browser can come back. It is sent along when the vendor leads back here, and with nothing else. */
export const cookieFor = (headers: IncomingHttpHeaders, browser: string): string =>
  cookie(headers, browserCookie, browser, startMinutes, 'Lax')
export const browserOf = (headers: IncomingHttpHeaders): string | undefined => cookieValue(headers, browserCookie)

/** What the button on the page of a link says, too: nobody comes past that page. */
export const pageCookieFor = (headers: IncomingHttpHeaders, seen: string): string =>
  cookie(headers, pageCookie, seen, pageMinutes, 'Strict')
export const pageSeenBy = (headers: IncomingHttpHeaders): string | undefined => cookieValue(headers, pageCookie)
