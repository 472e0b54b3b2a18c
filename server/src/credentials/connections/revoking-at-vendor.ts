import { DomainError } from '../../platform/errors.ts'
import { declaredOf, requireHostOfThese } from '../secret-hosts.ts'
import { type AtVendor, askToRevoke, takeTokenToRevoke } from '../tokens/revoking.ts'
import { revocationRequest } from '../tokens/token-request.ts'
import { type ConnectingGiven, readingFor } from './connecting.ts'
import { type ConnectionKey, type ConnectionRow, tokenKeyOf } from './connections.queries.ts'
import { type FoundDeclaration, getDeclared, readClient } from './declared.ts'

/** Best effort: what goes wrong is told, and keeps nobody from forgetting the connection. @returns undefined where nothing says how to ask */
export async function revokeAtVendor(given: ConnectingGiven, row: ConnectionRow): Promise<AtVendor | undefined> {
  const { integration_name: integrationName, name, organization_id: organizationId, mapping_id: mappingId } = row
  const key: ConnectionKey = { integrationName, name, organizationId, mappingId }
  const found = await findDeclared(given, key)
  if (!found?.declared.revokeUrl) return undefined
  try {
    return await ask(given, key, row.id, found, found.declared.revokeUrl)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return notAsked(`The vendor was not asked to end the consent: ${error.message}`)
  }
}

/** Nothing where the integration is gone, or declares it no more. */
async function findDeclared({ db }: ConnectingGiven, { integrationName, name }: ConnectionKey): Promise<FoundDeclaration | undefined> {
  try {
    return await getDeclared(db, integrationName, name)
  } catch (error) {
    if (error instanceof DomainError) return undefined
    throw error
  }
}

async function ask(
  given: ConnectingGiven,
  key: ConnectionKey,
  id: string,
  { definition, declared }: FoundDeclaration,
  revokeUrl: NonNullable<FoundDeclaration['declared']['revokeUrl']>,
): Promise<AtVendor> {
  const reading = readingFor(given, key)
  const owner = key.organizationId
  const { url, destination, clientId, clientSecret } = await readClient(reading, declared, 'revokeUrl', revokeUrl)
  // The token goes there, also where no secret does.
  if (typeof revokeUrl !== 'string')
    await requireHostOfThese(reading.for, [definition], { key: `connection ${key.name}`, owner }, destination)
  const found = await takeTokenToRevoke(given.db, given.keyring, { owner, key: tokenKeyOf(id) })
  if (!found) return notAsked('The vendor was not asked to end the consent: no token is kept by which it would know it.')
  const request = revocationRequest({ url: url.href, clientId, clientSecret, clientIn: declared.clientIn, ...found })
  const asked = { request, host: url.hostname, owner: owner ?? 'connections', declared: declaredOf(definition) }
  return askToRevoke(given.fetchOutside, asked)
}

function notAsked(why: string): AtVendor {
  return { outcome: 'not_asked', host: null, status: null, vendorCode: null, message: `${why} End the consent at the vendor.` }
}
