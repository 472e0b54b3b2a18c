import { createHash, randomBytes } from 'node:crypto'
import { vendorMessageIn } from '@crosswalk/sdk/vendor-message'
import { authError } from '../../access/auth-errors.ts'
import { hasNow } from '../../access/callers.ts'
import { type Acting, type Actor, recordAudit } from '../../audit/audit.ts'
import { findTaggedOrganizations } from '../../organizations/organizations.ts'
import { type Database, inScope, type Scope, type Transaction } from '../../platform/database/database.ts'
import { platformError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Keyring } from '../../values/secrets/keyring.ts'
import { writingScope } from '../../values/value-scope.ts'
import { CredentialReading } from '../credential-values.ts'
import { secretHostError } from '../secret-hosts.ts'
import { askForToken, type FetchOutside } from '../tokens/asking.ts'
import { putTokenWithin, storingTokens, tokenTopic } from '../tokens/keeping.ts'
import { oauth2Places, vendorCodeIn } from '../tokens/token-answer.ts'
import { oauth2Request } from '../tokens/token-request.ts'
import { parsedUrl } from '../wanted-tokens.ts'
import { connectionError } from './connection-errors.ts'
import { type ConnectionKey, insertStart, type StartRow, takeStart, tokenKeyOf, upsertConnection } from './connections.queries.ts'
import { getDeclared, readValues, requireOwner } from './declared.ts'
import { endStartsOf, lockLink } from './links.queries.ts'

export type ConnectingGiven = {
  db: Database
  keyring: Keyring
  fetchOutside: FetchOutside
  /** What a mapping of the organization with that integration leads to. Undefined where it has none of that id. */
  findMappingName(organizationId: string, id: string, integrationName: string): Promise<string | undefined>
  findOrganizationNames(scope: Scope, ids: readonly string[]): Promise<Map<string, string>>
}

export const startMinutes = 10

const randomText = () => randomBytes(32).toString('base64url')
const digestOf = (text: string) => createHash('sha256').update(text).digest()

/** As the platform itself, for an administrator who connects: what is read is sent to the vendor of the connection alone. */
export function readingFor({ db, keyring }: ConnectingGiven, { organizationId }: ConnectionKey): CredentialReading {
  return new CredentialReading({
    ...{ db, organizationId, keyring, mask() {}, async noteRead() {} },
    // The author of the integration names the token URL, or a config value does: a global secret goes to what everybody's says.
    async admitGlobalTo(key, host, isOfOrganization) {
      if (isOfOrganization) throw secretHostError('secret_not_for_host', { key, host })
    },
  })
}

/**
 * Begins to connect: the browser goes to the address, and comes back to the callback with the state.
 *
 * @param linkId of the link that the browser came by
 * @returns `browser` is what the cookie of that browser says
 * @throws integration_not_found, connection_not_declared, validation_failed, secret_not_found
 */
