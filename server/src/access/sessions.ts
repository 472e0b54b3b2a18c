import { createHash, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { type Acting, recordAudit } from '../audit/audit.ts'
import { type Database, inScope, type Transaction } from '../platform/database/database.ts'
import { defineErrors } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { SharedReads } from '../platform/shared-reads.ts'
import { storable } from '../protocol/storable.ts'
import { type Authentication, adminKeyAuthentication, type BrowserRequest, digestOfKey } from './auth.ts'
import type { Identity } from './principal.ts'
import { sessionHours, sessionTokenOf } from './session-cookie.ts'
import {
  deleteExpired,
  deleteSession,
  deleteSessionById,
  findSession,
  insertSession,
  insertSignInToken,
  listSessionRows,
  type SessionPlace,
  takeSignInToken,
  touchSession,
} from './sessions.queries.ts'

export const sessionError = defineErrors({
  sign_in_refused: {
    status: 401,
    message: 'This is not the administrator key of this installation. The terminal says where the key is when Crosswalk starts.',
  },
  sign_in_link_used: {
    status: 401,
    message: 'This sign-in link was used already or is too old. Ask for a new one, or sign in with the administrator key.',
  },
  session_not_found: { status: 404, message: 'There is no such session. It may have ended by itself.' },
  cross_site_request: { status: 403, message: 'The request comes from another site. Send it from the page itself, or with an API key.' },
})

/** A browser that has signed in. `token` is what it carries, and is shown once. */
export type OpenedSession = { id: string; token: string; expiresAt: Date }

/** A browser that is signed in, as those who may end its session see it. */
export type Session = SessionPlace & { id: string; createdAt: Date; lastUsedAt: Date; expiresAt: Date; isCurrent: boolean }

const linkMinutes = 15
export const defaultIdleMinutes = 12 * 60
const maxBrowserChars = 300

const digestOf = (token: string) => createHash('sha256').update(token).digest()
const newToken = () => randomBytes(32).toString('base64url')

/** True for what the page itself sends: browsers say where a request comes from, and no script can make them say otherwise. */
function isFromOwnPage(headers: IncomingHttpHeaders): boolean {
  if (headers['x-requested-with'] === 'crosswalk' || headers['sec-fetch-site'] === 'same-origin') return true
  const { origin, host } = headers
  if (!origin || !host || !URL.canParse(origin)) return false
  return new URL(origin).host === host
}

/**
 * Lets a request that carries a session through if it reads, or comes from our own page.
 *
 * @throws cross_site_request
 */
export function requireFromOwnPage({ method, headers }: BrowserRequest): void {
  const isReading = method === 'GET' || method === 'HEAD'
  if (!isReading && !isFromOwnPage(headers)) throw sessionError('cross_site_request')
}

/**
 * Who a request speaks for: its API key, or the session of its browser.
 *
 * @throws cross_site_request - a session's change that another site may have sent.
 */
export function browserAuthentication(db: Database, adminApiKey: string, idleMinutes: number = defaultIdleMinutes): Authentication {
  const byKey = adminKeyAuthentication(adminApiKey)
  const keyDigest = digestOfKey(adminApiKey)
  const sessions = new SharedReads<Awaited<ReturnType<typeof findSession>>>()
  const bySession = async (token: string, browser: BrowserRequest): Promise<Identity | undefined> => {
    const find = () => findSession(db, { tokenDigest: digestOf(token), keyDigest }, idleMinutes)
    const session = await sessions.get(token, find)
    if (!session) return undefined
    // A use that could not be written, as on a standby, is no reason to refuse it.
    if (session.is_stale && !browser.isFollowing) await touchSession(db, session.id).catch(() => {})
    requireFromOwnPage(browser)
    const identity = await byKey(`Bearer ${adminApiKey}`)
    return identity && { ...identity, isProofOld: session.is_proof_old }
  }
  return (authorization, browser) => {
    if (authorization !== undefined || browser === undefined) return byKey(authorization, browser)
    const token = sessionTokenOf(browser.headers)
    return token === undefined ? undefined : bySession(token, browser)
  }
}

/** Opens a session that ends after a week, by itself, where nobody uses it, or with the key. */
export function openSession(
  { db, idleMinutes }: { db: Database; idleMinutes: number },
  acting: Acting,
  keyDigest: Buffer,
  place: SessionPlace,
): Promise<OpenedSession> {
  return inScope(db, 'allOrganizations', (transaction) => openSessionWithin(transaction, acting, { idleMinutes, keyDigest, place }))
}

/** The same as part of what else a transaction does. */
export async function openSessionWithin(
  transaction: Transaction,
  acting: Acting,
  { idleMinutes, keyDigest, place }: { idleMinutes: number; keyDigest: Buffer; place: SessionPlace },
): Promise<OpenedSession> {
  const token = newToken()
  const shownPlace = { address: place.address, browser: place.browser && storable(place.browser.slice(0, maxBrowserChars)) }
  await deleteExpired(transaction, idleMinutes)
  const digests = { tokenDigest: digestOf(token), keyDigest }
  const { id, expires_at } = await insertSession(transaction, newId(), digests, shownPlace, sessionHours)
  await recordSession(transaction, acting, 'session.created', id)
  return { id, token, expiresAt: expires_at }
}

function recordSession(
  transaction: Transaction,
  acting: Acting,
  action: 'session.created' | 'session.deleted' | 'session.revoked',
  id: string,
): Promise<void> {
  return recordAudit(transaction, acting, { action, organizationId: null, target: { type: 'session', id }, changes: {} })
}

/** Ends a session. Safe to repeat. */
export function endSession(db: Database, acting: Acting, token: string): Promise<void> {
  return inScope(db, 'allOrganizations', (transaction) => endSessionWithin(transaction, acting, token))
}

/** The same as part of what else a transaction does. */
export async function endSessionWithin(transaction: Transaction, acting: Acting, token: string): Promise<void> {
  const id = await deleteSession(transaction, digestOf(token))
  if (id) await recordSession(transaction, acting, 'session.deleted', id)
}

/** The sessions of a key that have not ended, last used first. @param ownToken of the caller */
export async function listSessions(db: Database, keyDigest: Buffer, idleMinutes: number, ownToken: string | undefined): Promise<Session[]> {
  const own = ownToken === undefined ? undefined : digestOf(ownToken)
  const rows = await listSessionRows(db, keyDigest, idleMinutes)
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    address: row.address,
    browser: row.browser,
    isCurrent: own?.equals(row.token_digest) ?? false,
  }))
}

