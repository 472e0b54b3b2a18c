import { createHash, randomBytes } from 'node:crypto'
import { type Acting, recordAudit } from '../../audit/audit.ts'
import { type Database, inScope, type Scope } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import { writingScope } from '../../values/value-scope.ts'
import { parsedUrl } from '../wanted-tokens.ts'
import { type ConnectingGiven, getNames, readingFor, requireMayConnect, startConnecting } from './connecting.ts'
import { connectionError } from './connection-errors.ts'
import { type ConnectionKey, insertStart } from './connections.queries.ts'
import { getDeclared, requireOwner } from './declared.ts'
import { findLink, findOpenLink, type LinkRow, revokeLinkRow } from './links.queries.ts'

const linkDays = 7

/** What a link is for, as a person reads it. */
export type LinkPurpose = {
  label: string
  integration: string
  /** Null: it is one for all. */
  organization: string | null
  /** What the mapping leads to. Null where it is not of a mapping. */
  mapping: string | null
  vendorHost: string
  madeBy: string
  expiresAt: Date
}

export type MadeLink = { id: string; url: string; purpose: LinkPurpose }

const digestOf = (text: string) => createHash('sha256').update(text).digest()

/** @throws integration_not_found, connection_not_declared, secret_not_found, validation_failed */
async function purposeOf(given: ConnectingGiven, key: ConnectionKey, madeBy: string, expiresAt: Date): Promise<LinkPurpose> {
  const { definition, declared } = await getDeclared(given.db, key.integrationName, key.name)
  requireOwner(declared, key)
  const { organization, mapping } = await getNames(given, key)
  const url = parsedUrl(await readingFor(given, key).text('authorizeUrl', declared.authorizeUrl), 'authorizeUrl')
  return { label: declared.label, integration: definition.displayName, organization, mapping, vendorHost: url.host, madeBy, expiresAt }
}

/** A link by which someone else may connect, until one has or it expires. @throws as `startConnecting` */
export async function makeLink(given: ConnectingGiven, acting: Acting, key: ConnectionKey, origin: string): Promise<MadeLink> {
  const expiresAt = new Date(Date.now() + linkDays * 86_400_000)
  const purpose = await purposeOf(given, key, acting.actor.name, expiresAt)
  const [id, token] = [newId(), randomBytes(32).toString('base64url')]
  const none = { browserDigest: null, codeVerifier: null, redirectUri: null, linkId: null }
  await inScope(given.db, writingScope(key.organizationId), async (transaction) => {
    await insertStart(transaction, { ...key, ...none, id, digest: digestOf(token), isLink: true, startedBy: acting.actor, expiresAt })
    await recordAudit(transaction, acting, { action: 'vendor_connection.link_created', ...auditedOf(key), changes: {} })
  })
  return { id, url: `${origin}/api/connections/open?link=${token}`, purpose }
}

const auditedOf = (key: ConnectionKey) => ({
  organizationId: key.organizationId,
  target: { type: 'vendor_connection' as const, id: `${key.integrationName}.${key.name}`, mapping_id: key.mappingId },
})

const keyOf = (row: LinkRow): ConnectionKey => ({
  organizationId: row.organization_id,
  mappingId: row.mapping_id,
  integrationName: row.integration_name,
  name: row.name,
})

/** @throws connection_link_invalid, connection_link_used, connection_link_revoked, connection_link_expired */
async function getLink({ db }: ConnectingGiven, link: string): Promise<LinkRow> {
  const found = await findLink(db, digestOf(link))
  if (!found) throw connectionError('connection_link_invalid')
  const about = { integration_name: found.integration_name }
  if (found.ended_because === 'used') throw connectionError('connection_link_used', about)
  if (found.ended_because === 'revoked') throw connectionError('connection_link_revoked', about)
  if (found.expires_at.getTime() <= Date.now()) throw connectionError('connection_link_expired', about)
  await requireMayConnect(db, found.started_by, keyOf(found), true)
  return found
}

/** What the person who opens a link is asked to agree to. @throws as `getLink` and `startConnecting` */
export async function readLink(given: ConnectingGiven, link: string): Promise<LinkPurpose> {
  const found = await getLink(given, link)
  return purposeOf(given, keyOf(found), found.started_by.name, found.expires_at)
}

/** Begins to connect by a link. @throws as `getLink` and `startConnecting` */
export async function beginByLink(given: ConnectingGiven, link: string, origin: string): Promise<{ url: string; browser: string }> {
  const found = await getLink(given, link)
  return startConnecting(given, { actor: found.started_by }, keyOf(found), origin, found.id)
}

/** Nobody connects by that link any more, nor who opened it already. @throws connection_link_not_found */
export async function revokeLink(db: Database, acting: Acting, scope: Scope, id: string): Promise<void> {
  const row = await findOpenLink(db, scope, id)
  if (!row) throw connectionError('connection_link_not_found', { link_id: id })
  await inScope(db, writingScope(row.organization_id), async (transaction) => {
    if (!(await revokeLinkRow(transaction, id))) throw connectionError('connection_link_not_found', { link_id: id })
    await recordAudit(transaction, acting, { action: 'vendor_connection.link_revoked', ...auditedOf(keyOf(row)), changes: {} })
  })
}