export async function startConnecting(
  given: ConnectingGiven,
  { actor }: Pick<Acting, 'actor'>,
  key: ConnectionKey,
  origin: string,
  linkId: string | null = null,
): Promise<{ url: string; browser: string }> {
  const { declared } = await getDeclared(given.db, key.integrationName, key.name)
  requireOwner(declared, key)
  await getNames(given, key)
  const reading = readingFor(given, key)
  const { clientId } = await readValues(reading, declared)
  const [state, browser, codeVerifier] = [randomText(), randomText(), randomText()]
  const redirectUri = `${origin}/api/connections/callback`
  const url = parsedUrl(await reading.text('authorizeUrl', declared.authorizeUrl), 'authorizeUrl')
  const query = {
    ...declared.authorizeQuery,
    ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, state },
    ...(declared.scope === null ? {} : { scope: declared.scope }),
    ...{ code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'), code_challenge_method: 'S256' },
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  const expiresAt = new Date(Date.now() + startMinutes * 60_000)
  const start = {
    ...key,
    id: newId(),
    linkId,
    digest: digestOf(state),
    isLink: false,
    browserDigest: digestOf(browser),
    codeVerifier,
    redirectUri,
    startedBy: actor,
    expiresAt,
  }
  await inScope(given.db, writingScope(key.organizationId), (transaction) => insertStart(transaction, start))
  return { url: url.href, browser }
}

/** How those are called whose connection it is. @throws validation_failed */
export async function getNames(
  { findMappingName, findOrganizationNames }: ConnectingGiven,
  { organizationId, mappingId, integrationName }: ConnectionKey,
): Promise<{ organization: string | null; mapping: string | null }> {
  if (organizationId === null) return { organization: null, mapping: null }
  const names = await findOrganizationNames({ organizationId }, [organizationId])
  const organization = names.get(organizationId) ?? organizationId
  if (mappingId === null) return { organization, mapping: null }
  const mapping = await findMappingName(organizationId, mappingId, integrationName)
  if (mapping !== undefined) return { organization, mapping }
  const problem = 'is no mapping of the organization with this integration'
  throw platformError('validation_failed', { mapping_id: [problem] }, `mapping_id ${problem}.`)
}

/**
 * A connection is made in the name of who began it: what they may not do any more, nobody does for them.
 *
 * @throws connection_link_revoked, or forbidden where it is no link
 */
export async function requireMayConnect(db: Database, actor: Actor, key: ConnectionKey, isByLink: boolean): Promise<void> {
  const findTagged = (tags: readonly string[]) => findTaggedOrganizations(db, tags)
  if (await hasNow({ db, findTagged }, actor, 'canManageSecrets', key.organizationId)) return
  if (isByLink) throw connectionError('connection_link_revoked', { integration_name: key.integrationName })
  throw authError('forbidden', { permission: 'canManageSecrets' })
}

/** Of two who came by one link one connects, and nobody after it was revoked. @throws connection_link_used, connection_link_revoked */
async function requireOpenLinkWithin(transaction: Transaction, { link_id: id, integration_name }: StartRow): Promise<void> {
  if (id === null) return
  const link = await lockLink(transaction, id)
  if (link?.ended_because === 'used') throw connectionError('connection_link_used', { integration_name })
  if (link?.ended_because !== null) throw connectionError('connection_link_revoked', { integration_name })
}

const keyOf = (row: StartRow): ConnectionKey => ({
  organizationId: row.organization_id,
  mappingId: row.mapping_id,
  integrationName: row.integration_name,
  name: row.name,
})

export type CameBack = {
  state: string
  /** What the browser's cookie says. */
  browser: string | undefined
  code: string | undefined
  /** What the vendor says where nobody consented. */
  error: string | undefined
  /** All parameters. */
  query: Readonly<Record<string, string>>
}

/** Who reads it sees a page alone, so what the vendor said is in its sentence. */
function refusalOf({ error, query }: CameBack, about: { integration_name: string; connection: string }): Error {
  const vendorCode = vendorCodeIn(JSON.stringify({ error }))
  const said = vendorMessageIn(JSON.stringify({ error_description: query.error_description }))
  const saying = [vendorCode, said?.replace(/[\s.]+$/, '')].filter((part) => part !== undefined).join(': ')
  const what = saying === '' ? 'it led back here without a code' : `it answered ${saying}`
  return connectionError(
    'connection_refused',
    { ...about, vendor_code: vendorCode ?? 'no code', vendor_message: said ?? null },
    `The vendor did not connect: ${what}. Try again, and consent there.`,
  )
}

/**
 * The browser is back from the vendor: has the code made into tokens, and keeps them.
 *
 * @throws connection_not_begun - the state is not known, was used, or is another browser's.
 * @throws connection_refused - the vendor said no, or gave no token; `details` has what it said.
 * @throws connection_link_used, connection_link_revoked, forbidden - others connected meanwhile, or who began may not any more.
 */
export async function finishConnecting(
  given: ConnectingGiven,
  back: CameBack,
  requestId: string,
): Promise<{ label: string; integration: string }> {
  const start = await takeStart(given.db, digestOf(back.state))
  const isSameBrowser = back.browser !== undefined && start?.browser_digest?.equals(digestOf(back.browser))
  if (!start || !isSameBrowser) throw connectionError('connection_not_begun')
  const key = keyOf(start)
  await requireMayConnect(given.db, start.started_by, key, start.link_id !== null)
  const { definition, declared } = await getDeclared(given.db, key.integrationName, key.name)
  const about = { integration_name: key.integrationName, connection: key.name }
  if (back.error !== undefined || back.code === undefined) throw refusalOf(back, about)
  const { tokenUrl, clientId, clientSecret } = await readValues(readingFor(given, key), declared)
  const host = tokenUrl.hostname
  const startedAt = performance.now()
  const request = oauth2Request({
    ...{ url: tokenUrl.href, grant: 'authorization_code', clientId, clientSecret, clientIn: declared.clientIn, moreFields: {} },
    grantFields: { code: back.code, redirect_uri: start.redirect_uri ?? '', code_verifier: start.code_verifier ?? '' },
  })
  const answer = await askForToken(given.fetchOutside, {
    request,
    places: oauth2Places,
    host,
    owner: key.organizationId ?? 'connections',
    declared: null,
    isRepeatable: false,
  })
  if ('failure' in answer) {
    const { kind, vendorCode, vendorMessage, message } = answer.failure
    throw connectionError(
      'connection_refused',
      { ...about, kind, vendor_code: vendorCode ?? null, vendor_message: vendorMessage ?? null },
      message,
    )
  }
  const externalId = declared.externalId === null ? null : (answer.fields[declared.externalId] ?? back.query[declared.externalId] ?? null)
  const acting: Acting = { actor: start.started_by, requestId }
  // All of it or nothing: another account's token under the id of this one would be sent to whom it does not concern.
  const tokenId = await storingTokens(given, key.organizationId, async (transaction, masterKey) => {
    await requireOpenLinkWithin(transaction, start)
    const connectedBy = start.started_by.name
    const id = await upsertConnection(transaction, {
      ...key,
      id: newId(),
      externalId: externalId?.slice(0, 500) ?? null,
      connectedBy,
    })
    await endStartsOf(transaction, key, 'used')
    await recordAudit(transaction, acting, {
      action: 'vendor_connection.connected',
      organizationId: key.organizationId,
      target: { type: 'vendor_connection', id: `${key.integrationName}.${key.name}`, mapping_id: key.mappingId },
      changes: {},
    })
    const token = { owner: key.organizationId, key: tokenKeyOf(id), integration: key.integrationName, host, secretMarks: [] }
    return putTokenWithin(transaction, masterKey, token, answer, startedAt)
  })
  given.db.tell(tokenTopic, tokenId)
  return { label: declared.label, integration: definition.name }
}