/** Ends somebody's session. @throws session_not_found */
export function endSessionById(db: Database, acting: Acting, keyDigest: Buffer | undefined, id: string): Promise<void> {
  return inScope(db, 'allOrganizations', (transaction) => endSessionByIdWithin(transaction, acting, keyDigest, id))
}

/** The same as part of what else a transaction does. @throws session_not_found */
export async function endSessionByIdWithin(
  transaction: Transaction,
  acting: Acting,
  keyDigest: Buffer | undefined,
  id: string,
): Promise<void> {
  if (!keyDigest || !(await deleteSessionById(transaction, id, keyDigest))) throw sessionError('session_not_found', { session_id: id })
  await recordSession(transaction, acting, 'session.revoked', id)
}

/** Shown once. */
type MadeToken = { token: string; expiresAt: Date }

/** Makes a token that opens one session, within a quarter of an hour: for the link `/sign-in#token=…`. */
export function createSignInToken(
  { db, idleMinutes }: { db: Database; idleMinutes: number },
  acting: Acting,
  keyDigest: Buffer,
): Promise<MadeToken> {
  return inScope(db, 'allOrganizations', (transaction) => createSignInTokenWithin(transaction, acting, { keyDigest, idleMinutes }))
}

/** The same as part of what else a transaction does. */
export async function createSignInTokenWithin(
  transaction: Transaction,
  acting: Acting,
  { keyDigest, idleMinutes }: { keyDigest: Buffer; idleMinutes: number },
): Promise<MadeToken> {
  const token = newToken()
  const id = newId()
  await deleteExpired(transaction, idleMinutes)
  const expiresAt = await insertSignInToken(transaction, id, { tokenDigest: digestOf(token), keyDigest }, linkMinutes)
  await recordAudit(transaction, acting, {
    action: 'sign_in_token.created',
    organizationId: null,
    target: { type: 'sign_in_token', id },
    changes: {},
  })
  return { token, expiresAt }
}

/**
 * Uses up a token. Of two who come with it, one is served.
 *
 * @returns the digest of the key that it was made with; undefined where it was used already, or is too old
 */
export function useSignInToken(db: Database, token: string): Promise<Buffer | undefined> {
  return inScope(db, 'allOrganizations', (transaction) => useSignInTokenWithin(transaction, token))
}

/** The same as part of what else a transaction does. */
export async function useSignInTokenWithin(transaction: Transaction, token: string): Promise<Buffer | undefined> {
  return (await takeSignInToken(transaction, digestOf(token)))?.key_digest
}
