import type { IncomingHttpHeaders } from 'node:http'

export const sessionHours = 24 * 7
export const sessionCookie = 'crosswalk_session'

/** A proxy that puts TLS in front says so. Anyone else who says it gets a cookie that does less, not more. */
const isSecure = (headers: IncomingHttpHeaders) => headers['x-forwarded-proto'] === 'https'

/** With that prefix a browser takes it from this host alone, over TLS alone: no neighbour in the same domain can plant one. */
const cookieName = (headers: IncomingHttpHeaders) => (isSecure(headers) ? `__Host-${sessionCookie}` : sessionCookie)

/** The session's token in a `Cookie` header. */
export function sessionTokenOf(headers: IncomingHttpHeaders): string | undefined {
  for (const part of (headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=')
    if (name === cookieName(headers) && value) return value
  }
  return undefined
}

/** The cookie that keeps a session, or with an empty token ends it. Scripts cannot read it, and other sites' requests do not carry it. */
export function cookieOf(token: string, headers: IncomingHttpHeaders): string {
  const maxAge = token === '' ? 0 : sessionHours * 3_600
  const secure = isSecure(headers) ? '; Secure' : ''
  return `${cookieName(headers)}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAge}${secure}`
}
