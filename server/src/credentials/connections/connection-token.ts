import type { Database } from '../../platform/database/database.ts'
import type { CredentialReading } from '../credential-values.ts'
import { invalidOptions } from '../http-spec.ts'
import { type Destination, declaredOf, requireHostOfThese } from '../secret-hosts.ts'
import { oauth2Places } from '../tokens/token-answer.ts'
import { oauth2Request } from '../tokens/token-request.ts'
import type { WantedToken } from '../tokens/tokens.ts'
import type { WantedConnection } from '../vendor-calls.ts'
import { asVendorError } from '../vendor-failures.ts'
import { vendorHostOf } from '../vendor-host.ts'
import { type ConnectionKey, findConnection, tokenKeyOf } from './connections.queries.ts'
import { getDeclared, readValues } from './declared.ts'

/**
 * The token of a connection, for an execution: of just the owner that is declared, whatever else is connected.
 *
 * @throws connection_not_declared, validation_failed, secret_not_for_host, vendor_error (credentials) where nobody has connected
 */
export async function connectionToken(
  db: Database,
  reading: CredentialReading,
  { integration, name, mapping }: WantedConnection,
  destination: Destination,
): Promise<WantedToken> {
  if (integration === null)
    throw invalidOptions([['auth.connection', 'is for code of an integration, which declares it in static connections']])
  const { definition, declared } = await getDeclared(db, integration, name)
  const { organizationId } = reading.for
  if (declared.owner !== 'global' && organizationId === null)
    throw invalidOptions([['auth.connection', 'is one for each organization, and this execution is for none']])
  if (declared.owner === 'mapping' && mapping === undefined)
    throw invalidOptions([
      ['auth.mapping', 'is needed: the id of the mapping whose connection it is, which is there once the mapping is saved'],
    ])
  const owner = declared.owner === 'global' ? null : organizationId
  const key: ConnectionKey = {
    integrationName: integration,
    name,
    organizationId: owner,
    mappingId: declared.owner === 'mapping' ? (mapping ?? null) : null,
  }
  const secret = { key: `connection ${name}`, owner }
  await requireHostOfThese(reading.for, [definition], secret, destination)
  const found = await findConnection(db, key)
  const where = `on the page of the integration ${definition.displayName}, or by a link that you send.`
  if (!found)
    throw asVendorError(
      { kind: 'credentials', reason: 'not_connected', message: `${declared.label} is not connected. Connect it ${where}` },
      { integration_name: integration, connection: name, remedy: `Connect it ${where}` },
    )
  const { tokenUrl, clientId, clientSecret, destination: ofTokens } = await readValues(reading, declared)
  // The refresh token goes there, also where no secret does.
  if (typeof declared.tokenUrl !== 'string') await requireHostOfThese(reading.for, [definition], secret, ofTokens)
  return {
    ...{
      owner,
      key: tokenKeyOf(found.id),
      integration,
      host: tokenUrl.hostname,
      vendorHost: vendorHostOf(tokenUrl),
      secretMarks: [],
      places: oauth2Places,
      usesUp: true,
      connection: name,
      remedy: `Connect ${declared.label} again ${where}`,
      declared: declaredOf(definition),
    },
    requestFor: (refreshToken) =>
      refreshToken === null
        ? undefined
        : oauth2Request({
            ...{ url: tokenUrl.href, grant: 'refresh_token', clientId, clientSecret, clientIn: declared.clientIn, moreFields: {} },
            grantFields: { refresh_token: refreshToken },
          }),
  }
}
