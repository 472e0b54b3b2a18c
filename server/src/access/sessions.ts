import { createHash, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { type Acting, recordAudit } from '../audit/audit.ts'
import { type Database, inScope } from '../platform/database/database.ts'
import { defineErrors } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { type Authentication, adminKeyAuthentication, digestOfKey } from './auth.ts'
import { deleteExpired, deleteSession, findSession, insertSession, insertSignInToken, takeSignInToken } from './sessions.queries.ts'

export const sessionError = defineErrors({
  sign_in_refused: {
    status: 401,
    message: 'This is not the administrator key of this installation. The terminal says where the key is when Crosswalk starts.',
  },
  sign_in_link_used: {
    status: 401,
    message: 'This sign-in link was used already or is too old. Ask for a new one, or sign in with the administrator key.',
  },
  cross_site_request: { status: 403, message: 'The request comes from another site. Send it from the page itself, or with an API key.' },
})

/** A browser that has signed in. `token` is what it carries, and is shown once. */
export type OpenedSession = { id: string; token: string; expiresAt: Date }

const sessionHours = 24 * 7
const linkMinutes = 15
export const sessionCookie = 'crosswalk_session'

const digestOf = (token: string) => createHash('sha256').update(token).digest()
const newToken = () => randomBytes(32).toString('base64url')

/** The session's token in a `Cookie` header. */
export function sessionTokenOf(headers: IncomingHttpHeaders): string | undefined {
  for (const part of (headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=')
    if (name === sessionCookie && value) return value
  }
  return undefined
}

/** The cookie that keeps a session, or with an empty token ends it. Scripts cannot read it, and other sites' requests do not carry it. */
export function cookieOf(token: string, headers: IncomingHttpHeaders): string {
  const maxAge = token === '' ? 0 : sessionHours * 3_600
  const isSecure = headers['x-forwarded-proto'] === 'https'
  return `${sessionCookie}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAge}${isSecure ? '; Secure' : ''}`
}

/** True for what the page itself sends: browsers say where a request comes from, and no script can make them say otherwise. */
function isFromOwnPage(headers: IncomingHttpHeaders): boolean {
  if (headers['x-requested-with'] === 'crosswalk' || headers['sec-fetch-site'] === 'same-origin') return true
  const { origin, host } = headers
  if (!origin || !host || !URL.canParse(origin)) return false
  return new URL(origin).host === host
}

/**
 * Who a request speaks for: its API key, or the session of its browser.
 *
 * @throws cross_site_request - a session's change that another site may have sent.
 */
export function browserAuthentication(db: Database, adminApiKey: string): Authentication {
  const byKey = adminKeyAuthentication(adminApiKey)
  const keyDigest = digestOfKey(adminApiKey)
  return async (authorization, browser) => {
    if (authorization !== undefined || browser === undefined) return byKey(authorization)
    const token = sessionTokenOf(browser.headers)
    if (token === undefined) return undefined
    const session = await findSession(db, { tokenDigest: digestOf(token), keyDigest })
    if (!session) return undefined
    const isReading = browser.method === 'GET' || browser.method === 'HEAD'
    if (!isReading && !isFromOwnPage(browser.headers)) throw sessionError('cross_site_request')
    return byKey(`Bearer ${adminApiKey}`)
  }
}

/** Opens a session that ends after a week, by itself, or with the key. */
export async function openSession(db: Database, acting: Acting, keyDigest: Buffer): Promise<OpenedSession> {
  const token = newToken()
  return inScope(db, 'allOrganizations', async (transaction) => {
    await deleteExpired(transaction)
    const { id, expires_at } = await insertSession(transaction, newId(), { tokenDigest: digestOf(token), keyDigest }, sessionHours)
    await recordAudit(transaction, acting, {
      action: 'session.created',
      organizationId: null,
      target: { type: 'session', id },
      changes: {},
    })
    return { id, token, expiresAt: expires_at }
  })
}

/** Ends a session. Safe to repeat. */
export async function endSession(db: Database, acting: Acting, token: string): Promise<void> {
  await inScope(db, 'allOrganizations', async (transaction) => {
    const id = await deleteSession(transaction, digestOf(token))
    if (id)
      await recordAudit(transaction, acting, {
        action: 'session.deleted',
        organizationId: null,
        target: { type: 'session', id },
        changes: {},
      })
  })
}

/** Makes a token that opens one session, within a quarter of an hour: for the link `/sign-in#token=…`. */
export async function createSignInToken(db: Database, acting: Acting, keyDigest: Buffer): Promise<{ token: string; expiresAt: Date }> {
  const token = newToken()
  const id = newId()
  return inScope(db, 'allOrganizations', async (transaction) => {
    await deleteExpired(transaction)
    const expiresAt = await insertSignInToken(transaction, id, { tokenDigest: digestOf(token), keyDigest }, linkMinutes)
    await recordAudit(transaction, acting, {
      action: 'sign_in_token.created',
      organizationId: null,
      target: { type: 'sign_in_token', id },
      changes: {},
    })
    return { token, expiresAt }
  })
}

/**
 * Uses up a token. Of two who come with it, one is served.
 *
 * @returns the digest of the key that it was made with
 * @throws sign_in_link_used
 */
export async function useSignInToken(db: Database, token: string): Promise<Buffer> {
  const taken = await inScope(db, 'allOrganizations', (transaction) => takeSignInToken(transaction, digestOf(token)))
  if (!taken) throw sessionError('sign_in_link_used')
  return taken.key_digest
}
